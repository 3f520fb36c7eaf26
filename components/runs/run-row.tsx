import { TriangleAlert } from "#components/icons.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { durationText } from "#components/ui/duration-text.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { Cell, Row, RowLink } from "#components/ui/table.tsx";
import type { RunState } from "#lib/core/states.ts";
import { effectWords, runTitle } from "#lib/engine/run-words.ts";

/** A run as the list shows it. */
export type RunListItem = {
  id: string;
  name: string | null;
  status: RunState;
  kind: "event" | "replay" | "test";
  flowId: string;
  flowName: string;
  versionNumber: number | null;
  eventType: string | null;
  item: { index: number; count: number } | null;
  bodyDeviates: boolean;
  endpointName: string | null;
  errorMessage: string | null;
  effectCounts: Readonly<Record<string, number>>;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  wakeAt: Date | null;
};

/** One run: name, state, flow, what it sent, how long it took, when it came. */
export function RunRow({
  run,
  marked,
  onMark,
}: {
  run: RunListItem;
  marked: boolean;
  onMark: ((marked: boolean) => void) | null;
}) {
  return (
    <Row selected={marked} data-run={run.id}>
      {onMark ? (
        <Cell className="w-8 pr-0">
          <span className="relative z-10">
            <Checkbox label={`Select ${runTitle(run)}`} labelHidden checked={marked} onCheckedChange={onMark} />
          </span>
        </Cell>
      ) : null}
      <Cell className="max-w-80 max-md:max-w-44">
        <span className="flex min-w-0 items-center gap-2">
          <RowLink href={`/runs/${run.id}`} data-run-link className="truncate">
            {runTitle(run)}
          </RowLink>
          {run.item === null ? null : (
            <span className="tabular whitespace-nowrap text-12 text-ink-3">
              item {(run.item.index + 1).toLocaleString("en")} of {run.item.count.toLocaleString("en")}
            </span>
          )}
          {run.bodyDeviates ? (
            <Badge tone="warn" icon={<TriangleAlert aria-hidden />} title="Body not as declared" className="shrink-0">
              <span className="max-md:sr-only">Body not as declared</span>
            </Badge>
          ) : null}
          {run.kind === "event" ? null : <Badge>{run.kind === "replay" ? "Replay" : "Test"}</Badge>}
        </span>
      </Cell>
      <Cell className="w-36">
        <StateBadge of="run" state={run.status} quiet />
      </Cell>
      <Cell className="max-w-48 truncate">
        {run.flowName === "" ? <span className="text-ink-3">a removed flow</span> : run.flowName}
        {run.versionNumber === null ? null : <span className="text-ink-3"> v{run.versionNumber}</span>}
      </Cell>
      <Cell className="max-w-64 truncate text-ink-2" title={run.errorMessage ?? undefined}>
        {run.errorMessage !== null && run.status !== "succeeded" ? run.errorMessage : effectWords(run.effectCounts)}
      </Cell>
      <Cell end>{spanOf(run)}</Cell>
      <Cell end>
        <RelativeTime at={run.createdAt} />
      </Cell>
    </Row>
  );
}

function spanOf(run: RunListItem): string {
  if (run.startedAt === null || run.finishedAt === null) return "";
  return durationText(run.finishedAt.getTime() - run.startedAt.getTime());
}

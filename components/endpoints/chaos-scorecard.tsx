"use client";
import type { ChaosTest } from "#components/endpoints/use-chaos.ts";
import { CircleCheck, CircleMinus, LoaderCircle, OctagonX } from "#components/icons.ts";
import { Notice } from "#components/ui/notice.tsx";
import { Progress } from "#components/ui/progress.tsx";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { Cell, HeadCell, Row, Table, TableHead } from "#components/ui/table.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { visibleText } from "#components/ui/visible-text.ts";
import { CHAOS_CHOICES, type ChaosResult } from "#lib/views/chaos-views.ts";

const EXPECTED: Record<ChaosResult["expected"], string> = {
  accepted: "accepted",
  "accepted-once": "accepted, run once",
  refused: "refused",
  "too-large": "refused as too large",
};
const OUTCOME = {
  "as-expected": { Icon: CircleCheck, word: "As expected", text: "text-ok-text" },
  unexpected: { Icon: OctagonX, word: "Unexpected", text: "text-bad-text" },
  stopped: { Icon: CircleMinus, word: "Says nothing", text: "text-ink-3" },
};

/** The deliveries of a test as they end: what a good receiver does, what this endpoint did, how long it took. */
export function ChaosScorecard({ test, onOpenRequest }: { test: ChaosTest; onOpenRequest: (id: string) => void }) {
  if (test.phase === "idle") return null;
  return (
    <section aria-label="Scorecard" className="flex flex-col gap-3">
      <p role="status" className="flex items-center gap-2 text-14 font-medium">
        {test.phase === "running" ? <LoaderCircle aria-hidden className="animate-spin" /> : null}
        {summary(test)}
      </p>
      {test.phase === "running" ? (
        <Progress label="Deliveries sent" done={test.results.length} total={test.total === 0 ? null : test.total} />
      ) : null}
      {test.problem === null ? null : (
        <Notice tone="warn" title="Not finished">
          {test.problem}
        </Notice>
      )}
      {test.skipped.length === 0 ? null : (
        <Notice title={`Not sent: ${test.skipped.map(({ variant }) => labelOf(variant).toLowerCase()).join(", ")}`}>
          {[...new Set(test.skipped.map(({ why }) => why))].join(" ")}
        </Notice>
      )}
      {test.results.length === 0 && test.sending === null ? null : (
        <Table label="Scorecard">
          <TableHead>
            <HeadCell>Delivery</HeadCell>
            <HeadCell className="max-md:hidden">Expected</HeadCell>
            <HeadCell>This endpoint</HeadCell>
            <HeadCell end className="max-md:hidden">
              Answer
            </HeadCell>
            <HeadCell end className="max-md:hidden">
              Time
            </HeadCell>
          </TableHead>
          <tbody>
            {test.results.map((result) => (
              <ResultRow key={result.index} result={result} onOpenRequest={onOpenRequest} />
            ))}
            {test.sending === null ? null : <SendingRow what={test.sending} />}
          </tbody>
        </Table>
      )}
    </section>
  );
}

function SendingRow({ what }: { what: string }) {
  return (
    <Row>
      <Cell className="text-ink-2" colSpan={5}>
        <span className="flex items-start gap-2">
          <LoaderCircle aria-hidden className="mt-0.5 animate-spin" />
          {upperFirst(what)}: under way
        </span>
      </Cell>
    </Row>
  );
}

function ResultRow({ result, onOpenRequest }: { result: ChaosResult; onOpenRequest: (id: string) => void }) {
  const { Icon, word, text } = OUTCOME[result.outcome];
  const { request } = result;
  return (
    <Row>
      <Cell className="md:min-w-48">
        <span className="flex items-start gap-2">
          <Icon aria-hidden className={`mt-0.5 ${text}`} />
          <span className="min-w-0">
            <span className="sr-only">{word}: </span>
            {upperFirst(result.what)}
            <span className="block text-12 text-ink-3 md:hidden">expected: {EXPECTED[result.expected]}</span>
            {result.note === null ? null : <span className="block text-12 text-ink-2">{visibleText(result.note)}</span>}
            {result.outcome === "unexpected" && result.answer !== "" ? (
              <span className="block font-mono text-12 text-ink-2 [overflow-wrap:anywhere]">
                {visibleText(result.answer)}
              </span>
            ) : null}
          </span>
        </span>
      </Cell>
      <Cell className="text-ink-2 max-md:hidden">{EXPECTED[result.expected]}</Cell>
      <Cell>
        <span className="tabular block text-12 text-ink-3 md:hidden">
          {result.status ?? "no answer"} {msOf(result)}
        </span>
        {request === null ? (
          <span className="text-ink-3">not recorded</span>
        ) : (
          <span className="flex flex-wrap items-center gap-2">
            <StateBadge of="verdict" state={request.verdict} />
            <TextLink
              href={`?request=${request.id}`}
              onClick={(event) => {
                event.preventDefault();
                onOpenRequest(request.id);
              }}
            >
              Open<span className="sr-only"> the request of “{result.what}”</span>
            </TextLink>
          </span>
        )}
      </Cell>
      <Cell end className="max-md:hidden">
        {result.status ?? "none"}
      </Cell>
      <Cell end className="max-md:hidden">
        {msOf(result)}
      </Cell>
    </Row>
  );
}

function msOf({ ms }: ChaosResult): string {
  return ms === null ? "" : `${ms.toLocaleString("en")} ms`;
}

function summary({ phase, results, total, seed }: ChaosTest): string {
  if (phase === "running") return total === 0 ? "Starting" : `${results.length} of ${total} sent`;
  const right = results.filter(({ outcome }) => outcome === "as-expected").length;
  const silent = results.filter(({ outcome }) => outcome === "stopped").length;
  if (results.length === 0) return "Nothing was sent";
  return (
    `${right} of ${results.length} as ` +
    `expected${silent === 0 ? "" : `, ${silent} ${silent === 1 ? "says" : "say"} nothing`} (seed ${seed})`
  );
}

function labelOf(variant: ChaosResult["variant"]): string {
  return CHAOS_CHOICES.find(({ id }) => id === variant)?.label ?? variant;
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

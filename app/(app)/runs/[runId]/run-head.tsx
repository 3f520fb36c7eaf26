import type { ReactNode } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { durationText } from "#components/ui/duration-text.ts";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { RUN_STATES } from "#lib/core/states.ts";
import { effectWords, runTitle, shortId } from "#lib/engine/run-words.ts";
import type { RunPage } from "#lib/loaders/run.ts";

/** How a flow without an endpoint was started, by the type of its event. */
const OWN_STARTS: Readonly<Record<string, string>> = { schedule: "by its schedule", manual: "run now" };

/**
 * The head of a run's page: state in a sentence, flow and version, event, how long, and what it sent. `deviates`: the
 * event's body is not what its headers say.
 */
export function RunHead({ page, deviates, actions }: { page: RunPage; deviates: boolean; actions: ReactNode }) {
  const { run, verification, liveVersion, endpointName } = page;
  const sent = effectWords(run.effectCounts);
  const facts: ReactNode[] = [
    <span key="flow">
      <TextLink href={`/flows/${run.flowId}`}>{run.flowName === "" ? "a removed flow" : run.flowName}</TextLink>{" "}
      {versionText(run.versionNumber, liveVersion)}
    </span>,
    <span key="event">
      {run.endpointId === null ? (
        (OWN_STARTS[run.eventType ?? ""] ?? "event")
      ) : (
        <TextLink href={`/endpoints/${run.endpointId}?request=${run.eventId}`}>{run.eventType ?? "event"}</TextLink>
      )}
      {run.item === null
        ? null
        : `, item ${(run.item.index + 1).toLocaleString("en")} of ${run.item.count.toLocaleString("en")},`}
      {endpointName === null ? null : ` from ${endpointName}`}
    </span>,
    <RelativeTime key="came" at={run.createdAt} />,
    ...page.versionTurns.map(({ from, to, at }) => (
      <span key={at.getTime()}>
        began on v{from ?? "?"}, went on with v{to ?? "?"}, <RelativeTime at={at} />
      </span>
    )),
    run.startedAt !== null && run.finishedAt !== null ? (
      <span key="took">took {durationText(run.finishedAt.getTime() - run.startedAt.getTime())}</span>
    ) : null,
    sent === "" ? null : <span key="sent">sent {sent}</span>,
    run.kind === "replay" && run.replayOf === null ? <span key="hand">run by hand</span> : null,
    run.replayOf === null ? null : (
      <span key="replay">
        replay of <TextLink href={`/runs/${run.replayOf}`}>{shortId(run.replayOf)}</TextLink>
        {run.hasOwnBody ? ", with an edited body" : null}
      </span>
    ),
  ].filter((fact) => fact !== null);
  return (
    <PageHeader
      title={runTitle(run)}
      meta={
        <>
          <StateBadge of="run" state={run.status} />
          {verification === "not verified" ? <StateBadge of="verification" state={verification} /> : null}
          {run.kind === "test" ? <Badge>Test</Badge> : null}
          {deviates ? <Badge tone="warn">Body not as declared</Badge> : null}
        </>
      }
      description={
        <>
          <span className="block">{sentenceOf(page)}</span>
          <span className="mt-1 flex flex-wrap gap-x-4 gap-y-0.5 text-13">{facts}</span>
        </>
      }
      actions={actions}
    />
  );
}

function versionText(ran: number | null, live: number | null): string {
  if (ran === null) return "";
  return live === null || live === ran ? `v${ran}` : `v${ran}, now v${live}`;
}

function sentenceOf({ run, handledCount }: RunPage): string {
  return run.status === "succeeded" && handledCount > 0 ? "It came to its end." : RUN_STATES[run.status].sentence;
}

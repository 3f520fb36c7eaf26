import type { History } from "#bench/support/seed-history.ts";
import { REQUEST_VERDICTS, type RequestVerdict, RUN_STATES, type RunState } from "#lib/core/states.ts";
import { DAY, HOUR } from "#lib/core/units.ts";
import { findAnswerTimes } from "#lib/db/answer-times.ts";
import { countEventTypes, countListeningFlows, listArrivals } from "#lib/db/arrivals.ts";
import { listAuditEntries } from "#lib/db/audit-entries.ts";
import { listTraffic } from "#lib/db/endpoint-traffic.ts";
import { listDeletedEndpoints, listEndpoints } from "#lib/db/endpoints.ts";
import { listNamedSamples, listSampleEvents, listSeenEventTypes } from "#lib/db/flow-samples.ts";
import { listFlowStats } from "#lib/db/flow-stats.ts";
import { listFlows } from "#lib/db/flows.ts";
import { listOutboxMails } from "#lib/db/outbox-mails.ts";
import { countParkedEvents } from "#lib/db/parked-events.ts";
import { pool } from "#lib/db/pool.ts";
import { getQueueState } from "#lib/db/queue-state.ts";
import { listRefusedSignatures } from "#lib/db/refused-signatures.ts";
import { findRequest, listRequests, listRunsOfEvent } from "#lib/db/requests.ts";
import { listRecentEventTypes } from "#lib/db/run-facets.ts";
import type { RunFilter } from "#lib/db/run-filter.ts";
import { listRuns } from "#lib/db/run-list.ts";
import { findRun } from "#lib/db/runs.ts";
import { findStepData } from "#lib/db/step-data.ts";
import { listStepRuns } from "#lib/db/step-runs.ts";
import { listTestMarks } from "#lib/db/test-marks.ts";

/** One thing a page or the API asks the database, as it asks it. */
export type ListQuestion = { name: string; ask(): Promise<unknown> };

/** Every list, facet, count and search of the pages and the API, with filters that match much, little and nothing. */
export function listQuestions(history: History): ListQuestion[] {
  return [...pagesOf(history), ...runsOf(history), ...requestsOf(history)];
}

function pagesOf({ workspaceId, flows, endpoints, run }: History): ListQuestion[] {
  const now = new Date();
  const dayAgo = new Date(now.getTime() - DAY);
  const ofEndpoint = (name: string, id: string): ListQuestion => ({
    name: `endpoint, ${name}`,
    ask: async () => [
      await listTraffic(workspaceId, [id], now),
      await findAnswerTimes(workspaceId, id),
      await countParkedEvents(workspaceId, id),
      await listRefusedSignatures(workspaceId, id, dayAgo),
      await countListeningFlows(workspaceId, id),
      await listArrivals(workspaceId, id),
      await countEventTypes(workspaceId, id, 1_000),
    ],
  });
  return [
    { name: "flows", ask: () => listFlows(workspaceId, { limit: 500 }) },
    {
      name: "flows: last day and last run of each",
      ask: async () => {
        const ids = (await listFlows(workspaceId, { limit: 500 })).map(({ id }) => id);
        return listFlowStats(workspaceId, ids, now);
      },
    },
    { name: "endpoints", ask: () => listEndpoints(workspaceId) },
    { name: "endpoints, deleted", ask: () => listDeletedEndpoints(workspaceId, dayAgo) },
    {
      name: "endpoints: last day and last request of each",
      ask: async () => {
        const ids = (await listEndpoints(workspaceId)).map(({ id }) => id);
        return listTraffic(workspaceId, ids, now);
      },
    },
    ofEndpoint("busy", endpoints.busy),
    ofEndpoint("with none", endpoints.none),
    { name: "builder: samples", ask: () => listSampleEvents(workspaceId, endpoints.busy, 30) },
    { name: "builder: samples of none", ask: () => listSampleEvents(workspaceId, endpoints.none, 30) },
    { name: "builder: event types", ask: () => listSeenEventTypes(workspaceId, endpoints.busy) },
    { name: "builder: named samples", ask: () => listNamedSamples(workspaceId) },
    { name: "outbox", ask: () => listOutboxMails(workspaceId, { limit: 51 }) },
    { name: "audit log", ask: () => listAuditEntries(workspaceId, { limit: 51 }) },
    { name: "runs: event types to choose from", ask: () => listRecentEventTypes(workspaceId) },
    { name: "queue state", ask: () => getQueueState(pool()) },
    {
      name: "run page",
      ask: async () => {
        const [found, steps] = [await findRun(workspaceId, run.id), await listStepRuns(workspaceId, run.id)];
        const ids = steps.flatMap(({ outputDataId }) => outputDataId ?? []);
        return [
          found,
          await findStepData(workspaceId, run.id, ids),
          await findRequest(workspaceId, endpoints.busy, run.eventId),
        ];
      },
    },
    { name: "runs of an event", ask: () => listRunsOfEvent(workspaceId, run.eventId) },
    { name: "flow, busy: newest run", ask: () => listFlowStats(workspaceId, [flows.busy], now) },
    { name: "flow, none: newest run", ask: () => listFlowStats(workspaceId, [flows.none], now) },
  ];
}

function runsOf({ workspaceId, flows, endpoints, eventTypes, run, replayed }: History): ListQuestion[] {
  const ask = (name: string, filter: RunFilter, beforeId?: string): ListQuestion => ({
    name: `runs, ${name}`,
    ask: () => listRuns(workspaceId, filter, { limit: 51, ...(beforeId === undefined ? {} : { beforeId }) }, "bench"),
  });
  const ago = (ms: number) => new Date(Date.now() - ms);
  const states = Object.keys(RUN_STATES) as RunState[];
  const over = states.filter((state) => ["succeeded", "failed", "filtered", "canceled"].includes(state));
  return [
    ask("all", {}),
    ask("all, a page far back", {}, run.id),
    ...states.map((state) => ask(state, { statuses: [state] })),
    ask("every end", { statuses: over }),
    ask("failed or canceled", { statuses: ["failed", "canceled"] }),
    ask("tests", { kind: "test" }),
    ask("replays", { kind: "replay" }),
    ...Object.entries(flows).map(([name, flowId]) => ask(`flow ${name}`, { flowId })),
    ask("flow busy, failed (none)", { flowId: flows.busy, statuses: ["failed"] }),
    ask("flow busy, canceled (three)", { flowId: flows.busy, statuses: ["canceled"] }),
    ask("flow busy, filtered", { flowId: flows.busy, statuses: ["filtered"] }),
    ask("flow busy, queued", { flowId: flows.busy, statuses: ["queued"] }),
    ask("flow none, failed", { flowId: flows.none, statuses: ["failed"] }),
    ask("flow busy, tests", { flowId: flows.busy, kind: "test" }),
    ...Object.entries(endpoints).map(([name, endpointId]) => ask(`endpoint ${name}`, { endpointId })),
    ask("endpoint few, failed", { endpointId: endpoints.few, statuses: ["failed"] }),
    ...Object.entries(eventTypes).map(([name, eventType]) => ask(`event type ${name}`, { eventType })),
    ask("event type few, of a flow", { eventType: eventTypes.few, flowId: flows.busy }),
    ask("of an event", { eventId: run.eventId }),
    ask("replays of a run", { replayOf: replayed }),
    ask("last hour", { from: ago(HOUR) }),
    ask("a week ago", { from: ago(8 * DAY), to: ago(7 * DAY) }),
    ask("last week, failed", { from: ago(7 * DAY), statuses: ["failed"] }),
    ask("last week, event type none", { from: ago(7 * DAY), eventType: eventTypes.none }),
    ask("search, common", { search: { text: "order", names: true } }),
    ask("search, few", { search: { text: "Order 500002 ", names: true } }),
    ask("search, nothing", { search: { text: "no such thing", names: true } }),
    ask("search, nothing, of a flow", { search: { text: "no such thing", names: true }, flowId: flows.busy }),
    ask("search, an id", { search: { text: run.id, names: true } }),
  ];
}

function requestsOf({ workspaceId, endpoints }: History): ListQuestion[] {
  const ask = (name: string, endpointId: string, verdicts?: readonly RequestVerdict[]): ListQuestion => ({
    name: `requests, ${name}`,
    ask: async () => {
      const page = { limit: 100, ...(verdicts === undefined ? {} : { verdicts }) };
      const rows = await listRequests(workspaceId, endpointId, page);
      return [
        rows,
        await listTestMarks(
          workspaceId,
          rows.map(({ id }) => id),
        ),
      ];
    },
  });
  const verdicts = Object.keys(REQUEST_VERDICTS) as RequestVerdict[];
  return [
    ...Object.entries(endpoints).map(([name, id]) => ask(name, id)),
    ...verdicts.map((verdict) => ask(`busy, ${verdict}`, endpoints.busy, [verdict])),
    ask("busy, only tests", endpoints.busy),
  ];
}

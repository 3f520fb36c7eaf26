import { requireActor } from "#lib/auth/require-actor.ts";
import { isUuid } from "#lib/core/ids.ts";
import { pick } from "#lib/core/pick.ts";
import { may, type Role } from "#lib/core/roles.ts";
import { listEndpoints } from "#lib/db/endpoints.ts";
import { listFlows } from "#lib/db/flows.ts";
import { listRecentEventTypes } from "#lib/db/run-facets.ts";
import { listRuns, type Run, type RunFilter } from "#lib/db/runs.ts";
import { RUN_WINDOWS, type RunSearch } from "#lib/engine/run-search.ts";
import { maskRun, seesPayloads } from "#lib/views/payload-mask.ts";

const PAGE_SIZE = 50;

const SHOWN = [
  "id",
  "name",
  "status",
  "kind",
  "flowId",
  "flowName",
  "versionNumber",
  "eventType",
  "item",
  "endpointId",
  "errorMessage",
  "failedStep",
  "effectCounts",
  "createdAt",
  "startedAt",
  "finishedAt",
  "wakeAt",
] as const;

/** A run in a list. */
export type RunItem = Pick<Run, (typeof SHOWN)[number]> & { endpointName: string | null };

/** A page of runs with what its filters offer. */
export type RunsPage = {
  runs: RunItem[];
  /** Continues with older runs; null at the end. */
  olderThan: string | null;
  flows: { id: string; name: string }[];
  endpoints: { id: string; name: string }[];
  eventTypes: string[];
  mayReplay: boolean;
};

/** Runs of every flow that match, newest first. */
export async function loadRuns(search: RunSearch, before: string | null, now: Date): Promise<RunsPage> {
  const actor = await requireActor();
  const { workspaceId } = actor;
  const page = { limit: PAGE_SIZE + 1, ...(before !== null && isUuid(before) ? { beforeId: before } : {}) };
  const [found, flows, endpoints, eventTypes] = await Promise.all([
    listRuns(workspaceId, toFilter(search, actor.role, now), page),
    listFlows(workspaceId),
    listEndpoints(workspaceId),
    listRecentEventTypes(workspaceId),
  ]);
  const names = new Map(endpoints.map(({ id, name }) => [id, name]));
  const runs = found.slice(0, PAGE_SIZE);
  return {
    runs: runs.map((run) => toItem(maskRun(actor.role, run), names)),
    olderThan: found.length > PAGE_SIZE ? (runs.at(-1)?.id ?? null) : null,
    flows: flows.map(({ id, name }) => ({ id, name })),
    endpoints: endpoints.map(({ id, name }) => ({ id, name })),
    eventTypes,
    mayReplay: may(actor.role, "run.replay"),
  };
}

function toFilter(search: RunSearch, role: Role, now: Date): RunFilter {
  return {
    statuses: search.statuses,
    ...(search.tests ? { kind: "test" as const } : {}),
    ...(search.flowId === null ? {} : { flowId: search.flowId }),
    ...(search.endpointId === null ? {} : { endpointId: search.endpointId }),
    ...(search.eventId === null ? {} : { eventId: search.eventId }),
    ...(search.eventType === null ? {} : { eventType: search.eventType }),
    ...(search.replayOf === null ? {} : { replayOf: search.replayOf }),
    ...(search.window === null ? {} : { from: new Date(now.getTime() - RUN_WINDOWS[search.window]) }),
    ...(search.text === "" ? {} : { search: { text: search.text, names: seesPayloads(role) } }),
  };
}

function toItem(run: Run, endpointNames: ReadonlyMap<string, string>): RunItem {
  return {
    ...pick(run, SHOWN),
    endpointName: run.endpointId === null ? null : (endpointNames.get(run.endpointId) ?? null),
  };
}

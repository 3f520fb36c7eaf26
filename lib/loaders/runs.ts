import { requireActor } from "#lib/auth/require-actor.ts";
import { personOf } from "#lib/core/actor.ts";
import { BusyError } from "#lib/core/errors.ts";
import { isUuid } from "#lib/core/ids.ts";
import { pick } from "#lib/core/pick.ts";
import { may, type Role } from "#lib/core/roles.ts";
import { listEndpoints } from "#lib/db/endpoints.ts";
import { listFlowNames } from "#lib/db/flows.ts";
import { listRecentEventTypes } from "#lib/db/run-facets.ts";
import type { RunFilter } from "#lib/db/run-filter.ts";
import { listRuns } from "#lib/db/run-list.ts";
import type { Run } from "#lib/db/runs.ts";
import { RUN_WINDOWS, type RunSearch } from "#lib/engine/run-search.ts";
import { viewBulkActs } from "#lib/loaders/bulk-acts.ts";
import type { BulkActView, BulkFilterView } from "#lib/views/bulk-views.ts";
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
  "bodyDeviates",
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
  mayAct: boolean;
  /** What the list is narrowed to, as an act on all of it is asked for. */
  filter: BulkFilterView;
  /** Acts on many runs that are under way or ended just now. */
  acts: BulkActView[];
  /** Why the search was stopped, in words; null when it was not. */
  problem: string | null;
};

/** Runs of every flow that match, newest first. */
export async function loadRuns(search: RunSearch, before: string | null, now: Date): Promise<RunsPage> {
  const actor = await requireActor();
  const { workspaceId } = actor;
  const page = { limit: PAGE_SIZE + 1, ...(before !== null && isUuid(before) ? { beforeId: before } : {}) };
  const [found, flows, endpoints, eventTypes, acts] = await Promise.all([
    listOrProblem(() => listRuns(workspaceId, toFilter(search, actor.role, now), page, personOf(actor))),
    listFlowNames(workspaceId),
    listEndpoints(workspaceId),
    listRecentEventTypes(workspaceId),
    viewBulkActs(workspaceId),
  ]);
  const names = new Map(endpoints.map(({ id, name }) => [id, name]));
  const runs = found.runs.slice(0, PAGE_SIZE);
  return {
    runs: runs.map((run) => toItem(maskRun(actor.role, run), names)),
    olderThan: found.runs.length > PAGE_SIZE ? (runs.at(-1)?.id ?? null) : null,
    flows,
    endpoints: endpoints.map(({ id, name }) => ({ id, name })),
    eventTypes,
    mayAct: may(actor.role, "run.replay"),
    filter: toBulkFilter(search, now),
    acts,
    problem: found.problem,
  };
}

/** A search that was stopped is said on the page, where its filters stand. */
async function listOrProblem(list: () => Promise<Run[]>): Promise<{ runs: Run[]; problem: string | null }> {
  try {
    return { runs: await list(), problem: null };
  } catch (error) {
    if (error instanceof BusyError) return { runs: [], problem: error.message };
    throw error;
  }
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
    ...(search.refusedBy === null ? {} : { refusedBy: refusedOf(search.refusedBy, search.reason) }),
    ...(search.window === null ? {} : { from: new Date(now.getTime() - RUN_WINDOWS[search.window]) }),
    ...(search.text === "" ? {} : { search: { text: search.text, names: seesPayloads(role) } }),
  };
}

/** The same as an act on every run that matches says it. */
function toBulkFilter(search: RunSearch, now: Date): BulkFilterView {
  const { statuses, kind: _kind, search: _text, from, ...rest } = toFilter(search, "viewer", now);
  return {
    ...rest,
    ...(statuses === undefined || statuses.length === 0 ? {} : { statuses: [...statuses] }),
    ...(search.tests ? { kind: "test" as const } : {}),
    ...(from === undefined ? {} : { from: from.toISOString() }),
    ...(search.text === "" ? {} : { search: search.text }),
  };
}

function refusedOf(bulkId: string, reason: string | null): { bulkId: string; reason?: string } {
  return { bulkId, ...(reason === null ? {} : { reason }) };
}

function toItem(run: Run, endpointNames: ReadonlyMap<string, string>): RunItem {
  return {
    ...pick(run, SHOWN),
    endpointName: run.endpointId === null ? null : (endpointNames.get(run.endpointId) ?? null),
  };
}

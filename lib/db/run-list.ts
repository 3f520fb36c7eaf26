import { firstIdOf } from "#lib/core/first-id-of.ts";
import { isUuid, type WorkspaceId } from "#lib/core/ids.ts";
import type { RunState } from "#lib/core/states.ts";
import { askList, askSearch } from "#lib/db/list-pool.ts";
import { findRuns, type Run } from "#lib/db/runs.ts";

/**
 * What a list of runs is narrowed to; everything left out means all. Tests are left out unless `kind` asks for them.
 */
export type RunFilter = {
  statuses?: readonly RunState[];
  kind?: Run["kind"];
  flowId?: string;
  endpointId?: string;
  eventId?: string;
  eventType?: string;
  replayOf?: string;
  from?: Date;
  to?: Date;
  /**
   * Part of an event type, a whole id of a run or event, or, where `names`, part of a name: those are made of payloads.
   */
  search?: { text: string; names: boolean };
};

/** Part of a list: so many runs, older than the run of an id. */
export type RunListPage = { limit: number; beforeId?: string };

/**
 * The workspace's runs that match, newest first. `person` is who asks: each has one search by text running at a time.
 * Throws BusyError when the database does not answer within its time, or when too many searches of the person wait.
 */
export async function listRuns(
  workspaceId: WorkspaceId,
  filter: RunFilter,
  page: RunListPage,
  person: string,
): Promise<Run[]> {
  const search = filter.search?.text.trim().toLowerCase() ?? "";
  const query = queryOf(workspaceId, filter, search, page);
  const isText = search !== "" && !isUuid(search);
  const rows = isText ? await askSearch<{ id: string }>(query, person) : await askList<{ id: string }>(query);
  return findRuns(
    workspaceId,
    rows.map(({ id }) => id),
  );
}

/** The ids of the runs on a page, as SQL and its values. */
function queryOf(workspaceId: WorkspaceId, filter: RunFilter, search: string, page: RunListPage) {
  const values: unknown[] = [workspaceId];
  const conditions = ["workspace_id = $1"];
  const add = (value: unknown, condition: (place: string) => string): void => {
    if (value === undefined) return;
    values.push(value);
    conditions.push(condition(`$${values.length}`));
  };
  add(filter.kind === undefined ? ["event", "replay"] : [filter.kind], (at) => `kind = ANY (${at}::text[])`);
  const rare = rareOnly(filter.statuses);
  add(
    rare === null && filter.statuses?.length !== 0 ? filter.statuses : undefined,
    (at) => `status = ANY (${at}::text[])`,
  );
  add(filter.eventId, (at) => `event_id = ${at}::uuid`);
  add(filter.replayOf, (at) => `replay_of = ${at}::uuid`);
  add(filter.endpointId, (at) => `endpoint_id = ${at}::uuid`);
  add(filter.eventType, (at) => `event_type = ${at}`);
  if (isUuid(search)) add(search, (at) => `(id = ${at}::uuid OR event_id = ${at}::uuid)`);
  else
    add(search === "" ? undefined : containing(search), (at) =>
      filter.search?.names === true ? `(name ILIKE ${at} OR event_type ILIKE ${at})` : `event_type ILIKE ${at}`,
    );
  const isFlowAlone = rare === null && filter.flowId !== undefined && conditions.length === 2;
  // Nothing but a flow: as a range of it, in the order of the index, for the reason told at `findLastRuns`.
  add(filter.flowId, (at) =>
    isFlowAlone ? `flow_id >= ${at}::uuid AND flow_id <= ${at}::uuid` : `flow_id = ${at}::uuid`,
  );
  add(filter.from && firstIdOf(filter.from), (at) => `id >= ${at}::uuid`);
  add(filter.to && firstIdOf(filter.to), (at) => `id < ${at}::uuid`);
  add(page.beforeId, (at) => `id < ${at}::uuid`);
  values.push(page.limit);
  const where = conditions.join(" AND ");
  const limit = `LIMIT $${values.length}`;
  if (rare === null)
    return {
      text: `SELECT id FROM run WHERE ${where} ORDER BY ${isFlowAlone ? "flow_id, id DESC" : "id DESC"} ${limit}`,
      values,
    };
  values.push(rare);
  // Each state as a range of it in the order of the index over unusual runs, for the same reason.
  const text = `SELECT r.id FROM unnest($${values.length}::text[]) AS wanted(status) CROSS JOIN LATERAL (
      SELECT id FROM run WHERE ${where} AND status >= wanted.status AND status <= wanted.status
        AND status NOT IN ('queued', 'running', 'succeeded') ORDER BY status, id DESC ${limit}) r
    ORDER BY r.id DESC ${limit}`;
  return { text, values };
}

const USUAL: ReadonlySet<RunState> = new Set(["queued", "running", "succeeded"]);

/** The wanted states, each once, when the index over unusual runs has them all; else null. */
function rareOnly(statuses: readonly RunState[] | undefined): RunState[] | null {
  if (statuses === undefined || statuses.length === 0 || statuses.some((status) => USUAL.has(status))) return null;
  return [...new Set(statuses)];
}

/** A pattern for whatever contains the text, with nothing in it meaning anything else. */
function containing(text: string): string {
  return `%${text.replace(/[\\%_]/g, "\\$&")}%`;
}

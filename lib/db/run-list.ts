import { isUuid, type WorkspaceId } from "#lib/core/ids.ts";
import { askList, askSearch } from "#lib/db/list-pool.ts";
import { type RunFilter, rareOnly, runConditions, searchOf } from "#lib/db/run-filter.ts";
import { findRuns, type Run } from "#lib/db/runs.ts";

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
  const search = searchOf(filter);
  const query = queryOf(workspaceId, filter, page);
  const isText = search !== "" && !isUuid(search);
  const rows = isText ? await askSearch<{ id: string }>(query, person) : await askList<{ id: string }>(query);
  return findRuns(
    workspaceId,
    rows.map(({ id }) => id),
  );
}

/** How many of the workspace's runs match, counted up to `most`. Throws BusyError when that takes longer than 5 s. */
export async function countRunsUpTo(workspaceId: WorkspaceId, filter: RunFilter, most: number): Promise<number> {
  const { text, values } = queryOf(workspaceId, filter, { limit: most });
  const rows = await askList<{ count: number }>({ text: `SELECT count(*)::int AS count FROM (${text}) r`, values });
  return rows[0]?.count ?? 0;
}

/** The ids of the runs on a page, as SQL and its values. */
function queryOf(workspaceId: WorkspaceId, filter: RunFilter, page: RunListPage) {
  const { conditions, values } = runConditions(workspaceId, filter);
  const add = (value: unknown, condition: (place: string) => string): void => {
    if (value === undefined) return;
    values.push(value);
    conditions.push(condition(`$${values.length}`));
  };
  const rare = rareOnly(filter.statuses);
  const isFlowAlone =
    rare === null && filter.flowId !== undefined && !filter.statuses?.length && isOnlyTime(conditions);
  if (rare === null && filter.statuses?.length !== 0) add(filter.statuses, (at) => `status = ANY (${at}::text[])`);
  // Nothing but a flow: as a range of it, in the order of the index, for the reason told at `findLastRuns`.
  add(filter.flowId, (at) =>
    isFlowAlone ? `flow_id >= ${at}::uuid AND flow_id <= ${at}::uuid` : `flow_id = ${at}::uuid`,
  );
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

/** Nothing but the workspace, the kinds and a span of time is asked for. */
function isOnlyTime(conditions: readonly string[]): boolean {
  return conditions.filter((condition) => !/^id [<>]/.test(condition)).length === 2;
}

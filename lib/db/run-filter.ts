import { firstIdOf } from "#lib/core/first-id-of.ts";
import { isUuid, type WorkspaceId } from "#lib/core/ids.ts";
import type { RunState } from "#lib/core/states.ts";
import type { Run } from "#lib/db/runs.ts";

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
  /** The step that failed, whichever item of the loops around it. */
  failedStep?: string;
  errorCode?: string;
  runIds?: readonly string[];
  /** Runs that a bulk act could not act on, of one reason or of any. */
  refusedBy?: { bulkId: string; reason?: string };
  /**
   * Part of an event type, a whole id of a run or event, or, where `names`, part of a name: those are made of payloads.
   */
  search?: { text: string; names: boolean };
};

/** The conditions a run of the workspace has to meet, as SQL, and the values of their places. */
export type RunConditions = { conditions: string[]; values: unknown[] };

/** A filter as conditions on the table of runs, but for its states and its flow: how these are asked depends. */
export function runConditions(workspaceId: WorkspaceId, filter: RunFilter): RunConditions {
  const values: unknown[] = [workspaceId];
  const conditions = ["workspace_id = $1"];
  const add = (value: unknown, condition: (place: string) => string): void => {
    if (value === undefined) return;
    values.push(value);
    conditions.push(condition(`$${values.length}`));
  };
  const search = searchOf(filter);
  add(filter.kind === undefined ? ["event", "replay"] : [filter.kind], (at) => `kind = ANY (${at}::text[])`);
  add(filter.eventId, (at) => `event_id = ${at}::uuid`);
  add(filter.replayOf, (at) => `replay_of = ${at}::uuid`);
  add(filter.endpointId, (at) => `endpoint_id = ${at}::uuid`);
  add(filter.eventType, (at) => `event_type = ${at}`);
  add(filter.errorCode, (at) => `error_code = ${at}`);
  add(filter.failedStep, (at) => `${anyItem("failed_step")} = ${anyItem(`${at}::text`)}`);
  add(filter.runIds, (at) => `id = ANY (${at}::uuid[])`);
  add(filter.refusedBy?.bulkId, (at) => `id IN (${REFUSED} AND bulk_id = ${at}::uuid${reasonOf(filter, values)})`);
  if (isUuid(search)) add(search, (at) => `(id = ${at}::uuid OR event_id = ${at}::uuid)`);
  else
    add(search === "" ? undefined : containing(search), (at) =>
      filter.search?.names === true ? `(name ILIKE ${at} OR event_type ILIKE ${at})` : `event_type ILIKE ${at}`,
    );
  add(filter.from && firstIdOf(filter.from), (at) => `id >= ${at}::uuid`);
  add(filter.to && firstIdOf(filter.to), (at) => `id < ${at}::uuid`);
  return { conditions, values };
}

/** What is searched for, as it is compared; empty where nothing is. */
export function searchOf(filter: RunFilter): string {
  return filter.search?.text.trim().toLowerCase() ?? "";
}

const USUAL: ReadonlySet<RunState> = new Set(["queued", "running", "succeeded"]);

/** The wanted states, each once, when the index over unusual runs has them all; else null. */
export function rareOnly(statuses: readonly RunState[] | undefined): RunState[] | null {
  if (statuses === undefined || statuses.length === 0 || statuses.some((status) => USUAL.has(status))) return null;
  return [...new Set(statuses)];
}

const REFUSED = "SELECT run_id FROM bulk_item WHERE state = 'refused'";

function reasonOf({ refusedBy }: RunFilter, values: unknown[]): string {
  if (refusedBy?.reason === undefined) return "";
  values.push(refusedBy.reason);
  return ` AND reason = $${values.length}`;
}

/** A step's place without which item of each loop: "orders/[3]/mail" is "orders/[]/mail". */
function anyItem(path: string): string {
  return `regexp_replace(${path}, '\\[[0-9]+\\]', '[]', 'g')`;
}

/** A pattern for whatever contains the text, with nothing in it meaning anything else. */
function containing(text: string): string {
  return `%${text.replace(/[\\%_]/g, "\\$&")}%`;
}

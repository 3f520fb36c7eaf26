import { LRUCache } from "lru-cache";
import type { WorkspaceId } from "#lib/core/ids.ts";
import { runPool } from "#lib/db/run-pool.ts";
import { mayAnswerSender } from "#lib/engine/answers-sender.ts";
import { type FlowDefinition, flowDefinitionSchema } from "#lib/engine/flow-definition.ts";
import { type TriggerNeeds, triggerNeeds } from "#lib/engine/trigger-needs.ts";
import { usedVariables } from "#lib/engine/used-variables.ts";
import { singleton } from "#lib/platform/singleton.ts";

/**
 * A published version, read and checked; `needs` says what of the trigger any expression may ask for, `mayAnswer`
 * whether a step may answer the event's sender, `variables` which of the workspace's variables are read.
 */
export type PublishedDefinition = {
  definition: FlowDefinition;
  needs: TriggerNeeds;
  mayAnswer: boolean;
  variables: "all" | ReadonlySet<string>;
};

const VERSIONS_KEPT_MAX = 500;

/**
 * The definition of a version, or null when there is no such version in the workspace or it cannot be read. Versions
 * never change, so each is read and checked once per process.
 */
export async function findPublishedDefinition(
  workspaceId: WorkspaceId,
  versionId: string,
): Promise<PublishedDefinition | null> {
  const kept = singleton(
    "published-definitions",
    () => new LRUCache<string, PublishedDefinition>({ max: VERSIONS_KEPT_MAX }),
  );
  const key = `${workspaceId}/${versionId}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const { rows } = await runPool().query<{ definition: string }>(
    "SELECT definition FROM flow_version WHERE workspace_id = $1 AND id = $2",
    [workspaceId, versionId],
  );
  const text = rows[0]?.definition;
  if (text === undefined) return null;
  const read = flowDefinitionSchema.safeParse(JSON.parse(text));
  if (!read.success) return null;
  const made = {
    definition: read.data,
    needs: triggerNeeds(text),
    mayAnswer: mayAnswerSender(text),
    variables: usedVariables(text),
  };
  kept.set(key, made);
  return made;
}

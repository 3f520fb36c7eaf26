import { z } from "zod";
import { InvalidInputError } from "#lib/core/errors.ts";
import type { WorkspaceId } from "#lib/core/ids.ts";
import { jsonPath, parseInput } from "#lib/core/parse-input.ts";
import { findFlowReferences, listReferences } from "#lib/db/flow-references.ts";
import { type FlowDefinition, flowDefinitionSchema } from "#lib/engine/flow-definition.ts";

/** A flow's name as people type it. */
export const flowNameSchema = z.string().trim().min(1, "Give the flow a name.").max(120);

/** The most bytes of JSON a definition may have. */
export const DEFINITION_BYTES_MAX = 1_048_576;

/**
 * A definition out of unknown JSON, fit to be saved as a draft: well-formed, and every id in it names something of this
 * workspace or stood in `before` already (a draft may keep a step whose connection was deleted; it may not gain one).
 * Throws InvalidInputError with the place of every problem under `field`.
 */
export async function readDraft(
  workspaceId: WorkspaceId,
  input: unknown,
  before: FlowDefinition | null,
  field = "definition",
): Promise<FlowDefinition> {
  if (Buffer.byteLength(JSON.stringify(input) ?? "") > DEFINITION_BYTES_MAX)
    throw new InvalidInputError([
      { field, message: "This flow is too large: a definition has at most 1 MiB of JSON." },
    ]);
  const { [field]: draft } = parseInput(z.object({ [field]: flowDefinitionSchema }), { [field]: input }) as Record<
    string,
    FlowDefinition
  >;
  if (draft === undefined) throw new InvalidInputError([{ field, message: "A definition is needed." }]);
  const nul = draft.trigger.eventTypes.findIndex((eventType) => eventType.includes("\u0000"));
  if (nul !== -1)
    throw new InvalidInputError([
      { field: `${field}.trigger.eventTypes[${nul}]`, message: "An event type may not contain a NUL character." },
    ]);
  await refuseForeignIds(workspaceId, draft, before, field);
  return draft;
}

async function refuseForeignIds(
  workspaceId: WorkspaceId,
  draft: FlowDefinition,
  before: FlowDefinition | null,
  field: string,
): Promise<void> {
  const held = new Set(before === null ? [] : listReferences(before).map(({ id }) => id));
  const known = await findFlowReferences(workspaceId, draft);
  const isKnown = { connection: known.connections, endpoint: known.endpoints };
  const problems = listReferences(draft)
    .filter(({ what, id }) => !isKnown[what].has(id) && !held.has(id))
    .map(({ what, path }) => ({ field: jsonPath([field, ...path]), message: `There is no such ${what}.` }));
  if (problems.length > 0) throw new InvalidInputError(problems);
}

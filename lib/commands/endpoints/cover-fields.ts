import { z } from "zod";
import { type Actor, authorize } from "#lib/core/actor.ts";
import { databaseNow } from "#lib/core/database-time.ts";
import { NotFoundError } from "#lib/core/errors.ts";
import { parseInput } from "#lib/core/parse-input.ts";
import { SECOND } from "#lib/core/units.ts";
import { findFlow } from "#lib/db/flows.ts";
import { readVariables } from "#lib/db/variables.ts";
import { sampleSchema } from "#lib/engine/edit/preview-question.ts";
import type { CoverageAnswer, CoverageMark, FieldResult } from "#lib/engine/edit/preview-types.ts";
import { flowDefinitionSchema } from "#lib/engine/flow-definition.ts";
import { createPlanPorts } from "#lib/preview/plan-port.ts";
import { previewFields } from "#lib/preview/preview-fields.ts";
import { readSample } from "#lib/preview/read-sample.ts";
import { placeOf, rehearseFlow } from "#lib/preview/rehearse-flow.ts";

const BUDGET_MS = 4 * SECOND;

/** The JSON of a question about the newest events. */
export const coverageSchema = z.strictObject({
  definition: flowDefinitionSchema,
  stepId: z.string().max(40).nullable(),
  events: z.array(sampleSchema).max(20),
});

/**
 * What each field of a step comes to on several events: one mark per event and field, in order. Events for which the
 * budget of 4 s was not enough get no marks. Throws InvalidInputError, NotFoundError.
 */
export async function coverFields(
  actor: Actor,
  flowId: string,
  input: unknown,
  now: Date = databaseNow(),
): Promise<CoverageAnswer> {
  authorize(actor, "flow.edit");
  authorize(actor, "payload.read");
  const { definition, stepId, events } = parseInput(coverageSchema, input);
  const flow = await findFlow(actor.workspaceId, flowId);
  if (flow === null) throw new NotFoundError("flow");
  const ports = createPlanPorts(actor.workspaceId);
  const vars = await readVariables(actor.workspaceId, "all");
  const began = performance.now();
  const fields: Record<string, CoverageMark[]> = {};
  let done = 0;
  for (const event of events) {
    if (performance.now() - began > BUDGET_MS) break;
    const trigger = await readSample(actor.workspaceId, event, definition, now).catch((error: unknown) => {
      if (error instanceof NotFoundError) return null;
      throw error;
    });
    if (trigger === null) break;
    const steps =
      stepId === null
        ? null
        : (await rehearseFlow(definition, flow.name, { trigger, vars }, ports, now, stepId)).get(stepId);
    if (steps === undefined) throw new NotFoundError("step");
    const scope = steps?.scope ?? { trigger, steps: {}, vars, run: { id: "preview", attempt: 1, flow: flow.name } };
    const results = await previewFields(
      definition,
      steps?.step ?? null,
      scope,
      placeOf(stepId ?? "trigger", now),
      ports,
    );
    for (const [key, result] of Object.entries(results)) fields[key] = [...(fields[key] ?? []), markOf(result)];
    done += 1;
  }
  return { fields, events: done };
}

function markOf({ outcome, expressions }: FieldResult): CoverageMark {
  switch (outcome.kind) {
    case "error":
    case "stopped":
      return "error";
    case "refused":
    case "nothing":
    case "left out":
      return "nothing";
    case "blank":
      return "value";
    case "value":
      return expressions.some(
        ({ result }) =>
          result.kind === "nothing" || (result.kind === "value" && (result.json === "null" || result.json === '""')),
      )
        ? "nothing"
        : "value";
  }
}

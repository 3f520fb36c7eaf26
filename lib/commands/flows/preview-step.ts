import { type Actor, authorize } from "#lib/core/actor.ts";
import { databaseNow } from "#lib/core/database-time.ts";
import { NotFoundError } from "#lib/core/errors.ts";
import { writeJson } from "#lib/core/json-text.ts";
import { parseInput } from "#lib/core/parse-input.ts";
import { findFlow } from "#lib/db/flows.ts";
import { readVariables } from "#lib/db/variables.ts";
import { previewSchema } from "#lib/engine/edit/preview-question.ts";
import type { PreviewAnswer, ScopeView } from "#lib/engine/edit/preview-types.ts";
import { visibleSteps } from "#lib/engine/edit/visible-steps.ts";
import type { Scope } from "#lib/engine/run-ports.ts";
import { createPlanPorts } from "#lib/preview/plan-port.ts";
import { previewFields } from "#lib/preview/preview-fields.ts";
import { readSample } from "#lib/preview/read-sample.ts";
import { placeOf, rehearseFlow } from "#lib/preview/rehearse-flow.ts";
import { viewPlanned } from "#lib/preview/view-planned.ts";

/**
 * What a step's fields and effect come to with a sample, from the definition as it stands on the screen. Nothing is
 * sent or written. Throws InvalidInputError, NotFoundError (flow, event, step).
 */
export async function previewStep(
  actor: Actor,
  flowId: string,
  input: unknown,
  now: Date = databaseNow(),
): Promise<PreviewAnswer> {
  authorize(actor, "flow.edit");
  authorize(actor, "payload.read");
  const { definition, sample, stepId, wants } = parseInput(previewSchema, input);
  const flow = await findFlow(actor.workspaceId, flowId);
  if (flow === null) throw new NotFoundError("flow");
  const trigger = sample === null ? null : await readSample(actor.workspaceId, sample, definition, now);
  const vars = await readVariables(actor.workspaceId, "all");
  const seen = { trigger: trigger ?? {}, vars };
  const ports = createPlanPorts(actor.workspaceId);
  const steps = await rehearseFlow(definition, flow.name, seen, ports, now, wants.cards ? null : stepId);
  const chosen = stepId === null ? null : steps.get(stepId);
  if (chosen === undefined) throw new NotFoundError("step");
  const scope: Scope = chosen?.scope ?? {
    ...seen,
    steps: {},
    run: { id: "preview", attempt: 1, flow: flow.name },
  };
  const fields =
    trigger === null
      ? {}
      : await previewFields(definition, chosen?.step ?? null, scope, placeOf(stepId ?? "trigger", now), ports);
  const planned = chosen?.planned ?? null;
  return {
    fields,
    effect: wants.effect && planned !== null && trigger !== null ? await viewPlanned(actor.workspaceId, planned) : null,
    scope: wants.scope ? scopeView() : null,
    cards: wants.cards && trigger !== null ? Object.fromEntries([...steps].map(([id, { card }]) => [id, card])) : null,
  };

  function scopeView(): ScopeView {
    const visible = stepId === null ? { earlier: [], loop: null, failed: null } : visibleSteps(definition, stepId);
    return {
      trigger: trigger === null ? null : writeJson(trigger),
      steps: visible.earlier.map((step) => ({
        id: step.id,
        name: step.name,
        json: writeJson(scope.steps[step.id] ?? null),
        provenance: steps.get(step.id)?.provenance ?? "example",
      })),
      item:
        visible.loop === null
          ? null
          : { json: writeJson(scope.item ?? null), of: chosen?.itemOf ?? 0, name: visible.loop.name },
      error: visible.failed === null ? null : { json: writeJson(scope.error ?? null), name: visible.failed.name },
      vars: writeJson(vars),
      run: scope.run,
    };
  }
}

import type { Json } from "#lib/core/json.ts";
import type { Action, PlanContext } from "#lib/engine/action.ts";
import type { Effect } from "#lib/engine/effect.ts";
import type { TemplateValue } from "#lib/engine/template/encode.ts";
import { readInputFields } from "#lib/engine/template/input-fields.ts";
import { type InputWarning, listExpressions, renderInput } from "#lib/engine/template/render-input.ts";

/** What one expression of an input came to, in the sandbox's words. */
export type ExpressionResult = TemplateValue | { kind: "failed"; code: string; message: string };

/** Evaluates a batch over one context; one result per expression, in order. */
export type EvaluateBatch = (expressions: readonly { id: string; source: string }[]) => Promise<readonly ExpressionResult[]>;

/** A step's evaluated input and its effect, or why there is none; `input` is what was evaluated so far, null when nothing was. */
export type ActionPlan =
  | { kind: "planned"; input: Json; effect: Effect; warnings: InputWarning[] }
  | { kind: "refused"; code: string; field: string; message: string; input: Json | null };

/**
 * The whole way from a stored input to an effect: read the templates, evaluate them in one batch, encode every value
 * for its place, check the result against the action's schema, plan. Sends nothing.
 */
export async function planAction(action: Action, input: Json, evaluate: EvaluateBatch, context: PlanContext): Promise<ActionPlan> {
  const { fields, problems } = readInputFields(action.input, input);
  const [problem] = problems;
  if (problem !== undefined) return refused("template", problem.path.join("."), `${problem.label}: ${problem.message}`, null);

  const expressions = listExpressions(fields);
  const results = expressions.length === 0 ? [] : await evaluate(expressions);
  const values: TemplateValue[] = [];
  for (const [index, expression] of expressions.entries()) {
    const result = results[index];
    if (result === undefined) throw new Error("There are fewer results than expressions.");
    const field = expression.id.slice(0, expression.id.lastIndexOf("@"));
    if (result.kind === "failed") return refused(result.code, field, `${labelOf(field, fields)}: ${result.message}`, null);
    values.push(result);
  }

  const rendering = renderInput(input, fields, values);
  if (rendering.kind === "refused") return refused(rendering.code, rendering.path.join("."), rendering.message, null);
  const checked = action.input.safeParse(rendering.input);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    const field = issue?.path.join(".") ?? "";
    return refused("bad-input", field, `${labelOf(field, fields)}: ${issue?.message ?? "the input does not fit this action"}`, rendering.input);
  }
  const plan = action.plan(checked.data, context);
  if (plan.kind === "refused") return { ...plan, input: rendering.input };
  return { kind: "planned", input: rendering.input, effect: plan.effect, warnings: rendering.warnings };
}

function labelOf(path: string, fields: ReturnType<typeof readInputFields>["fields"]): string {
  return fields.find((field) => field.path.join(".") === path)?.meta.label ?? (path === "" ? "Input" : path);
}

function refused(code: string, field: string, message: string, input: Json | null): ActionPlan {
  return { kind: "refused", code, field, message, input };
}

import { findAction } from "#lib/actions/registry.generated.ts";
import type { Json } from "#lib/core/json.ts";
import { JsonText, readWritten, writeJson } from "#lib/core/json-text.ts";
import type { FieldMeta, FieldPlace } from "#lib/engine/action.ts";
import { pathExpression } from "#lib/engine/edit/path-expression.ts";
import type { ExpressionResult, ExpressionSpot, FieldResult } from "#lib/engine/edit/preview-types.ts";
import { firstMissing, readPath } from "#lib/engine/edit/read-path.ts";
import type { FlowDefinition } from "#lib/engine/flow-definition.ts";
import type { Scope, StepPlace } from "#lib/engine/run-ports.ts";
import type { StepPath } from "#lib/engine/step-kind.ts";
import { stepKindOf } from "#lib/engine/step-kind-of.ts";
import { expressionsOf } from "#lib/engine/step-settings.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";
import { textAt } from "#lib/engine/template/fill-input.ts";
import type { InputReading } from "#lib/engine/template/input-fields.ts";
import {
  type ExpressionSegment,
  parseTemplate,
  type Segment,
  wholeExpression,
} from "#lib/engine/template/parse-template.ts";
import { placeOfField } from "#lib/engine/template/place-of-field.ts";
import { renderTemplate } from "#lib/engine/template/render-template.ts";
import { describeOutcome } from "#lib/preview/describe-outcome.ts";
import type { PlanPorts } from "#lib/preview/plan-step.ts";
import type { Outcome } from "#lib/sandbox/protocol.ts";

const RESULT_CHARS_MAX = 64 * 1024;

type Field =
  | { key: string; place: FieldPlace; placed?: Placed; required: boolean; segments: Segment[] }
  | { key: string; problem: { message: string; position: number } };

/** A field whose place depends on others of its input. */
type Placed = { meta: FieldMeta; member: string | number; path: StepPath; input: Json };

/**
 * What every field of a step, or of the trigger (step null), comes to in a scope. Keys are dotted paths inside the
 * step.
 */
export async function previewFields(
  flow: FlowDefinition,
  step: Step | null,
  scope: Scope,
  place: StepPlace,
  ports: Pick<PlanPorts, "evaluate">,
): Promise<Record<string, FieldResult>> {
  const fields = step === null ? triggerFields(flow) : stepFields(step);
  const expressions = fields.flatMap((field) =>
    "segments" in field ? field.segments.filter((segment) => segment.kind === "expression") : [],
  );
  const outcomes =
    expressions.length === 0
      ? []
      : await ports.evaluate(
          expressions.map((segment, index) => ({ id: String(index), source: segment.source })),
          scope,
          place,
        );
  const results = new Map<ExpressionSegment, Outcome>(
    expressions.map((segment, index) => [segment, outcomes[index] ?? { kind: "timeout" }]),
  );
  const found: Record<string, FieldResult> = {};
  const inOrderOfNeed = [...fields].sort((a, b) => Number("placed" in a) - Number("placed" in b));
  for (const field of inOrderOfNeed)
    found[field.key] =
      "segments" in field
        ? resultOf({ ...field, place: placeOf(field, found) }, results, scope)
        : broken(field.problem);
  return Object.fromEntries(fields.flatMap(({ key }) => (found[key] === undefined ? [] : [[key, found[key]]])));
}

/** Where a field stands, with what the fields it depends on come to. */
function placeOf(field: Extract<Field, { segments: Segment[] }>, found: Record<string, FieldResult>): FieldPlace {
  if (field.placed === undefined) return field.place;
  const { meta, member, path, input } = field.placed;
  return placeOfField(meta, path, input, (at) => {
    const outcome = found[[member, ...at].join(".")]?.outcome;
    if (outcome === undefined) return textAt(at, { input, fields: new Map() });
    const value = outcome.kind === "value" ? new JsonText(outcome.json) : null;
    return value?.kind === "text" ? String(value.value) : null;
  });
}

function stepFields(step: Step): Field[] {
  const kind = stepKindOf(step);
  const { fields, problems } = kind.templates?.(step, (action) => findAction(action)?.input ?? null) ?? NO_TEMPLATES;
  return [
    ...expressionsOf(step).map(({ path, source }) => bare(path.join("."), source)),
    ...fields.map(({ path, meta, segments }) => ({
      key: path.join("."),
      place: meta.place,
      ...(meta.placeBy === undefined ? {} : { placed: placedIn(step, meta, path) }),
      required: meta.required ?? false,
      segments,
    })),
    ...problems.map((problem) => ({ key: problem.path.join("."), problem })),
  ];
}

/** The first part of a template's path names the member of the step that holds the input. */
function placedIn(step: Step, meta: FieldMeta, [member = "", ...path]: StepPath): Placed {
  const members = step as unknown as Readonly<Record<string | number, Json>>;
  return { meta, member, path, input: members[member] ?? null };
}

const NO_TEMPLATES: InputReading = { fields: [], problems: [] };

function triggerFields(flow: FlowDefinition): Field[] {
  const parsed = parseTemplate(flow.runName);
  const name: Field =
    parsed.kind === "parsed"
      ? { key: "runName", place: "text", required: false, segments: parsed.segments }
      : { key: "runName", problem: parsed };
  return [bare("trigger.filter", flow.trigger.filter ?? ""), name];
}

/** A field that is one expression without braces. */
function bare(key: string, text: string): Field {
  return { key, place: "value", required: false, segments: wholeExpression(text) };
}

function resultOf(
  field: Extract<Field, { segments: Segment[] }>,
  outcomes: ReadonlyMap<ExpressionSegment, Outcome>,
  scope: Scope,
): FieldResult {
  const expressions: ExpressionSpot[] = [];
  const lossy: { source: string; lost: string }[] = [];
  const values: Parameters<typeof renderTemplate>[1][number][] = [];
  let bad: FieldResult["outcome"] | null = null;
  for (const segment of field.segments) {
    if (segment.kind !== "expression") continue;
    const outcome = outcomes.get(segment) ?? { kind: "timeout" };
    const result = expressionResult(outcome, segment.source, scope);
    expressions.push({
      start: segment.start,
      end: segment.end,
      sourceStart: segment.sourceStart,
      source: segment.source,
      result,
    });
    if (outcome.kind === "value" && outcome.lost !== undefined)
      lossy.push({ source: segment.source, lost: outcome.lost.join(", ") });
    if (outcome.kind === "value") values.push({ kind: "value", value: new JsonText(outcome.json) });
    else values.push({ kind: "nothing" });
    if (result.kind === "error")
      bad ??= { ...result, position: result.position === null ? null : segment.sourceStart + result.position };
    else if (result.kind === "stopped") bad ??= result;
  }
  if (bad) return { expressions, outcome: bad };
  if (field.segments.every((segment) => segment.raw.trim() === "")) return { expressions, outcome: { kind: "blank" } };
  const sole = expressions.length === 1 && field.segments.length === 1 ? expressions[0] : undefined;
  const rendered = renderTemplate(field.segments, values, field.place, field.required);
  if (rendered.kind === "refused") {
    const missing = expressions.find((spot) => spot.source === rendered.refusal.source)?.result;
    const { code, source, came, message } = rendered.refusal;
    const why =
      missing?.kind === "nothing" && missing.missing !== null
        ? `Empty for this event: ${missing.missing} is not in it. The step would stop.`
        : code === "blank" && source !== ""
          ? `Empty for this event: ${source} is ${came}. The step would stop.`
          : message;
    return { expressions, outcome: { kind: "refused", message: why } };
  }
  if (sole?.result.kind === "nothing") return { expressions, outcome: sole.result };
  if (rendered.kind === "left-out") return { expressions, outcome: { kind: "left out" } };
  const text = writeJson(rendered.value);
  const warnings = rendered.warnings.map(({ warning, source }) =>
    warning === "blank" ? `${source} is blank here` : `${source} is a list or object and becomes JSON text`,
  );
  for (const { source, lost } of lossy) warnings.push(`${source} calculates with ${lost}, which loses digits by that`);
  return { expressions, outcome: { kind: "value", json: cutJson(text), bytes: text.length, warnings } };
}

function expressionResult(outcome: Outcome, source: string, scope: Scope): ExpressionResult {
  switch (outcome.kind) {
    case "value":
      return { kind: "value", json: cutJson(outcome.json) };
    case "nothing": {
      const path = readPath(source);
      const missing = path === null ? null : firstMissing(path, readWritten({ ...scope }));
      return { kind: "nothing", missing: missing === null ? null : pathExpression(missing) };
    }
    case "error":
      return { kind: "error", code: outcome.code, message: outcome.message, position: startOf(outcome, source) };
    case "timeout":
      return { kind: "stopped", message: "Stopped: this expression does not end in time." };
    case "memory":
    case "too-large":
      return { kind: "stopped", message: describeOutcome(outcome) };
  }
}

/** The JSON text, or where it is too long, its beginning as a text of its own. */
function cutJson(json: string): string {
  return json.length > RESULT_CHARS_MAX ? JSON.stringify(`${json.slice(0, RESULT_CHARS_MAX)}…`) : json;
}

/** JSONata counts to the end of the token it stumbled over; marks begin at its start. */
function startOf({ position, token }: Extract<Outcome, { kind: "error" }>, source: string): number | null {
  if (position === undefined) return null;
  const length = token !== undefined && source.slice(position - token.length, position) === token ? token.length : 1;
  return Math.max(0, position - length);
}

function broken(problem: { message: string; position: number }): FieldResult {
  return {
    expressions: [],
    outcome: { kind: "error", message: problem.message, position: problem.position, code: "template" },
  };
}

import { z } from "zod";
import { isJsonObject, type Json, type JsonObject } from "#lib/core/json.ts";
import { plainIssue } from "#lib/core/plain-issue.ts";
import type { Action, FieldMeta } from "#lib/engine/action.ts";
import type { StepCheck } from "#lib/engine/check-flow.ts";
import { coversHosts, hostsOf } from "#lib/engine/connections/allowed-hosts.ts";
import { writtenHosts } from "#lib/engine/connections/written-hosts.ts";
import type { StepPath } from "#lib/engine/step-kind.ts";
import type { ActionStep } from "#lib/engine/steps/registry.generated.ts";
import { readInputFields, type TemplateField } from "#lib/engine/template/input-fields.ts";
import { placeOfField } from "#lib/engine/template/place-of-field.ts";
import { renderTemplate } from "#lib/engine/template/render-template.ts";
import { urlStartProblem } from "#lib/engine/template/url-start.ts";
import { writtenText } from "#lib/engine/template/written-text.ts";

/** What is wrong with an action step before any event: its action, connection, shape, templates and written values. */
export function checkAction(step: ActionStep, check: StepCheck): void {
  const action = check.world.getAction(step.action);
  if (action === null) return check.report("unknown-action", ["action"], { action: step.action });
  checkConnection(step, action, check);
  const shape = action.input.safeParse(step.input, { error: plainIssue });
  if (shape.success) reportOwnProblems(step, action, shape.data, check);
  else
    for (const { path, message } of shape.error.issues)
      check.reportOther({ path: inside(path), code: "invalid", severity: "error", message });
  const reading = readInputFields(action.input, step.input);
  for (const { path, label, message, position } of reading.problems)
    check.reportOther({
      path: inside(path),
      code: "template",
      severity: "error",
      message: `${label}: ${message}`,
      position,
    });
  for (const { path, meta } of missingFields(action.input, step.input))
    check.report("needed", inside(path), { what: meta.label });
  for (const field of reading.fields) checkField(field, step.input, check);
}

function inside(path: readonly PropertyKey[]): StepPath {
  return ["input", ...(path as StepPath)];
}

function checkConnection(step: ActionStep, action: Action, check: StepCheck): void {
  const id = step.connectionId ?? null;
  if (id === null) {
    if (action.connectionRequired) check.report("choose-connection", ["connectionId"]);
    return;
  }
  const connection = check.world.findConnection(id);
  if (connection === null) check.report("connection-gone", ["connectionId"]);
  else if (!action.connectionKinds.includes(connection.kind))
    check.report("wrong-kind", ["connectionId"], { kind: connection.kind });
  else if ("hosts" in connection.config) {
    const written = writtenHosts([{ connectionId: id, input: step.input }], id).hosts;
    const others = written.filter((host) => !coversHosts(hostsOf(connection.config), [host]));
    const data = { connection: connection.name, hosts: others };
    if (others.length > 0) check.report("other-host", ["connectionId"], data, "warning");
  }
}

/** What the action itself has to say about the input. */
function reportOwnProblems(step: ActionStep, action: Action, input: unknown, check: StepCheck): void {
  const connection = step.connectionId == null ? null : check.world.findConnection(step.connectionId);
  const problems = action.problems?.(input, { connection, senderWaits: check.senderWaits, writtenText }) ?? [];
  for (const problem of problems)
    check.reportOther({ ...problem, path: inside(problem.path), severity: problem.severity ?? "error" });
}

/** Notes a field's expressions, or judges what is written in it. */
function checkField(field: TemplateField, input: Json, check: StepCheck): void {
  const { path, meta, segments } = field;
  const at = inside(path);
  if (check.noteExpressions(segments, at)) return checkStart(field, input, check);
  const isBlank = segments.every((segment) => segment.raw.trim() === "");
  if (isBlank && meta.required === true) check.report("needed", at, { what: meta.label });
  if (isBlank) return;
  const rendered = renderTemplate(segments, [], meta.place, meta.required ?? false);
  if (rendered.kind !== "refused") return;
  const { code, message, position } = rendered.refusal;
  check.reportOther({ path: at, code, severity: "error", message: `${meta.label}: ${message}`, position });
}

/** What is written in front of the first value of an address counts whatever the value. */
function checkStart({ path, meta, segments }: TemplateField, input: Json, check: StepCheck): void {
  const place = placeOfField(meta, path, input, (at) => writtenAt(input, at));
  const message = place === "url" ? urlStartProblem(segments) : null;
  if (message !== null)
    check.reportOther({
      path: inside(path),
      code: "not-a-url",
      severity: "error",
      message: `${meta.label}: ${message}`,
      position: 0,
    });
}

function writtenAt(input: Json, path: readonly (string | number)[]): string | null {
  let value: Json | undefined = input;
  for (const part of path)
    value = isJsonObject(value) || Array.isArray(value) ? (value as JsonObject)[part] : undefined;
  return typeof value === "string" ? writtenText(value) : null;
}

/** Required fields at the top of an input that are not there at all. */
function missingFields(schema: z.ZodType, input: Json): { path: StepPath; meta: FieldMeta }[] {
  if (!(schema instanceof z.ZodObject) || typeof input !== "object" || input === null || Array.isArray(input))
    return [];
  return Object.entries(schema.shape).flatMap(([key, member]) => {
    const meta = (z.globalRegistry.get(member as z.ZodType) as { hookline?: FieldMeta } | undefined)?.hookline;
    const value = input[key];
    return meta?.required === true && (value === undefined || value === null) ? [{ path: [key], meta }] : [];
  });
}

import { z } from "zod";
import type { Json, JsonObject } from "#lib/core/json.ts";
import type { Action, ConnectionView, FieldMeta } from "#lib/engine/action.ts";
import {
  type ActionStep,
  childLists,
  type FlowDefinition,
  RUNNABLE_KINDS,
  type Step,
} from "#lib/engine/flow-definition.ts";
import { readInputFields } from "#lib/engine/template/input-fields.ts";
import { parseTemplate, type Segment } from "#lib/engine/template/parse-template.ts";
import { renderTemplate } from "#lib/engine/template/render-template.ts";
import { writtenText } from "#lib/engine/template/written-text.ts";

type Path = readonly (string | number)[];

/**
 * Something wrong with a flow that needs no event to be seen. An "error" keeps it from going live, a "warning" is shown.
 * `path` is the place in the definition's JSON, `stepId` the step it belongs to (null: the trigger or the flow itself),
 * `position` an offset into the field's text where it is known, `data` what the message was made of.
 */
export type FlowProblem = {
  path: Path;
  stepId: string | null;
  code: string;
  severity: "error" | "warning";
  message: string;
  position?: number;
  data?: JsonObject;
};

/** An expression of the flow that its sandbox must still read; `offset` is where it begins in its field's text. */
export type FlowExpression = { source: string; path: Path; stepId: string | null; offset: number };

/** What a flow may refer to: the workspace's own things, and the actions there are. */
export type FlowWorld = {
  getAction(id: string): Action | null;
  /** The public side of a connection of this workspace, or null when it has no such connection. */
  findConnection(id: string): Pick<ConnectionView, "id" | "kind" | "name" | "config"> | null;
  /** An endpoint of this workspace, or null; `senderWaits`: its senders wait for what a flow answers. */
  findEndpoint(id: string): { senderWaits: boolean } | null;
};

/** Everything that is wrong with a flow before any event, but for the syntax of `expressions`, which only a sandbox can tell. */
export function checkFlow(
  flow: FlowDefinition,
  world: FlowWorld,
): { problems: FlowProblem[]; expressions: FlowExpression[] } {
  const found: Found = { problems: [], expressions: [] };
  const { endpointId, filter } = flow.trigger;
  if (endpointId === null)
    found.problems.push({
      path: ["trigger", "endpointId"],
      stepId: null,
      code: "missing",
      severity: "error",
      message: "Choose the endpoint whose events start this flow.",
    });
  else if (world.findEndpoint(endpointId) === null)
    found.problems.push({
      path: ["trigger", "endpointId"],
      stepId: null,
      code: "gone",
      severity: "error",
      message: "This endpoint does not exist any more. Choose another.",
    });
  if (filter !== null && filter.trim() !== "")
    found.expressions.push({ source: filter, path: ["trigger", "filter"], stepId: null, offset: 0 });
  checkTemplate(flow.runName, ["runName"], null, found);
  if (flow.steps.length === 0)
    found.problems.push({
      path: ["steps"],
      stepId: null,
      code: "missing",
      severity: "error",
      message: "Add at least one step.",
    });
  const senderWaits = endpointId === null ? null : (world.findEndpoint(endpointId)?.senderWaits ?? null);
  checkSteps(flow.steps, ["steps"], world, senderWaits, found);
  return found;
}

type Found = { problems: FlowProblem[]; expressions: FlowExpression[] };

/** Says that a problem keeps a flow from going live. */
export function stopsPublishing(problem: Pick<FlowProblem, "severity">): boolean {
  return problem.severity === "error";
}

function checkSteps(steps: Step[], at: Path, world: FlowWorld, senderWaits: boolean | null, found: Found): void {
  for (const [index, step] of steps.entries()) {
    const path = [...at, index];
    // A step that is off does nothing, nor do the steps inside it: it may stay unfinished.
    if (step.off === true) continue;
    checkStep(step, path, world, senderWaits, found);
    for (const list of childLists(step)) checkSteps(list.steps, [...path, ...list.path], world, senderWaits, found);
  }
}

function checkStep(step: Step, path: Path, world: FlowWorld, senderWaits: boolean | null, found: Found): void {
  if (!(RUNNABLE_KINDS as readonly string[]).includes(step.kind)) {
    found.problems.push({
      path,
      stepId: step.id,
      code: "not-runnable",
      severity: "error",
      message: `${step.name}: steps of the kind ${step.kind} cannot run yet.`,
    });
    return;
  }
  const expression = (source: string, place: Path, what: string) => {
    if (source.trim() === "")
      found.problems.push({
        path: [...path, ...place],
        stepId: step.id,
        code: "missing",
        severity: "error",
        message: `${step.name}: ${what} is needed.`,
      });
    else found.expressions.push({ source, path: [...path, ...place], stepId: step.id, offset: 0 });
  };
  if (step.kind === "action") checkAction(step, path, world, senderWaits, found);
  if (step.kind === "branch")
    step.cases.forEach((each, index) =>
      expression(each.when, ["cases", index, "when"], `a condition for "${each.name}"`),
    );
  if (step.kind === "forEach") expression(step.items, ["items"], "the list to go through");
}

function checkAction(step: ActionStep, path: Path, world: FlowWorld, senderWaits: boolean | null, found: Found): void {
  const problem = (at: Path, code: string, message: string, position?: number) =>
    found.problems.push({
      path: [...path, ...at],
      stepId: step.id,
      code,
      severity: "error",
      message: `${step.name}: ${message}`,
      ...(position === undefined ? {} : { position }),
    });
  const action = world.getAction(step.action);
  if (action === null) return void problem(["action"], "gone", `there is no action "${step.action}".`);

  checkConnection(step, action, world, problem);
  const shape = action.input.safeParse(step.input);
  if (!shape.success)
    for (const issue of shape.error.issues)
      problem(["input", ...(issue.path as (string | number)[])], "invalid", issue.message);
  else found.problems.push(...ownProblems(action, shape.data as Json, step, path, { world, senderWaits }));
  const reading = readInputFields(action.input, step.input);
  for (const each of reading.problems)
    problem(["input", ...each.path], "template", `${each.label}: ${each.message}`, each.position);
  for (const { path: at, meta } of missingFields(action.input, step.input))
    problem(["input", ...at], "missing", `${meta.label} is needed.`);
  for (const field of reading.fields) {
    const at = ["input", ...field.path];
    if (collectExpressions(field.segments, [...path, ...at], step.id, found)) continue;
    const isBlank = field.segments.every((segment) => segment.raw.trim() === "");
    if (isBlank && field.meta.required === true) problem(at, "missing", `${field.meta.label} is needed.`);
    if (isBlank) continue;
    const rendered = renderTemplate(field.segments, [], field.meta.place, field.meta.required ?? false);
    if (rendered.kind === "refused")
      problem(at, rendered.refusal.code, `${field.meta.label}: ${rendered.refusal.message}`, rendered.refusal.position);
  }
}

/** What the action itself has to say about the input. */
function ownProblems(
  action: Action,
  input: Json,
  step: ActionStep,
  path: Path,
  { world, senderWaits }: { world: FlowWorld; senderWaits: boolean | null },
): FlowProblem[] {
  const connection = step.connectionId == null ? null : world.findConnection(step.connectionId);
  return (action.problems?.(input, { connection, senderWaits, writtenText }) ?? []).map(
    ({ path: at, message, severity, ...rest }) => ({
      ...rest,
      path: [...path, "input", ...at],
      stepId: step.id,
      severity: severity ?? "error",
      message: `${step.name}: ${message}`,
    }),
  );
}

function checkConnection(
  step: ActionStep,
  action: Action,
  world: FlowWorld,
  problem: (at: Path, code: string, message: string) => void,
): void {
  const id = step.connectionId ?? null;
  if (id === null) {
    if (action.connectionRequired) problem(["connectionId"], "missing", "choose a connection.");
    return;
  }
  const connection = world.findConnection(id);
  if (connection === null)
    problem(["connectionId"], "gone", "this connection does not exist any more. Choose another.");
  else if (!action.connectionKinds.includes(connection.kind))
    problem(["connectionId"], "wrong-kind", `a connection of the kind ${connection.kind} does not fit here.`);
}

function checkTemplate(text: string, path: Path, stepId: string | null, found: Found): void {
  const reading = parseTemplate(text);
  if (reading.kind === "error")
    found.problems.push({
      path,
      stepId,
      code: "template",
      severity: "error",
      message: reading.message,
      position: reading.position,
    });
  else collectExpressions(reading.segments, path, stepId, found);
}

/** Adds the segments' expressions; says whether there was one. */
function collectExpressions(segments: readonly Segment[], path: Path, stepId: string | null, found: Found): boolean {
  const expressions = segments.filter((segment) => segment.kind === "expression");
  for (const { source, sourceStart } of expressions)
    found.expressions.push({ source, path, stepId, offset: sourceStart });
  return expressions.length > 0;
}

/** Required fields at the top of an input that are not there at all. */
function missingFields(schema: z.ZodType, input: Json): { path: Path; meta: FieldMeta }[] {
  if (!(schema instanceof z.ZodObject) || typeof input !== "object" || input === null || Array.isArray(input))
    return [];
  return Object.entries(schema.shape).flatMap(([key, member]) => {
    const meta = (z.globalRegistry.get(member as z.ZodType) as { hookline?: FieldMeta } | undefined)?.hookline;
    const value = input[key];
    return meta?.required === true && (value === undefined || value === null) ? [{ path: [key], meta }] : [];
  });
}

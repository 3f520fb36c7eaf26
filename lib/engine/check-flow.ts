import type { JsonObject } from "#lib/core/json.ts";
import type { Action, ConnectionView } from "#lib/engine/action.ts";
import { childLists, type FlowDefinition } from "#lib/engine/flow-definition.ts";
import { type ProblemCode, problemSentence } from "#lib/engine/problem-sentences.ts";
import { timingProblem } from "#lib/engine/schedule/next-time.ts";
import type { StepPath } from "#lib/engine/step-kind.ts";
import { stepKindOf } from "#lib/engine/step-kind-of.ts";
import { conditionOf, errorPathOf, expressionsOf } from "#lib/engine/step-settings.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";
import { parseTemplate, type Segment, wholeExpression } from "#lib/engine/template/parse-template.ts";

/**
 * Something wrong with a flow that needs no event to be seen. An "error" keeps it from going live, a "warning" is
 * shown.
 * `path` is the place in the definition's JSON, `stepId` the step it belongs to (null: the trigger or the flow itself),
 * `position` an offset into the field's text where it is known, `data` what the message was made of.
 */
export type FlowProblem = {
  path: StepPath;
  stepId: string | null;
  code: string;
  severity: "error" | "warning";
  message: string;
  position?: number;
  data?: JsonObject;
};

/** An expression of the flow that its sandbox must still read; `offset` is where it begins in its field's text. */
export type FlowExpression = { source: string; path: StepPath; stepId: string | null; offset: number };

/** What a flow may refer to: the workspace's own things, and the actions there are. */
export type FlowWorld = {
  /** The moment of the check. */
  now: Date;
  getAction(id: string): Action | null;
  /** The public side of a connection of this workspace, or null when it has no such connection. */
  findConnection(id: string): Pick<ConnectionView, "id" | "kind" | "name" | "config"> | null;
  /** An endpoint of this workspace, or null; `senderWaits`: its senders wait for what a flow answers. */
  findEndpoint(id: string): { senderWaits: boolean } | null;
};

/** What a kind of step is given to say what is wrong with one of its steps; paths are inside the step. */
export type StepCheck = {
  world: FlowWorld;
  /** Whether senders of the flow's endpoint wait for what a flow answers; null while there is no endpoint. */
  senderWaits: boolean | null;
  /** A problem that Hookline has a sentence for. */
  report(code: ProblemCode, at: StepPath, data?: JsonObject, severity?: FlowProblem["severity"]): void;
  /** A problem in words of its own, without the step's name. */
  reportOther(problem: Pick<FlowProblem, "path" | "code" | "severity" | "message" | "position" | "data">): void;
  /** Notes the expressions of a template for the sandbox; says whether there was one. */
  noteExpressions(segments: readonly Segment[], at: StepPath): boolean;
};

/** Everything that is wrong with a flow before any event, but for its `expressions`, which only a sandbox can read. */
export function checkFlow(
  flow: FlowDefinition,
  world: FlowWorld,
): { problems: FlowProblem[]; expressions: FlowExpression[] } {
  const found: Found = { problems: [], expressions: [] };
  const problem = (code: ProblemCode, path: StepPath, data: JsonObject = {}) =>
    found.problems.push({ path, stepId: null, code, severity: "error", message: problemSentence(code, data) });
  const { kind, endpointId, filter, schedule } = flow.trigger;
  const endpoint = endpointId === null ? null : world.findEndpoint(endpointId);
  if (schedule !== undefined) {
    const wrong = timingProblem(schedule, world.now);
    const field = wrong === "unknown-zone" ? "zone" : "cron";
    if (wrong !== null) problem(wrong, ["trigger", "schedule", field], { cron: schedule.cron, zone: schedule.zone });
  }
  if (kind === undefined && endpointId === null) problem("no-endpoint", ["trigger", "endpointId"]);
  else if (kind === undefined && endpoint === null) problem("endpoint-gone", ["trigger", "endpointId"]);
  noteExpressions(wholeExpression(filter ?? ""), ["trigger", "filter"], null, found);
  checkRunName(flow.runName, found);
  if (flow.steps.length === 0) problem("no-steps", ["steps"]);
  checkSteps(
    flow.steps,
    ["steps"],
    { world, senderWaits: kind === undefined ? (endpoint?.senderWaits ?? null) : false },
    found,
  );
  return found;
}

/** Says that a problem keeps a flow from going live. */
export function stopsPublishing(problem: Pick<FlowProblem, "severity">): boolean {
  return problem.severity === "error";
}

type Found = { problems: FlowProblem[]; expressions: FlowExpression[] };
type Surroundings = Pick<StepCheck, "world" | "senderWaits">;

function checkSteps(steps: readonly Step[], at: StepPath, around: Surroundings, found: Found): void {
  let ended: Step | null = null;
  for (const [index, step] of steps.entries()) {
    const path = [...at, index];
    // A step that is off does nothing, nor do the steps inside it: it may stay unfinished.
    if (step.off === true) continue;
    const check = checkAt(step, path, around, found);
    if (ended !== null) check.report("never-runs", [], { stop: ended.name }, "warning");
    checkStep(step, check);
    for (const list of childLists(step)) checkSteps(list.steps, [...path, ...list.path], around, found);
    if (errorPathOf(step)?.length === 0) check.report("empty-error-path", ["errorSteps"], {}, "warning");
    if (stepKindOf(step).endsRun === true && conditionOf(step) === null) ended ??= step;
  }
}

function checkStep(step: Step, check: StepCheck): void {
  const kind = stepKindOf(step);
  for (const { source, path, what } of expressionsOf(step)) {
    if (source.trim() === "") check.report("needed", path, { what });
    else check.noteExpressions(wholeExpression(source), path);
  }
  kind.check?.(step, check);
}

function checkAt(step: Step, path: StepPath, around: Surroundings, found: Found): StepCheck {
  const stepId = step.id;
  const check: StepCheck = {
    ...around,
    report(code, at, data = {}, severity = "error") {
      const filled = Object.keys(data).length === 0 ? {} : { data };
      check.reportOther({ path: at, code, severity, message: problemSentence(code, data), ...filled });
    },
    reportOther: ({ path: at, message, ...rest }) =>
      found.problems.push({ ...rest, path: [...path, ...at], stepId, message: `${step.name}: ${message}` }),
    noteExpressions: (segments, at) => noteExpressions(segments, [...path, ...at], stepId, found),
  };
  return check;
}

function checkRunName(text: string, found: Found): void {
  const reading = parseTemplate(text);
  const path = ["runName"];
  if (reading.kind === "error") {
    const { message, position } = reading;
    found.problems.push({ path, stepId: null, code: "template", severity: "error", message, position });
  } else noteExpressions(reading.segments, path, null, found);
}

function noteExpressions(segments: readonly Segment[], path: StepPath, stepId: string | null, found: Found): boolean {
  const expressions = segments.filter((segment) => segment.kind === "expression");
  for (const { source, sourceStart } of expressions)
    found.expressions.push({ source, path, stepId, offset: sourceStart });
  return expressions.length > 0;
}

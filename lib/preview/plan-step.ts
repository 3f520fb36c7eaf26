import { findAction } from "#lib/actions/registry.generated.ts";
import { JsonText, type Written } from "#lib/core/json-text.ts";
import { plainIssue } from "#lib/core/plain-issue.ts";
import type { Action, ConnectionView } from "#lib/engine/action.ts";
import { describeOtherHost, hostsOf, mayGoTo, targetOf } from "#lib/engine/connections/allowed-hosts.ts";
import type { Effect } from "#lib/engine/effect.ts";
import type { PlannedStep, Scope, StepPlace } from "#lib/engine/run-ports.ts";
import type { StepWarning } from "#lib/engine/step-warnings.ts";
import type { ActionStep } from "#lib/engine/steps/registry.generated.ts";
import type { TemplateValue } from "#lib/engine/template/encode.ts";
import { type InputReading, readInputFields } from "#lib/engine/template/input-fields.ts";
import { listExpressions, renderInput } from "#lib/engine/template/render-input.ts";
import { singleton } from "#lib/platform/singleton.ts";
import { describeOutcome } from "#lib/preview/describe-outcome.ts";
import type { Outcome } from "#lib/sandbox/protocol.ts";

/** What planning needs besides the step itself. */
export type PlanPorts = {
  evaluate(expressions: readonly { id: string; source: string }[], scope: Scope, place: StepPlace): Promise<Outcome[]>;
  /** The public side of a connection of this workspace; null when it is gone. */
  findConnection(connectionId: string): Promise<ConnectionView | null>;
  publicHost: string;
};

/** Evaluates a step's input and plans its effect; nothing is sent. The same scope and place give the same bytes. */
export async function planStep(
  step: ActionStep,
  scope: Scope,
  place: StepPlace,
  ports: PlanPorts,
): Promise<PlannedStep> {
  const action = findAction(step.action);
  if (action === null) return refuse("unknown-action", `This version of Hookline has no action "${step.action}".`);
  const reading = readFields(action, step);
  const problem = reading.problems[0];
  if (problem !== undefined) return refuse("bad-template", `${problem.label}: ${problem.message}`);

  const expressions = listExpressions(reading.fields);
  const values: TemplateValue[] = [];
  const warnings: StepWarning[] = [];
  if (expressions.length > 0) {
    const outcomes = await ports.evaluate(expressions, scope, place);
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.kind === "value") {
        values.push({ kind: "value", value: new JsonText(outcome.json) });
        const expression = outcome.lost === undefined ? undefined : expressions[index];
        if (expression !== undefined)
          warnings.push({ kind: "lost-digits", field: expression.label, source: expression.source });
      } else if (outcome.kind === "nothing") values.push(outcome);
      else
        return refuse(`expression-${outcome.kind}`, `${expressions[index]?.source ?? ""}: ${describeOutcome(outcome)}`);
    }
  }
  const rendered = renderInput(step.input, reading.fields, values);
  if (rendered.kind === "refused") return refuse(rendered.code, rendered.message);
  for (const { warning, label, source } of rendered.warnings) warnings.push({ kind: warning, field: label, source });
  const input = action.input.safeParse(rendered.input, { error: plainIssue });
  if (!input.success) {
    const issue = input.error.issues[0];
    return refuse(
      "bad-input",
      `${issue?.path.join(".") ?? "input"}: ${issue?.message ?? "does not fit"}`,
      rendered.input,
    );
  }

  let connection: ConnectionView | null = null;
  if (step.connectionId != null) {
    connection = await ports.findConnection(step.connectionId);
    if (connection === null)
      return refuse("connection-gone", `The connection of "${step.name}" is gone: choose another one.`, rendered.input);
    if (!action.connectionKinds.includes(connection.kind))
      return refuse(
        "connection-kind",
        `The connection "${connection.name}" is not of a kind that ${action.title} can use.`,
        rendered.input,
      );
  }
  const plan = action.plan(input.data, {
    runId: scope.run.id,
    stepPath: place.stepPath,
    idempotencyKey: place.idempotencyKey,
    now: place.now,
    connection,
    publicHost: ports.publicHost,
  });
  if (plan.kind === "refused") return refuse(plan.code, plan.message, rendered.input);
  const held = connection === null ? null : findHold(plan.effect, connection);
  const { effect } = plan;
  return { kind: "planned", input: rendered.input, effect, onUnknown: action.onUnknown, held, warnings };
}

/** Why a planned call waits for an admin; what performs it checks again, with the connection as it is then. */
function findHold(effect: Effect, connection: ConnectionView): string | null {
  if (effect.kind !== "http" || !effect.headers.some(([, value]) => typeof value !== "string")) return null;
  const target = targetOf(effect.url);
  if (target === null || mayGoTo(hostsOf(connection.config), target)) return null;
  return describeOtherHost(connection.name, target);
}

/** Reading an input's templates costs more than filling them: a published step is read once. */
function readFields(action: Action, step: ActionStep): InputReading {
  const known = singleton("read-input-fields", () => new WeakMap<ActionStep, InputReading>());
  let reading = known.get(step);
  if (reading === undefined) {
    reading = readInputFields(action.input, step.input);
    known.set(step, reading);
  }
  return reading;
}

function refuse(code: string, message: string, input: Written | null = null): PlannedStep {
  return { kind: "refused", code, message, input };
}

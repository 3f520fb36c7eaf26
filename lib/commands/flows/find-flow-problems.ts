import { findAction } from "#lib/actions/registry.generated.ts";
import { findOwnLoops } from "#lib/commands/flows/find-own-loops.ts";
import { databaseNow } from "#lib/core/database-time.ts";
import { parseStoredSettings } from "#lib/core/endpoint-settings.ts";
import { InvalidInputError } from "#lib/core/errors.ts";
import type { WorkspaceId } from "#lib/core/ids.ts";
import { jsonPath } from "#lib/core/parse-input.ts";
import { findFlowReferences } from "#lib/db/flow-references.ts";
import { listVariableNames } from "#lib/db/variables.ts";
import { checkFlow, type FlowExpression, type FlowProblem, stopsPublishing } from "#lib/engine/check-flow.ts";
import { type FlowDefinition, walkSteps } from "#lib/engine/flow-definition.ts";
import { problemSentence } from "#lib/engine/problem-sentences.ts";
import { judgeReferences } from "#lib/engine/references/judge-references.ts";
import type { Reference } from "#lib/engine/references/read-references.ts";
import type { CheckOutcome } from "#lib/sandbox/protocol.ts";
import { getSandbox } from "#lib/sandbox/sandbox.ts";

/** Everything wrong with a definition in this workspace that needs no event to be seen, expression syntax included. */
export async function findFlowProblems(workspaceId: WorkspaceId, definition: FlowDefinition): Promise<FlowProblem[]> {
  const known = await findFlowReferences(workspaceId, definition);
  const { problems, expressions } = checkFlow(definition, {
    now: databaseNow(),
    getAction: findAction,
    findConnection: (id) => known.connections.get(id) ?? null,
    findEndpoint(id) {
      const settings = known.endpoints.get(id);
      return settings === undefined ? null : { senderWaits: parseStoredSettings(settings).answer.kind === "flow" };
    },
  });
  const [own, variables] = await Promise.all([findOwnLoops(workspaceId, definition), listVariableNames(workspaceId)]);
  return [...problems, ...own, ...(await checkExpressions(definition, expressions, variables))];
}

/** Refuses a definition that cannot go live; warnings do not stop it. Throws InvalidInputError with every error. */
export async function refuseUnpublishable(workspaceId: WorkspaceId, definition: FlowDefinition): Promise<void> {
  const errors = (await findFlowProblems(workspaceId, definition)).filter(stopsPublishing);
  if (errors.length > 0) throw new InvalidInputError(describeProblems(errors));
}

/** The problems as the fields of an InvalidInputError, by JSON path under "definition". */
export function describeProblems(problems: readonly FlowProblem[]): { field: string; message: string }[] {
  return problems.map(({ path, message }) => ({ field: jsonPath(["definition", ...path]), message }));
}

async function checkExpressions(
  definition: FlowDefinition,
  expressions: readonly FlowExpression[],
  variables: readonly string[],
): Promise<FlowProblem[]> {
  const sources = [...new Set(expressions.map(({ source }) => source))];
  const outcomes = new Map(
    await Promise.all(sources.map(async (source) => [source, await getSandbox().check(source)] as const)),
  );
  const nameOf = new Map([...walkSteps(definition.steps)].map(({ step }) => [step.id, step.name]));
  return expressions.flatMap((expression): FlowProblem[] => {
    const outcome = outcomes.get(expression.source);
    if (outcome === undefined) return [];
    if (outcome.kind === "ok")
      return referenceProblems(definition, expression, outcome.references, { nameOf, variables });
    const { path, stepId, offset } = expression;
    const position =
      outcome.kind === "error" && outcome.position !== undefined ? { position: offset + outcome.position } : {};
    return [{ path, stepId, code: "expression", severity: "error", message: describeCheck(outcome), ...position }];
  });
}

/** What an expression reads that cannot be there, each thing once. */
function referenceProblems(
  definition: FlowDefinition,
  { path, stepId, offset }: FlowExpression,
  references: readonly Reference[],
  { nameOf, variables }: { nameOf: ReadonlyMap<string, string>; variables: readonly string[] },
): FlowProblem[] {
  const owner = stepId === null ? "" : `${nameOf.get(stepId) ?? stepId}: `;
  const problems = judgeReferences(definition, stepId, references, variables).map(
    ({ position, ...problem }): FlowProblem => ({
      ...problem,
      path,
      stepId,
      position: offset + position,
      message: `${owner}${problemSentence(problem.code, problem.data)}`,
    }),
  );
  return problems.filter(({ message }, index) => problems.findIndex((one) => one.message === message) === index);
}

function describeCheck(outcome: Exclude<CheckOutcome, { kind: "ok" }>): string {
  switch (outcome.kind) {
    case "error":
      return outcome.message;
    case "timeout":
    case "memory":
      return "This expression takes too long even to read.";
    case "too-large":
      return "This expression is too long.";
  }
}

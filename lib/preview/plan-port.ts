import type { WorkspaceId } from "#lib/core/ids.ts";
import { JsonText, writeJson } from "#lib/core/json-text.ts";
import { findConnection } from "#lib/db/connections.ts";
import type { Evaluated } from "#lib/engine/run-ports.ts";
import { publicUrl } from "#lib/platform/public-url.ts";
import { describeOutcome } from "#lib/preview/describe-outcome.ts";
import type { PlanPorts } from "#lib/preview/plan-step.ts";
import type { Outcome } from "#lib/sandbox/protocol.ts";
import { getSandbox } from "#lib/sandbox/sandbox.ts";

/**
 * What planning sees of a workspace, for runs, previews and rehearsals alike: the sandbox and the public side of
 * connections. No secret is ever opened here.
 */
export function createPlanPorts(workspaceId: WorkspaceId): PlanPorts {
  return {
    publicHost: new URL(publicUrl()).hostname,
    evaluate: (expressions, scope, place) =>
      getSandbox().evaluate({
        expressions,
        context: scope,
        contextJson: () => writeJson(scope),
        rounds: true,
        now: place.now.toISOString(),
        seed: place.seed,
        // A flow with slow expressions comes after the others, those of its own workspace too.
        fairnessKey: `${workspaceId} ${scope.run.flow}`,
      }),
    async findConnection(connectionId) {
      const found = await findConnection(workspaceId, connectionId);
      if (found === null) return null;
      const { id, kind, name, version, config } = found;
      return { id, kind, name, version, config };
    },
  };
}

/** What one expression came to, as the engine takes it. */
export function toEvaluated(outcome: Outcome | undefined): Evaluated {
  if (outcome === undefined)
    return { kind: "failed", code: "expression-timeout", message: "The expression gave no answer." };
  if (outcome.kind === "value")
    return {
      kind: "value",
      value: new JsonText(outcome.json),
      ...(outcome.lost === undefined ? {} : { losesDigits: true as const }),
    };
  if (outcome.kind === "nothing") return outcome;
  return { kind: "failed", code: `expression-${outcome.kind}`, message: describeOutcome(outcome) };
}

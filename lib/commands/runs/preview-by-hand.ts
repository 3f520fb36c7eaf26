import { byHandSchema, eventGone, getByHandSource, getRunnableFlow } from "#lib/commands/runs/by-hand-source.ts";
import { type Actor, authorize } from "#lib/core/actor.ts";
import { databaseNow } from "#lib/core/database-time.ts";
import { parseInput } from "#lib/core/parse-input.ts";
import type { ClaimedEvent } from "#lib/db/claims.ts";
import { findItemText, listNewPieces } from "#lib/db/event-items.ts";
import type { StoredRequest } from "#lib/db/requests.ts";
import { readVariables } from "#lib/db/variables.ts";
import type { ByHandPreview } from "#lib/engine/by-hand-view.ts";
import { walkSteps } from "#lib/engine/flow-definition.ts";
import { isTruthy } from "#lib/engine/is-truthy.ts";
import { triggerNeeds } from "#lib/engine/trigger-needs.ts";
import { createPlanPorts, toEvaluated } from "#lib/preview/plan-port.ts";
import { readTrigger } from "#lib/preview/read-trigger.ts";
import { placeOf, rehearseFlow } from "#lib/preview/rehearse-flow.ts";

/**
 * Says what the live version of a flow would do with a stored event or request; of a split event with one item, the
 * first unless it is named. Throws like runByHand.
 */
export async function previewByHand(actor: Actor, input: unknown, now: Date = databaseNow()): Promise<ByHandPreview> {
  authorize(actor, "run.replay");
  authorize(actor, "payload.read");
  const { flowId, source, itemIndex } = parseInput(byHandSchema, input);
  const stored = await getByHandSource(actor, source);
  const { flow, version } = await getRunnableFlow(actor, flowId);
  const { definition } = version;
  const trigger = await readTrigger(
    await asClaimed(actor, stored, itemIndex),
    triggerNeeds(JSON.stringify(definition)),
  );
  const ports = createPlanPorts(actor.workspaceId);
  const seen = { trigger, vars: await readVariables(actor.workspaceId, "all") };
  const rehearsed = await rehearseFlow(definition, flow.name, seen, ports, now, null);
  const { filter } = definition.trigger;
  const scope = { ...seen, steps: {}, run: { id: "preview", attempt: 1, flow: flow.name } };
  const judged =
    filter === null || filter.trim() === ""
      ? null
      : toEvaluated((await ports.evaluate([{ id: "filter", source: filter }], scope, placeOf("filter", now)))[0]);
  return {
    version: version.number,
    filter:
      judged === null
        ? null
        : judged.kind === "failed"
          ? "fails"
          : judged.kind === "value" && isTruthy(judged.value)
            ? "wants it"
            : "does not want it",
    steps: [...walkSteps(definition.steps)].flatMap(({ step }) => {
      const card = step.off === true ? undefined : rehearsed.get(step.id)?.card;
      return card === undefined ? [] : [{ id: step.id, name: step.name, line: card.line, problem: card.problem }];
    }),
  };
}

/** The stored thing as a run would see it. */
async function asClaimed(actor: Actor, stored: StoredRequest, itemIndex: number | null): Promise<ClaimedEvent> {
  const { eventType, deliveryId, method, contentType, receivedAt, path, query, headers, body, itemCount } = stored;
  const whole = { item: null, eventType, deliveryId, method, contentType, receivedAt, path, query, headers, body };
  if (itemCount === null) return whole;
  const [piece] = await listNewPieces(actor.workspaceId, stored.id, itemIndex, 1);
  const index = piece?.itemIndex ?? null;
  const text = index === null ? null : await findItemText(actor.workspaceId, stored.id, index);
  if (index === null || text === null) throw eventGone();
  const item = { index, count: itemCount };
  const named = { eventType: piece?.eventType ?? null, contentType: "application/json" };
  return { ...whole, ...named, item, body: new TextEncoder().encode(text) };
}

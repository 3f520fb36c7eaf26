import type { WorkspaceId } from "#lib/core/ids.ts";
import { KIB, SECOND } from "#lib/core/units.ts";
import { findItemText } from "#lib/db/event-items.ts";
import { findSampleEvent } from "#lib/db/flow-samples.ts";
import type { MissedEvent } from "#lib/db/missed-events.ts";
import { readVariables } from "#lib/db/variables.ts";
import type { FlowDefinition } from "#lib/engine/flow-definition.ts";
import { triggerNeeds } from "#lib/engine/trigger-needs.ts";
import { usedVariables } from "#lib/engine/used-variables.ts";
import { createPlanPorts } from "#lib/preview/plan-port.ts";
import { readTrigger } from "#lib/preview/read-trigger.ts";
import { placeOf } from "#lib/preview/rehearse-flow.ts";
import { renderText } from "#lib/preview/render-text.ts";

/** Naming goes on for so long; what is not named by then is shown without a name. */
const BUDGET_MS = 1.5 * SECOND;
const BODY_BYTES_MAX = 64 * KIB;
const NAME_CHARS_MAX = 120;

/**
 * What the runs of some events would be called by a flow's template for names, in the order of the events; null without
 * a template, for large events, and for those that 1.5 s were not enough for.
 */
export async function nameEvents(
  workspaceId: WorkspaceId,
  flowName: string,
  definition: FlowDefinition,
  events: readonly MissedEvent[],
  now: Date,
): Promise<(string | null)[]> {
  const { runName } = definition;
  if (runName.trim() === "") return events.map(() => null);
  const [ports, needs, began] = [createPlanPorts(workspaceId), triggerNeeds(runName), performance.now()];
  const vars = await readVariables(workspaceId, usedVariables(runName));
  const names: (string | null)[] = [];
  for (const event of events) {
    const isLate = performance.now() - began > BUDGET_MS;
    const stored = isLate ? null : await readPiece(workspaceId, event);
    if (stored === null || stored.body.byteLength > BODY_BYTES_MAX) {
      names.push(null);
      continue;
    }
    const scope = {
      trigger: await readTrigger(stored, needs),
      ...{ steps: {}, vars, run: { id: "preview", attempt: 1, flow: flowName } },
    };
    const name = await renderText(runName, scope, placeOf("$name", now), ports);
    names.push(name === null ? null : name.slice(0, NAME_CHARS_MAX));
  }
  return names;
}

async function readPiece(workspaceId: WorkspaceId, { eventId, itemIndex, eventType, deliveryId }: MissedEvent) {
  const event = await findSampleEvent(workspaceId, eventId);
  if (event === null || itemIndex === null) return event;
  const text = await findItemText(workspaceId, eventId, itemIndex);
  if (text === null) return null;
  // How many items there are is of no use to a name.
  const item = { index: itemIndex, count: itemIndex + 1 };
  const body = new TextEncoder().encode(text);
  return { ...event, item, eventType, deliveryId, contentType: "application/json", body };
}

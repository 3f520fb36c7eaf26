import type { WorkspaceId } from "#lib/core/ids.ts";
import { findConnection } from "#lib/db/connections.ts";
import type { PlannedView } from "#lib/engine/edit/preview-types.ts";
import { viewEffect } from "#lib/engine/effect-view.ts";
import type { PlannedStep } from "#lib/engine/run-ports.ts";
import { readMail } from "#lib/platform/read-mail.ts";

/** What a step would do as a person may see it: the exact call or message, secrets as •••• and as variables in curl. */
export async function viewPlanned(workspaceId: WorkspaceId, planned: PlannedStep): Promise<PlannedView> {
  if (planned.kind === "refused") return { kind: "refused", code: planned.code, message: planned.message };
  const { effect, held } = planned;
  if (effect.kind !== "email") return { kind: "planned", effect: viewEffect(effect, null), held };
  const [connection, parts] = await Promise.all([
    effect.connectionId === null ? null : findConnection(workspaceId, effect.connectionId),
    readMail(Buffer.from(effect.message, "utf8")),
  ]);
  return { kind: "planned", effect: viewEffect(effect, { parts, connectionName: connection?.name ?? null }), held };
}

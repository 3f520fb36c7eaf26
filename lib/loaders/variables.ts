import { requireActor } from "#lib/auth/require-actor.ts";
import { may } from "#lib/core/roles.ts";
import { listFlowsReading, listVariables } from "#lib/db/variables.ts";

/** A variable as its page shows it: how it is edited, and which flows read it. */
export type VariableItem = {
  name: string;
  kind: "text" | "json";
  /** The text itself, or the JSON as it was written. */
  text: string;
  updatedAt: Date;
  flows: { id: string; name: string }[];
};

/** Every variable of the workspace, by name. */
export async function loadVariables(): Promise<{ variables: VariableItem[]; mayEdit: boolean }> {
  const actor = await requireActor();
  const variables = await listVariables(actor.workspaceId);
  const items = variables.map(async ({ name, json, updatedAt }): Promise<VariableItem> => {
    const value: unknown = JSON.parse(json);
    const [kind, text] = typeof value === "string" ? (["text", value] as const) : (["json", json] as const);
    return { name, kind, text, updatedAt, flows: await listFlowsReading(actor.workspaceId, name) };
  });
  return { variables: await Promise.all(items), mayEdit: may(actor.role, "variable.edit") };
}

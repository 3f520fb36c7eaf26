import { z } from "zod";
import { requireActor } from "#lib/auth/require-actor.ts";
import { isUuid } from "#lib/core/ids.ts";
import type { JsonObject } from "#lib/core/json.ts";
import { may } from "#lib/core/roles.ts";
import { DAY } from "#lib/core/units.ts";
import {
  type Connection,
  findConnection,
  listConnections,
  listDefinitionsUsing,
  listFlowsUsing,
} from "#lib/db/connections.ts";
import { ANY_HOST, hostsOf } from "#lib/engine/connections/allowed-hosts.ts";
import { connectionKinds, findConnectionKind, summarizeConnection } from "#lib/engine/connections/connection-kinds.ts";
import { type WrittenHosts, writtenHosts } from "#lib/engine/connections/written-hosts.ts";

/** How long a deleted connection can be brought back from the page. */
const DELETED_SHOWN_MS = 30 * DAY;

/** A kind of connection as the form needs it: its settings and secrets as JSON Schema. */
export type ConnectionKindForm = {
  id: string;
  title: string;
  description: string;
  icon: string;
  config: JsonObject;
  secrets: JsonObject;
};

/** A connection in a list. */
export type ConnectionItem = Connection & { kindTitle: string; summary: string };

/** Every connection of the workspace, and those deleted in the last 30 days. */
export async function loadConnections(
  now: Date,
): Promise<{ connections: ConnectionItem[]; deleted: ConnectionItem[]; mayEdit: boolean }> {
  const actor = await requireActor();
  const [connections, deleted] = await Promise.all([
    listConnections(actor.workspaceId),
    listConnections(actor.workspaceId, { deleted: true }),
  ]);
  return {
    connections: connections.map(toItem),
    deleted: deleted
      .filter(({ deletedAt }) => deletedAt !== null && now.getTime() - deletedAt.getTime() < DELETED_SHOWN_MS)
      .map(toItem),
    mayEdit: may(actor.role, "connection.edit"),
  };
}

/** One connection with the flows that use it; null when the workspace has none with this id. */
export async function loadConnection(id: string): Promise<{
  /** Where its flows send it, when it may be used with any host; null when it may not. */
  anyHost: WrittenHosts | null;
  connection: ConnectionItem;
  kind: ConnectionKindForm;
  flows: { id: string; name: string }[];
  mayEdit: boolean;
} | null> {
  const actor = await requireActor();
  const connection = isUuid(id) ? await findConnection(actor.workspaceId, id) : null;
  const kind = connection === null ? undefined : listKindForms().find((form) => form.id === connection.kind);
  if (connection === null || kind === undefined) return null;
  return {
    connection: toItem(connection),
    kind,
    anyHost: hostsOf(connection.config).includes(ANY_HOST)
      ? writtenHosts(await listDefinitionsUsing(actor.workspaceId, id), id)
      : null,
    flows: await listFlowsUsing(actor.workspaceId, id),
    mayEdit: may(actor.role, "connection.edit"),
  };
}

/** The kinds a person can make, with their forms. */
export async function loadConnectionKinds(): Promise<{ kinds: ConnectionKindForm[]; mayEdit: boolean }> {
  const actor = await requireActor();
  return { kinds: listKindForms(), mayEdit: may(actor.role, "connection.edit") };
}

function listKindForms(): ConnectionKindForm[] {
  return connectionKinds
    .filter((kind) => kind.builtIn !== true)
    .map(({ id, title, description, icon, config, secrets }) => ({
      id,
      title,
      description,
      icon,
      config: schemaOf(config),
      secrets: schemaOf(secrets),
    }));
}

function schemaOf(schema: z.ZodType): JsonObject {
  // zod hangs a validator onto its answer; a page can be given plain values alone.
  return JSON.parse(JSON.stringify(z.toJSONSchema(schema, { io: "output" }))) as JsonObject;
}

function toItem(connection: Connection): ConnectionItem {
  return {
    ...connection,
    kindTitle: findConnectionKind(connection.kind)?.title ?? connection.kind,
    summary: summarizeConnection(connection.kind, connection.config),
  };
}

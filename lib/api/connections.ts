import { z } from "@hono/zod-openapi";
import { idSchema, timeSchema, toTime } from "#lib/api/fields.ts";
import { type Api, addOperation } from "#lib/api/operation.ts";
import { allowConnectionHost, allowConnectionHostSchema } from "#lib/commands/connections/allow-connection-host.ts";
import { createConnection } from "#lib/commands/connections/create-connection.ts";
import { deleteConnection } from "#lib/commands/connections/delete-connection.ts";
import { connectionInputSchema } from "#lib/commands/connections/read-connection-input.ts";
import { testConnection } from "#lib/commands/connections/test-connection.ts";
import { updateConnection } from "#lib/commands/connections/update-connection.ts";
import type { Actor } from "#lib/core/actor.ts";
import { NotFoundError } from "#lib/core/errors.ts";
import { type Connection, findConnection, listConnections } from "#lib/db/connections.ts";

const connectionSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z.string(),
    version: z.number().int(),
    config: z.record(z.string(), z.any()),
    secretHints: z
      .record(z.string(), z.string())
      .openapi({ description: "Per stored secret its last four characters, or nothing when it is short." }),
    lastTest: z.object({ at: timeSchema, ok: z.boolean(), message: z.string() }).nullable(),
    createdAt: timeSchema,
    updatedAt: timeSchema,
  })
  .openapi("Connection");

// The command's own schema takes any JSON in `config`, a recursion that the document's generator cannot write.
const bodySchema = z.strictObject({
  ...connectionInputSchema.shape,
  config: z.record(z.string(), z.any()).default({}),
});
const params = z.strictObject({ connectionId: idSchema });
const tag = "Connections";

/** Adds the operations on connections. Secrets go in and never come out. */
export function addConnectionOperations(api: Api): void {
  addOperation(api, {
    name: "GET /connections",
    id: "listConnections",
    tag,
    summary: "List connections, oldest first",
    query: z.strictObject({ limit: z.coerce.number().int().min(1).max(200).default(50), cursor: idSchema.optional() }),
    answer: z.object({ items: z.array(connectionSchema), nextCursor: z.string().nullable() }),
    run: async (actor, { query: { limit, cursor } }) => {
      const rows = await listConnections(actor.workspaceId, {
        limit: limit + 1,
        ...(cursor === undefined ? {} : { afterId: cursor }),
      });
      const shown = rows.slice(0, limit);
      return { items: shown.map(toConnection), nextCursor: rows.length > limit ? (shown.at(-1)?.id ?? null) : null };
    },
  });
  addOperation(api, {
    name: "POST /connections",
    id: "createConnection",
    tag,
    summary: "Store a connection",
    body: { schema: bodySchema },
    status: 201,
    answer: connectionSchema,
    run: async (actor, { body }) => read(actor, (await createConnection(actor, body)).id),
  });
  addOperation(api, {
    name: "GET /connections/{connectionId}",
    id: "getConnection",
    tag,
    summary: "Read a connection, without its secrets",
    params,
    answer: connectionSchema,
    run: (actor, { params }) => read(actor, params.connectionId),
  });
  addOperation(api, {
    name: "PUT /connections/{connectionId}",
    id: "updateConnection",
    tag,
    summary: "Replace a connection's name, settings and secrets",
    description: "Secrets left out stay, unless a setting changes that says where they are sent.",
    params,
    body: { schema: bodySchema },
    answer: connectionSchema,
    run: async (actor, { params, body }) => {
      await updateConnection(actor, params.connectionId, body);
      return read(actor, params.connectionId);
    },
  });
  addOperation(api, {
    name: "DELETE /connections/{connectionId}",
    id: "deleteConnection",
    tag,
    summary: "Delete a connection",
    params,
    status: 204,
    run: async (actor, { params }) => {
      await deleteConnection(actor, params.connectionId);
      return null;
    },
  });
  addOperation(api, {
    name: "POST /connections/{connectionId}/hosts",
    id: "allowConnectionHost",
    tag,
    summary: "Let a connection be used with one more host",
    description: "Runs that waited for it go on with the same bytes and keys; `released` says how many.",
    params,
    body: { schema: allowConnectionHostSchema },
    answer: z.object({ released: z.number().int() }),
    run: async (actor, { params, body }) => allowConnectionHost(actor, params.connectionId, body),
  });
  addOperation(api, {
    name: "POST /connections/{connectionId}/test",
    id: "testConnection",
    tag,
    summary: "Try a stored connection without sending anything to anybody",
    description: "Signs in to a mail server; with HTTP credentials, calls `url` with GET.",
    params,
    body: { schema: z.strictObject({ url: z.string().max(8_192).optional() }), optional: true },
    answer: z.object({ ok: z.boolean(), code: z.string(), message: z.string(), transcript: z.array(z.string()) }),
    run: async (actor, { params, body }) => {
      const { name, kind, config } = await getConnection(actor, params.connectionId);
      const input = { id: params.connectionId, url: body.url ?? "", connection: { name, kind, config } };
      const { ok, code, message, transcript } = await testConnection(actor, input);
      return { ok, code, message, transcript };
    },
  });
}

async function getConnection(actor: Actor, id: string): Promise<Connection> {
  const connection = await findConnection(actor.workspaceId, id);
  if (connection === null) throw new NotFoundError("connection");
  return connection;
}

async function read(actor: Actor, id: string) {
  return toConnection(await getConnection(actor, id));
}

function toConnection({
  lastTest,
  createdAt,
  updatedAt,
  deletedAt: _deleted,
  ...rest
}: Connection): z.input<typeof connectionSchema> {
  const test = lastTest === null ? null : { ...lastTest, at: toTime(lastTest.at) };
  return { ...rest, lastTest: test, createdAt: toTime(createdAt), updatedAt: toTime(updatedAt) };
}

import { newId, type WorkspaceId } from "#lib/core/ids.ts";
import { isJsonObject, type Json, type JsonObject } from "#lib/core/json.ts";
import { type Db, prisma } from "#lib/db/prisma.ts";
import type { OpenConnection, Secrets } from "#lib/engine/connections/connection-kind.ts";
import { secretHints } from "#lib/engine/connections/connection-kinds.ts";
import { open, type SealPlace, seal } from "#lib/platform/seal.ts";

/** What the last test of a connection came to. */
export type ConnectionTest = { at: Date; ok: boolean; message: string };

/**
 * A connection without its secrets. `secretHints`: per stored secret its last four characters, or "" when it is too
 * short to show any.
 */
export type Connection = {
  id: string;
  kind: string;
  name: string;
  /** Grows when a setting changes that frozen plans depend on. */
  version: number;
  config: JsonObject;
  secretHints: Record<string, string>;
  lastTest: ConnectionTest | null;
  createdAt: Date;
  updatedAt: Date;
  deletedAt: Date | null;
};

/** One connection of the workspace, or null; deleted ones only when asked for. */
export async function findConnection(
  workspaceId: WorkspaceId,
  id: string,
  options: { deleted?: boolean } = {},
  db: Db = prisma(),
): Promise<Connection | null> {
  const row = await db.connection.findFirst({
    where: { workspaceId, id, ...deletedIs(options.deleted ?? false) },
    omit: { sealed: true },
  });
  return row === null ? null : toConnection(row);
}

/** The workspace's connections, oldest first; `deleted` lists the deleted ones instead. */
export async function listConnections(
  workspaceId: WorkspaceId,
  options: { deleted?: boolean; limit?: number; afterId?: string } = {},
  db: Db = prisma(),
): Promise<Connection[]> {
  const rows = await db.connection.findMany({
    where: {
      workspaceId,
      ...deletedIs(options.deleted ?? false),
      ...(options.afterId === undefined ? {} : { id: { gt: options.afterId } }),
    },
    orderBy: { id: "asc" },
    omit: { sealed: true },
    ...(options.limit === undefined ? {} : { take: options.limit }),
  });
  return rows.map(toConnection);
}

/** A connection with its secrets opened, for the moment of use; null when there is none. Throws SealBroken. */
export async function findOpenConnection(
  workspaceId: WorkspaceId,
  id: string,
  db: Db = prisma(),
): Promise<OpenConnection | null> {
  const row = await db.connection.findFirst({ where: { workspaceId, id, deletedAt: null } });
  if (row === null) return null;
  const secrets = row.sealed === null ? {} : (JSON.parse(open(placeOf(id), row.sealed)) as Secrets);
  return { id, kind: row.kind, name: row.name, version: row.version, config: readObject(row.config), secrets };
}

/** Stores a new connection with its secrets sealed; returns its id. */
export async function insertConnection(
  workspaceId: WorkspaceId,
  connection: { kind: string; name: string; config: JsonObject; secrets: Secrets },
  db: Db = prisma(),
): Promise<string> {
  const id = newId();
  await db.connection.create({
    data: {
      id,
      workspaceId,
      kind: connection.kind,
      name: connection.name,
      config: JSON.stringify(connection.config),
      ...sealed(id, connection.secrets),
    },
  });
  return id;
}

/** Replaces a connection's name, settings and (unless null) secrets; false when there is none. */
export async function updateConnection(
  workspaceId: WorkspaceId,
  id: string,
  change: { name: string; config: JsonObject; secrets: Secrets | null; newVersion: boolean; now: Date },
  db: Db = prisma(),
): Promise<boolean> {
  const { count } = await db.connection.updateMany({
    where: { workspaceId, id, deletedAt: null },
    data: {
      name: change.name,
      config: JSON.stringify(change.config),
      updatedAt: change.now,
      ...(change.newVersion ? { version: { increment: 1 } } : {}),
      ...(change.secrets === null ? {} : sealed(id, change.secrets)),
    },
  });
  return count === 1;
}

/** Deletes a connection softly, or brings it back with null; false when it is not there or already so. */
export async function setConnectionDeleted(
  workspaceId: WorkspaceId,
  id: string,
  deletedAt: Date | null,
  db: Db = prisma(),
): Promise<boolean> {
  const { count } = await db.connection.updateMany({
    where: { workspaceId, id, ...deletedIs(deletedAt === null) },
    data: { deletedAt },
  });
  return count === 1;
}

/** Keeps what a test came to. */
export async function setConnectionTest(
  workspaceId: WorkspaceId,
  id: string,
  test: ConnectionTest,
  db: Db = prisma(),
): Promise<void> {
  const { at, ...result } = test;
  await db.connection.updateMany({
    where: { workspaceId, id },
    data: { lastTestAt: at, lastTestResult: JSON.stringify(result) },
  });
}

/** Flows whose draft or live version names the connection. */
export async function listFlowsUsing(
  workspaceId: WorkspaceId,
  connectionId: string,
  db: Db = prisma(),
): Promise<{ id: string; name: string }[]> {
  return db.$queryRaw<{ id: string; name: string }[]>`
    SELECT f.id::text, f.name FROM flow f LEFT JOIN flow_version v ON v.id = f.live_version_id
    WHERE f.workspace_id = ${workspaceId}::uuid AND f.deleted_at IS NULL
      AND (position(${connectionId} IN f.draft) > 0 OR position(${connectionId} IN v.definition) > 0)
    ORDER BY f.name, f.id LIMIT 100`;
}

/** The drafts and live versions that name the connection, as they are stored. */
export async function listDefinitionsUsing(
  workspaceId: WorkspaceId,
  connectionId: string,
  db: Db = prisma(),
): Promise<Json[]> {
  const rows = await db.$queryRaw<{ text: string }[]>`
    SELECT d.text FROM flow f LEFT JOIN flow_version v ON v.id = f.live_version_id
    CROSS JOIN LATERAL (VALUES (f.draft), (v.definition)) AS d(text)
    WHERE f.workspace_id = ${workspaceId}::uuid AND f.deleted_at IS NULL AND position(${connectionId} IN d.text) > 0
    LIMIT 200`;
  return rows.map(({ text }) => JSON.parse(text) as Json);
}

function sealed(id: string, secrets: Secrets): { sealed: Buffer<ArrayBuffer> | null; secretHints: string } {
  const kept = Object.fromEntries(Object.entries(secrets).filter(([, text]) => text !== ""));
  const isEmpty = Object.keys(kept).length === 0;
  return {
    sealed: isEmpty ? null : seal(placeOf(id), JSON.stringify(kept)),
    secretHints: JSON.stringify(secretHints(kept)),
  };
}

function placeOf(id: string): SealPlace {
  return { purpose: "connection", table: "connection", row: id, field: "sealed" };
}

type Row = Omit<Connection, "config" | "secretHints" | "lastTest"> & {
  config: string;
  secretHints: string;
  lastTestAt: Date | null;
  lastTestResult: string | null;
};

function toConnection(row: Row): Connection {
  const { id, kind, name, version, createdAt, updatedAt, deletedAt } = row;
  const result = row.lastTestResult === null ? {} : readObject(row.lastTestResult);
  const lastTest =
    row.lastTestAt === null
      ? null
      : { at: row.lastTestAt, ok: result.ok === true, message: String(result.message ?? "") };
  const hints = Object.fromEntries(
    Object.entries(readObject(row.secretHints)).map(([field, hint]) => [field, String(hint)]),
  );
  return {
    id,
    kind,
    name,
    version,
    config: readObject(row.config),
    secretHints: hints,
    lastTest,
    createdAt,
    updatedAt,
    deletedAt,
  };
}

function readObject(text: string): JsonObject {
  const value = JSON.parse(text) as Json;
  return isJsonObject(value) ? value : {};
}

function deletedIs(deleted: boolean) {
  return { deletedAt: deleted ? { not: null } : null };
}

import { databaseNow } from "./database-time.ts";

declare const brand: unique symbol;

/** A string that only its maker may produce; the brand exists in types alone. */
export type Branded<Name extends string> = string & { readonly [brand]: Name };

/**
 * The id of a workspace that the caller was proven to belong to. Minted by lib/auth (session or API key) and read from
 * rows by lib/db; every function of lib/db that reads a workspace's data takes one first.
 */
export type WorkspaceId = Branded<"WorkspaceId">;

/** Canonical lower-case UUID text. */
export const UUID_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Says whether text is a canonical lower-case UUID. */
export function isUuid(text: string): boolean {
  return UUID_PATTERN.test(text);
}

/**
 * A new uuidv7 (RFC 9562 §5.7) for the given moment, or for now by the database's clock: 48 bits of Unix milliseconds,
 * the rest random. Ids of one millisecond are in no order among themselves.
 */
export function newId(now: Date = databaseNow()): string {
  const ms = now.getTime().toString(16).padStart(12, "0");
  const version = hex((nextByte() & 0x0f) | 0x70) + hex(nextByte());
  const variant = hex((nextByte() & 0x3f) | 0x80) + hex(nextByte());
  let rest = "";
  for (let i = 0; i < 6; i += 1) rest += hex(nextByte());
  return `${ms.slice(0, 8)}-${ms.slice(8)}-${version}-${variant}-${rest}`;
}

/** The moment that a uuidv7 was made for, in Unix milliseconds. */
export function idMs(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

/** The least id that can be made in the millisecond of a moment: where ids are in order, its place among them. */
export function firstIdAt(at: Date): string {
  const ms = Math.max(0, at.getTime()).toString(16).padStart(12, "0");
  return `${ms.slice(0, 8)}-${ms.slice(8)}-7000-8000-000000000000`;
}

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

function hex(byte: number): string {
  return HEX[byte] ?? "";
}

const POOL_BYTES = 4_096;
let pool = new Uint8Array(0);
let poolAt = 0;

/** A random byte out of a pool: asking the system for every id was a twentieth of accepting an event. */
function nextByte(): number {
  if (poolAt >= pool.byteLength) {
    pool = crypto.getRandomValues(new Uint8Array(POOL_BYTES));
    poolAt = 0;
  }
  return pool[poolAt++] ?? 0;
}

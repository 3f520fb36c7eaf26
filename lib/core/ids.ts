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
  const bytes = randomBytes16();
  let ms = now.getTime();
  for (let i = 5; i >= 0; i -= 1) {
    bytes[i] = ms % 256;
    ms = Math.floor(ms / 256);
  }
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  let hex = "";
  for (const byte of bytes) hex += byte.toString(16).padStart(2, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const POOL_BYTES = 4_096;
let pool = new Uint8Array(0);
let poolAt = 0;

/** Sixteen random bytes out of a pool: asking the system for every id was a twentieth of accepting an event. */
function randomBytes16(): Uint8Array {
  if (poolAt + 16 > pool.byteLength) {
    pool = crypto.getRandomValues(new Uint8Array(POOL_BYTES));
    poolAt = 0;
  }
  poolAt += 16;
  return pool.slice(poolAt - 16, poolAt);
}

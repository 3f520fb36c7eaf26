import { timingSafeEqual } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { Actor } from "#lib/core/actor.ts";
import { databaseNow } from "#lib/core/database-time.ts";
import { MINUTE, SECOND } from "#lib/core/units.ts";
import { findKeyHolder, type KeyHolder, touchApiKey } from "#lib/db/api-keys.ts";
import { followPublicAddress } from "#lib/db/public-address.ts";
import { API_KEY_PREFIX, hashToken } from "#lib/platform/api-key-text.ts";
import { singleton } from "#lib/platform/singleton.ts";

const CACHE_MS = 3 * SECOND;
const CACHE_ENTRIES_MAX = 10_000;
const SHAPE = new RegExp(`^Bearer +(${API_KEY_PREFIX}[A-Za-z0-9_-]{29,253}) *$`, "i");

/**
 * The actor of an Authorization header ("Bearer hl_…"), or null for anything else. Revoking a key, lowering its maker
 * or removing them takes effect within 3 s. Notes the use at most once a minute.
 */
export async function actorFromApiKey(authorization: string | null, now: Date = databaseNow()): Promise<Actor | null> {
  const key = SHAPE.exec(authorization ?? "")?.[1];
  if (key === undefined) return null;
  await followPublicAddress();
  const hash = hashToken(key);
  const holder = await findHolder(hash, now);
  if (holder === null) return null;
  if (now.getTime() - (holder.lastUsedAt?.getTime() ?? 0) > MINUTE) {
    holder.lastUsedAt = now;
    await touchApiKey(holder.id, now);
  }
  return { kind: "apiKey", id: holder.id, workspaceId: holder.workspaceId, role: holder.role };
}

/** Forgets what was cached about keys, so that this process sees a revocation at once. */
export function forgetCachedKeys(): void {
  cache().clear();
}

async function findHolder(hash: Buffer<ArrayBuffer>, now: Date): Promise<KeyHolder | null> {
  // Looked up by digest, so how long a comparison takes says nothing about the key; equal digests are compared whole.
  const held = cache().get(hash.toString("hex"));
  if (held !== undefined && now.getTime() - held.at < CACHE_MS && timingSafeEqual(held.hash, hash)) return held.holder;
  const holder = await findKeyHolder(hash);
  // Unknown keys are not kept: guesses must not push real ones out.
  if (holder !== null) cache().set(hash.toString("hex"), { at: now.getTime(), hash, holder });
  return holder;
}

function cache(): LRUCache<string, { at: number; hash: Buffer; holder: KeyHolder }> {
  return singleton("api-key-cache", () => new LRUCache({ max: CACHE_ENTRIES_MAX }));
}

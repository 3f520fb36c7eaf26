import { databaseNow } from "#lib/core/database-time.ts";
import { SECOND } from "#lib/core/units.ts";
import { acceptPool } from "#lib/db/accept-pool.ts";
import { findInstanceSetting } from "#lib/db/instance-settings.ts";
import type { Db } from "#lib/db/prisma.ts";
import type { SqlClient } from "#lib/db/with-client.ts";
import { env } from "#lib/platform/env.ts";
import { log } from "#lib/platform/log.ts";
import { holdPublicUrl } from "#lib/platform/public-url.ts";
import { singleton } from "#lib/platform/singleton.ts";

const KEY = "public-address";

/** Another process's change is seen at the latest after this long. */
const HELD_MS = 2 * SECOND;

/**
 * Keeps publicUrl() of this process as it is saved: a promise to wait for where what is held may be old, nothing to
 * wait for otherwise. The connections of receiving are asked unless others are given. Never rejects: while the database
 * does not answer, what was known before counts.
 */
export function followPublicAddress(client: SqlClient = acceptPool()): Promise<void> | undefined {
  if (env().publicUrlIsSet) return undefined;
  const state = following();
  if (state.untilMs <= performance.now()) state.reading ??= read(state, client);
  return state.reading ?? undefined;
}

/** Reads the saved address again now; call after changing it, so that this process shows it at once. */
export async function rereadPublicAddress(): Promise<void> {
  const state = following();
  await state.reading;
  await read(state, acceptPool());
}

/** The address saved in the application, or null; for whoever looks without serving. */
export function findSavedPublicAddress(client: SqlClient): Promise<string | null> {
  return findInstanceSetting(client, KEY);
}

/**
 * Saves the instance's public address (null forgets it) and returns what was saved before; pass the open transaction
 * that records who did.
 */
export async function savePublicAddress(address: string | null, db: Db): Promise<string | null> {
  const before = (await db.instanceSetting.findUnique({ where: { key: KEY } }))?.value ?? null;
  if (address === null) await db.instanceSetting.deleteMany({ where: { key: KEY } });
  else
    await db.instanceSetting.upsert({
      where: { key: KEY },
      create: { key: KEY, value: address },
      update: { value: address, updatedAt: databaseNow() },
    });
  return before;
}

type Following = { reading: Promise<void> | null; untilMs: number };

function following(): Following {
  return singleton("following-public-address", () => ({ reading: null, untilMs: 0 }));
}

async function read(state: Following, client: SqlClient): Promise<void> {
  try {
    holdPublicUrl(await findInstanceSetting(client, KEY));
    state.untilMs = performance.now() + HELD_MS;
  } catch (error) {
    log().debug({ error }, "the saved public address was not read");
  } finally {
    state.reading = null;
  }
}

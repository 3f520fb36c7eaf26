import { databaseNow } from "#lib/core/database-time.ts";
import { type Db, prisma } from "#lib/db/prisma.ts";

const KEY = "setup-token";

/** Keeps the SHA-256 of the one set-up token that is good now; the one before is good no longer. */
export async function setSetupTokenHash(hash: Buffer, db: Db = prisma()): Promise<void> {
  const value = hash.toString("hex");
  await db.instanceSetting.upsert({
    where: { key: KEY },
    create: { key: KEY, value },
    update: { value, updatedAt: databaseNow() },
  });
}

/** The SHA-256 of the set-up token that is good now, or null. */
export async function findSetupTokenHash(db: Db = prisma()): Promise<Buffer | null> {
  const row = await db.instanceSetting.findUnique({ where: { key: KEY }, select: { value: true } });
  return row === null ? null : Buffer.from(row.value, "hex");
}

/** Ends the set-up token. */
export async function deleteSetupToken(db: Db = prisma()): Promise<void> {
  await db.instanceSetting.deleteMany({ where: { key: KEY } });
}

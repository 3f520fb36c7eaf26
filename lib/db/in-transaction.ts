import { SECOND } from "#lib/core/units.ts";
import { type Db, prisma } from "#lib/db/prisma.ts";

/** What is done in the transaction of something else, before it: both happen, or none. */
export type Also = (db: Db) => Promise<void>;

/** Runs `work` in one transaction of at most 10 s: all of its writes happen, or none. */
export async function inTransaction<T>(work: (db: Db) => Promise<T>): Promise<T> {
  return prisma().$transaction(async (db) => work(db as Db), { timeout: 10 * SECOND, maxWait: 5 * SECOND });
}

/** Waits until no other transaction holds the same name, and holds it until this one ends. */
export async function lockInTransaction(name: string, db: Db): Promise<void> {
  await db.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${name}, 0))`;
}

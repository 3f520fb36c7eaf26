import { type Db, prisma } from "#lib/db/prisma.ts";
import type { User } from "#lib/db/users.ts";

/** The account linked to a provider's account, or null. */
export async function findUserByOauth(
  provider: string,
  providerAccountId: string,
  db: Db = prisma(),
): Promise<User | null> {
  const row = await db.oauthAccount.findUnique({
    where: { provider_providerAccountId: { provider, providerAccountId } },
    select: { user: { select: { id: true, email: true, name: true, sessionVersion: true } } },
  });
  return row?.user ?? null;
}

/** Links a provider's account to one of ours; linking it again changes nothing. */
export async function linkOauthAccount(
  userId: string,
  provider: string,
  providerAccountId: string,
  db: Db = prisma(),
): Promise<void> {
  await db.oauthAccount.createMany({ data: [{ userId, provider, providerAccountId }], skipDuplicates: true });
}

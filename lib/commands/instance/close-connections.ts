import { prisma } from "#lib/db/prisma.ts";

/** Closes this process's database connections, which would keep a finished command for ten idle seconds. */
export async function closeConnections(): Promise<void> {
  await prisma().$disconnect();
}

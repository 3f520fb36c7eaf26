import { PrismaPg } from "@prisma/adapter-pg";
import { PrismaClient } from "#lib/db/generated/client.ts";
import { env } from "#lib/platform/env.ts";
import { singleton } from "#lib/platform/singleton.ts";

/** The process's one Prisma client. */
export function prisma(): PrismaClient {
  return singleton(
    "prisma",
    () =>
      new PrismaClient({
        adapter: new PrismaPg({
          connectionString: env().databaseUrl,
          max: env().databaseConnections,
          connectionTimeoutMillis: 5_000,
        }),
      }),
  );
}

/** A client or an open transaction: what a function of lib/db takes when it may run inside one. */
export type Db = Omit<PrismaClient, "$connect" | "$disconnect" | "$on" | "$transaction" | "$use" | "$extends">;

import { rmSync } from "node:fs";
import { checkSecretKey } from "#lib/commands/instance/check-secret-key.ts";
import type { Env } from "#lib/platform/env.ts";
import { loadSecretKey } from "#lib/platform/secret-key.ts";
import { say } from "../say.ts";

/** The secret key, proven to open what this database stores; throws, with what to do about it, when it does not. */
export async function openSecretKey(env: Env, databaseUrl: string): Promise<Buffer> {
  const { key, origin, file } = loadSecretKey(env);
  if ((await checkSecretKey(databaseUrl, key)) === "fits") {
    if (origin === "made") say(`created the secret key ${file}; back it up apart from the database`);
    return key;
  }
  switch (origin) {
    case "environment":
      throw new Error(
        "HOOKLINE_SECRET_KEY cannot decrypt what is stored in this database: set the key it was used with.",
      );
    case "file":
      throw new Error(`${file} cannot decrypt what is stored in this database: restore the key it was used with.`);
    case "made":
      rmSync(file);
      throw new Error(`This database was used with another secret key: restore ${file} or set HOOKLINE_SECRET_KEY.`);
  }
}

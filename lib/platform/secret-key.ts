import { createHmac, randomBytes } from "node:crypto";
import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, readFileSync, statSync, writeSync } from "node:fs";
import path from "node:path";
import { env } from "./env.ts";
import { key32 } from "./setting-kinds.ts";
import { singleton } from "./singleton.ts";

/** The key that opens stored credentials, and where it came from. */
export type SecretKey = { key: Buffer; origin: "environment" | "file" | "made"; file: string };

/**
 * The instance's secret key: HOOKLINE_SECRET_KEY when set, else the file in the data folder, made on first use with
 * mode 600. Throws when the file holds something else than a key.
 */
export function loadSecretKey(settings: { dataDir: string; secretKey?: Buffer | undefined }): SecretKey {
  const found = findSecretKey(settings);
  if (found.key === null) return { key: make(found.file), origin: "made", file: found.file };
  if (found.origin === "file" && (statSync(found.file).mode & 0o077) !== 0) chmodSync(found.file, 0o600);
  return found;
}

/** The same key without making one: `key` is null where there is none yet. Throws for a file that holds no key. */
export function findSecretKey(settings: {
  dataDir: string;
  secretKey?: Buffer | undefined;
}): SecretKey | { key: null; file: string } {
  const file = path.join(settings.dataDir, "secret-key");
  if (settings.secretKey !== undefined) return { key: settings.secretKey, origin: "environment", file };
  const written = readText(file);
  if (written === null) return { key: null, file };
  const outcome = key32.schema.safeParse(written.trim());
  if (!outcome.success) throw new Error(`${file} does not hold a secret key: restore it from your backup.`);
  return { key: outcome.data, origin: "file", file };
}

/** Text that is the same for the same key and says nothing of it: a MAC made with it, in hexadecimal. */
export function fingerprintKey(key: Buffer): string {
  return createHmac("sha256", key).update("hookline secret key check v1").digest("hex");
}

function make(file: string): Buffer {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const key = randomBytes(32);
  const handle = openSync(file, "wx", 0o600);
  writeSync(handle, `${key.toString("base64")}\n`);
  fsyncSync(handle);
  closeSync(handle);
  return key;
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/** This process's secret key, loaded once; see loadSecretKey. */
export function secretKey(): Buffer {
  return singleton("secret-key", () => loadSecretKey(env()).key);
}

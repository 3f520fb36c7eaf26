import { randomBytes } from "node:crypto";
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
  const file = path.join(settings.dataDir, "secret-key");
  if (settings.secretKey !== undefined) return { key: settings.secretKey, origin: "environment", file };
  const written = readText(file);
  if (written === null) return { key: make(file), origin: "made", file };
  const outcome = key32.schema.safeParse(written.trim());
  if (!outcome.success) throw new Error(`${file} does not hold a secret key: restore it from your backup.`);
  if ((statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600);
  return { key: outcome.data, origin: "file", file };
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

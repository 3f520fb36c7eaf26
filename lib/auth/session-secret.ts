import { hkdfSync } from "node:crypto";
import { env } from "#lib/platform/env.ts";
import { loadSecretKey } from "#lib/platform/secret-key.ts";
import { singleton } from "#lib/platform/singleton.ts";

/** The secret that session tokens are encrypted with: derived from HOOKLINE_SECRET_KEY, never the key itself. */
export function sessionSecret(): string {
  return singleton("session-secret", () => {
    const { key } = loadSecretKey(env());
    return Buffer.from(hkdfSync("sha256", key, "", "hookline session tokens v1", 32)).toString("base64url");
  });
}

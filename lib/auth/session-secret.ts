import { hkdfSync } from "node:crypto";
import { secretKey } from "#lib/platform/secret-key.ts";
import { singleton } from "#lib/platform/singleton.ts";

/** The secret that session tokens are encrypted with: derived from HOOKLINE_SECRET_KEY, never the key itself. */
export function sessionSecret(): string {
  return singleton("session-secret", () =>
    Buffer.from(hkdfSync("sha256", secretKey(), "", "hookline session tokens v1", 32)).toString("base64url"),
  );
}

import { createHash, randomBytes } from "node:crypto";

/** How every API key begins, so that scanners and people recognise one. */
export const API_KEY_PREFIX = "hl_";

/** A new API key: `hl_` and 256 random bits. Shown once; only its hash is kept. */
export function newApiKeyText(): string {
  return `${API_KEY_PREFIX}${randomBytes(32).toString("base64url")}`;
}

/** SHA-256 of text that is itself random: API keys and one-time tokens. Never for passwords. */
export function hashToken(text: string): Buffer<ArrayBuffer> {
  return Buffer.from(createHash("sha256").update(text, "utf8").digest());
}

/** What lists show of a key: enough to recognise it, useless to call with. */
export function apiKeyPrefix(key: string): string {
  return key.slice(0, API_KEY_PREFIX.length + 6);
}

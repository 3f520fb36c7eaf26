import type { KeyDecoding } from "#lib/webhooks/types.ts";

/** Turns a pasted secret into key bytes; null when it is not in the form the scheme needs or comes out empty. */
export function decodeKey(secret: string, decoding: KeyDecoding | undefined): string | Buffer | null {
  let text = secret;
  for (const prefix of decoding?.stripPrefixes ?? []) if (text.startsWith(prefix)) text = text.slice(prefix.length);
  if (text === "") return null;
  switch (decoding?.decode ?? "utf8") {
    case "utf8":
      return text;
    case "hex":
      return /^(?:[0-9a-fA-F]{2})+$/.test(text) ? Buffer.from(text, "hex") : null;
    case "base64": {
      if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) return null;
      const key = Buffer.from(text, "base64");
      return key.byteLength === 0 ? null : key;
    }
  }
}

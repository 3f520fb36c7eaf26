import { createHmac, type Hmac } from "node:crypto";
import type { HashAlgorithm, KeyDecoding } from "#lib/webhooks/types.ts";

/** Key bytes as a text in the named encoding, which is how Node takes them fastest. */
export type HmacKey = { readonly text: string; readonly encoding: "utf8" | "latin1" };

/** Turns a pasted secret into key bytes; null when it is not in the form the scheme needs or comes out empty. */
export function decodeKey(secret: string, decoding: KeyDecoding | undefined): HmacKey | null {
  let text = secret;
  for (const prefix of decoding?.stripPrefixes ?? []) if (text.startsWith(prefix)) text = text.slice(prefix.length);
  if (text === "") return null;
  switch (decoding?.decode ?? "utf8") {
    case "utf8":
      return { text, encoding: "utf8" };
    case "hex":
      return /^(?:[0-9a-fA-F]{2})+$/.test(text) ? { text: Buffer.from(text, "hex").toString("latin1"), encoding: "latin1" } : null;
    case "base64": {
      if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) return null;
      const bytes = Buffer.from(text, "base64").toString("latin1");
      return bytes === "" ? null : { text: bytes, encoding: "latin1" };
    }
  }
}

/** A secret whose text is the key. */
export function plainKey(text: string): HmacKey {
  return { text, encoding: "utf8" };
}

/** Starts an HMAC. A key as text costs 5 µs on Node 24.21, the same key as a Buffer 35 µs. */
export function startHmac(algorithm: HashAlgorithm, key: HmacKey): Hmac {
  return createHmac(algorithm, key.text, { encoding: key.encoding });
}

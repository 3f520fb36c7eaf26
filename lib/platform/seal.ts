import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from "node:crypto";
import { ExpectedError } from "#lib/core/errors.ts";
import { env } from "./env.ts";
import { loadSecretKey } from "./secret-key.ts";
import { singleton } from "./singleton.ts";

/** Where a sealed value belongs. It is bound into the seal: a blob moved to another row or field does not open. */
export type SealPlace = { purpose: string; table: string; row: string; field: string };

/** Thrown when a sealed value does not open. `reason` says whether the key or the blob is at fault. */
export class SealBroken extends ExpectedError {
  override readonly name = "SealBroken";
  readonly reason: "other-key" | "damaged" | "unknown-format";
  constructor(reason: "other-key" | "damaged" | "unknown-format") {
    super("sealed", messages[reason]);
    this.reason = reason;
  }
}

const messages = {
  "other-key":
    "This value was sealed with another secret key; enter it again or start with the old HOOKLINE_SECRET_KEY.",
  damaged: "This sealed value is damaged or belongs somewhere else; enter it again.",
  "unknown-format": "This value was sealed by a newer Hookline.",
};

/** Seals and opens with one master key. */
export type Sealer = {
  /** Eight bytes in hex that name the key; part of every blob. */
  keyId: string;
  seal(place: SealPlace, plaintext: string): Buffer<ArrayBuffer>;
  open(place: SealPlace, blob: Uint8Array): string;
};

/** Seals text with the process's secret key (AES-256-GCM under a data key of its own). */
export function seal(place: SealPlace, plaintext: string): Buffer<ArrayBuffer> {
  return processSealer().seal(place, plaintext);
}

/** Opens what `seal` made for the same place; throws SealBroken. */
export function open(place: SealPlace, blob: Uint8Array): string {
  return processSealer().open(place, blob);
}

function processSealer(): Sealer {
  return singleton("sealer", () => createSealer(loadSecretKey(env()).key));
}

const VERSION = 1;
const KEY_ID_BYTES = 8;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const DATA_KEY_BYTES = 32;
const WRAPPED_BYTES = NONCE_BYTES + DATA_KEY_BYTES + TAG_BYTES;
const HEAD_BYTES = 1 + KEY_ID_BYTES;

/**
 * A sealer over a 32-byte master key. Blob: version (1), key id (8), data key wrapped by the key-encryption key
 * (nonce 12, 32, tag 16), then the text under the data key (nonce 12, text, tag 16). Both are bound to the place.
 */
export function createSealer(masterKey: Uint8Array): Sealer {
  const wrapKey = Buffer.from(hkdfSync("sha256", masterKey, "", "hookline seal 1", DATA_KEY_BYTES));
  const keyId = createHash("sha256").update("hookline key id").update(wrapKey).digest().subarray(0, KEY_ID_BYTES);
  return {
    keyId: keyId.toString("hex"),
    seal(place, plaintext) {
      const dataKey = randomBytes(DATA_KEY_BYTES);
      return Buffer.concat([
        Buffer.from([VERSION]),
        keyId,
        encrypt(wrapKey, dataKey, boundTo("key", place)),
        encrypt(dataKey, Buffer.from(plaintext, "utf8"), boundTo("text", place)),
      ]);
    },
    open(place, blob) {
      const bytes = Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength);
      if (bytes.length < HEAD_BYTES + WRAPPED_BYTES + NONCE_BYTES + TAG_BYTES) throw new SealBroken("damaged");
      if (bytes[0] !== VERSION) throw new SealBroken("unknown-format");
      if (!bytes.subarray(1, HEAD_BYTES).equals(keyId)) throw new SealBroken("other-key");
      const wrapped = bytes.subarray(HEAD_BYTES, HEAD_BYTES + WRAPPED_BYTES);
      const dataKey = decrypt(wrapKey, wrapped, boundTo("key", place));
      return decrypt(dataKey, bytes.subarray(HEAD_BYTES + WRAPPED_BYTES), boundTo("text", place)).toString("utf8");
    },
  };
}

function boundTo(part: "key" | "text", place: SealPlace): Buffer {
  return Buffer.from(JSON.stringify([VERSION, part, place.purpose, place.table, place.row, place.field]), "utf8");
}

function encrypt(key: Uint8Array, plain: Uint8Array, aad: Uint8Array): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(aad);
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(key: Uint8Array, sealed: Buffer, aad: Uint8Array): Buffer {
  const tagAt = sealed.length - TAG_BYTES;
  const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(aad).setAuthTag(sealed.subarray(tagAt));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, tagAt)), decipher.final()]);
  } catch {
    throw new SealBroken("damaged");
  }
}

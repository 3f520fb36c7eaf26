import { JsonText, type Written } from "#lib/core/json-text.ts";
import { KIB } from "#lib/core/units.ts";

// JSON.parse takes any depth, but what is deeper than this cannot be written out again everywhere.
const DEPTH_MAX = 512;
const SHOWN_BYTES_MAX = 64 * KIB;

/**
 * A body as later steps see it: JSON where the sender says JSON and it is, text where it is text, `{ base64 }`
 * otherwise.
 */
export function parseAnswer(body: Uint8Array, contentType: string | undefined): Written {
  if (body.length === 0) return null;
  const [type = "", ...parameters] = (contentType ?? "")
    .toLowerCase()
    .split(";")
    .map((part) => part.trim());
  const text = asText(body, type, parameters);
  if (text === null) return { base64: Buffer.from(body).toString("base64"), contentType: contentType ?? null };
  if (!isJsonType(type) || isTooDeep(text)) return text;
  try {
    JSON.parse(text);
    return new JsonText(text.trim());
  } catch {
    return text;
  }
}

/** A body as the run page shows it: at most the first 64 KB. */
export function showBody(body: Uint8Array, contentType: string | undefined): { text: string } | { base64: string } {
  const shown = body.subarray(0, SHOWN_BYTES_MAX);
  const [type = "", ...parameters] = (contentType ?? "")
    .toLowerCase()
    .split(";")
    .map((part) => part.trim());
  const text = asText(body, type, parameters);
  if (text === null) return { base64: Buffer.from(shown).toString("base64") };
  return { text: text.length > SHOWN_BYTES_MAX ? text.slice(0, SHOWN_BYTES_MAX) : text };
}

function isJsonType(type: string): boolean {
  return type === "application/json" || type === "text/json" || type.endsWith("+json");
}

function isBinaryType(type: string): boolean {
  return /^(image|audio|video|font)\//.test(type) || /^application\/(octet-stream|pdf|zip|gzip|x-tar|vnd\.)/.test(type);
}

function asText(body: Uint8Array, type: string, parameters: string[]): string | null {
  if (isBinaryType(type) && !isJsonType(type) && !type.endsWith("+xml")) return null;
  const charset = parameters
    .find((part) => part.startsWith("charset="))
    ?.slice("charset=".length)
    .replaceAll('"', "");
  try {
    return new TextDecoder(charset ?? "utf-8", { fatal: true }).decode(body);
  } catch {
    // An unknown charset, or bytes that are none: text types are read as well as they can be, others are binary.
    const isText = type.startsWith("text/") || isJsonType(type) || type.endsWith("xml");
    return isText ? new TextDecoder("utf-8").decode(body) : null;
  }
}

function isTooDeep(text: string): boolean {
  let depth = 0;
  let inText = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charCodeAt(at);
    if (inText) {
      if (char === 0x5c) at += 1;
      else if (char === 0x22) inText = false;
    } else if (char === 0x22) inText = true;
    else if (char === 0x5b || char === 0x7b) {
      depth += 1;
      if (depth > DEPTH_MAX) return true;
    } else if (char === 0x5d || char === 0x7d) depth -= 1;
  }
  return false;
}

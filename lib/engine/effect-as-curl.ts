import { writeCurl } from "#lib/core/curl-command.ts";
import { byteText } from "#lib/core/utf8-text.ts";
import type { HttpEffect, SlottedText } from "#lib/engine/effect.ts";
import { sentBytes } from "#lib/engine/http/sent-bytes.ts";

/** An HTTP effect as a curl command for a POSIX shell. Secrets stand as variables: $TOKEN, $BASIC, $KEY. */
export function effectAsCurl(effect: HttpEffect): string {
  const { method, url, headers, body, redirectsMax } = effect;
  return writeCurl({
    method,
    url,
    headers: headers.map(([name, value]) => [name, shellValue(value)] as const),
    body: sentBytes(body),
    redirectsMax,
  });
}

function shellValue(value: SlottedText) {
  if (typeof value === "string") return byteText(value);
  return value.map((part) => (typeof part === "string" ? byteText(part) : { variable: part.slot.field.toUpperCase() }));
}

/** A header's value as people may see it: secrets as dots. */
export function shownText(value: SlottedText): string {
  return typeof value === "string" ? value : value.map((part) => (typeof part === "string" ? part : "••••")).join("");
}

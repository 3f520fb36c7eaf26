import { readHeader } from "#lib/webhooks/headers.ts";
import { proofText } from "#lib/webhooks/proof-text.ts";
import type { SignaturePlace } from "#lib/webhooks/scheme-types.ts";
import type { RejectReason, WebhookRequest } from "#lib/webhooks/types.ts";

/** Signatures of one request that are compared at most. */
export const SIGNATURES_MAX = 100;

/** The signatures a request carries and, where they share its header, the timestamp. */
export type SignatureReading =
  | { readonly kind: "found"; readonly signatures: readonly string[]; readonly timestamp: string | null }
  | { readonly kind: "rejected"; readonly reason: RejectReason; readonly message: string };

/** Collects the signatures from where the scheme puts them; `timestampField` is the item that holds the time. */
export function readSignatures(
  place: SignaturePlace,
  request: WebhookRequest,
  timestampField: string | undefined,
): SignatureReading {
  if (place.bodyPath !== undefined) {
    const text = proofText(request, place.bodyPath);
    return text
      ? { kind: "found", signatures: [text], timestamp: null }
      : reject("signature-missing", `The body has no signature in ${place.bodyPath}.`);
  }
  const names = [place.header ?? "", ...(place.moreHeaders ?? [])];
  const signatures: string[] = [];
  let timestamp: string | null = null;
  for (const name of names) {
    const reading = readHeader(request.headers, name);
    if (reading.kind === "missing") continue;
    if (reading.kind === "repeated")
      return reject("signature-repeated", `The header ${name} was sent more than once, so none of its values counts.`);
    if (reading.value === "") continue;
    const items = readItems(place, reading.value, timestampField);
    if (items.kind === "rejected") return items;
    timestamp = items.timestamp;
    for (const text of items.signatures) {
      if (place.prefix === undefined) signatures.push(text);
      else if (text.startsWith(place.prefix) && text.length > place.prefix.length)
        signatures.push(text.slice(place.prefix.length));
    }
    if (signatures.length > SIGNATURES_MAX)
      return reject("signature-malformed", `The request carries more than ${SIGNATURES_MAX} signatures.`);
  }
  if (signatures.length === 0)
    return reject(
      "signature-missing",
      `The request carries no signature in ${place.header ?? "its header"}${shapeOf(place)}.`,
    );
  return { kind: "found", signatures, timestamp };
}

function shapeOf(place: SignaturePlace): string {
  if (place.field) return ` (${place.field}${place.fieldSeparator ?? "="}…)`;
  return place.prefix ? ` (${place.prefix}…)` : "";
}

function readItems(place: SignaturePlace, value: string, timestampField: string | undefined): SignatureReading {
  if (place.field === undefined && place.itemSeparator === undefined)
    return { kind: "found", signatures: [value], timestamp: null };
  const signatures: string[] = [];
  let timestamp: string | null = null;
  const items = place.itemSeparator === undefined ? [value] : value.split(place.itemSeparator, SIGNATURES_MAX + 10);
  for (const [index, rawItem] of items.entries()) {
    const item = place.trimItems && index > 0 ? rawItem.replace(/^ +/, "") : rawItem;
    if (item === "") return reject("signature-malformed", "The signature header holds an empty item.");
    if (item !== item.trim())
      return reject(
        "signature-malformed",
        "The signature header holds spaces where none belong; it may be two headers joined into one.",
      );
    if (place.field === undefined) {
      signatures.push(item);
      continue;
    }
    const separator = item.indexOf(place.fieldSeparator ?? "=");
    const name = separator < 0 ? item : item.slice(0, separator);
    const text = separator < 0 ? "" : item.slice(separator + (place.fieldSeparator ?? "=").length);
    if (name === place.field && text !== "") {
      // A repeated header that some proxy joined with ", " shows up here as one strange value.
      if (/[\s,;]/.test(text))
        return reject(
          "signature-malformed",
          "The signature header holds characters no signature has; it may be two headers joined into one.",
        );
      signatures.push(text);
    } else if (name === timestampField) {
      if (timestamp !== null)
        return reject("timestamp-repeated", "The signature header carries more than one timestamp, so none counts.");
      timestamp = text;
    }
  }
  return { kind: "found", signatures, timestamp };
}

function reject(reason: RejectReason, message: string): SignatureReading & { kind: "rejected" } {
  return { kind: "rejected", reason, message };
}

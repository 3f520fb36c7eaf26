import { readHeader } from "#lib/webhooks/headers.ts";
import { proofText } from "#lib/webhooks/proof-text.ts";
import type { TimestampPlace } from "#lib/webhooks/scheme-types.ts";
import type { RejectReason, WebhookRequest } from "#lib/webhooks/types.ts";

/** A signed timestamp: its text as signed, and the moment it means. `null` text: the scheme lets it be absent. */
export type TimestampReading =
  | { readonly kind: "found"; readonly text: string; readonly at: Date }
  | { readonly kind: "absent" }
  | { readonly kind: "rejected"; readonly reason: RejectReason; readonly message: string };

/** Reads the timestamp from its place; `inSignature` is the item already found in the signature header. */
export function readTimestamp(
  place: TimestampPlace,
  request: WebhookRequest,
  inSignature: string | null,
): TimestampReading {
  let text: string | null = inSignature;
  if (place.bodyPath !== undefined) text = proofText(request, place.bodyPath);
  for (const name of place.header === undefined
    ? []
    : place.fallbackHeader === undefined
      ? [place.header]
      : [place.header, place.fallbackHeader]) {
    const reading = readHeader(request.headers, name);
    if (reading.kind === "repeated")
      return {
        kind: "rejected",
        reason: "timestamp-repeated",
        message: `The header ${name} was sent more than once, so none of its values counts.`,
      };
    if (reading.kind === "one") {
      text = reading.value;
      break;
    }
  }
  if (text === null || text === "")
    return place.optional && text === null
      ? { kind: "absent" }
      : {
          kind: "rejected",
          reason: "timestamp-missing",
          message:
            "The request carries no " +
            `timestamp${place.header ? ` (${place.header})` : place.field ? ` (${place.field})` : ""}.`,
        };
  const at = momentOf(text, place);
  return at === null
    ? {
        kind: "rejected",
        reason: "timestamp-malformed",
        message: `The timestamp "${text.slice(0, 40)}" is not ${formatName(place)}.`,
      }
    : { kind: "found", text, at };
}

/** Compares a signed moment with now, both ways; null when it is inside the tolerance. */
export function judgeTimestamp(
  at: Date,
  now: Date,
  toleranceSeconds: number,
  unit: "s" | "ms",
): { readonly reason: "timestamp-too-old" | "timestamp-in-future"; readonly message: string } | null {
  const nowMs = unit === "s" ? Math.floor(now.getTime() / 1000) * 1000 : now.getTime();
  const ageSeconds = (nowMs - at.getTime()) / 1000;
  if (ageSeconds > toleranceSeconds)
    return {
      reason: "timestamp-too-old",
      message: `The signed timestamp is ${Math.round(ageSeconds)} s old; ${toleranceSeconds} s are allowed.`,
    };
  if (-ageSeconds > toleranceSeconds)
    return {
      reason: "timestamp-in-future",
      message: `The signed timestamp is ${Math.round(-ageSeconds)} s in the future; ${toleranceSeconds} s are allowed.`,
    };
  return null;
}

function momentOf(text: string, place: TimestampPlace): Date | null {
  let ms: number;
  switch (place.format ?? "unix") {
    case "unix":
      if (!/^\d{1,16}$/.test(text)) return null;
      ms = place.unit === "ms" ? Number(text) : Number(text) * 1000;
      break;
    case "iso8601":
      if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})$/.test(text)) return null;
      ms = Date.parse(text);
      break;
    case "http-date":
      if (!/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text)) return null;
      ms = Date.parse(text);
      break;
  }
  const at = new Date(ms);
  return Number.isNaN(at.getTime()) ? null : at;
}

function formatName(place: TimestampPlace): string {
  switch (place.format ?? "unix") {
    case "unix":
      return place.unit === "ms" ? "a whole number of milliseconds" : "a whole number of seconds";
    case "iso8601":
      return "an ISO 8601 time";
    case "http-date":
      return "an HTTP date";
  }
}

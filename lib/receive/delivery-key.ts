import { createHash } from "node:crypto";
import { SECOND } from "#lib/core/units.ts";
import type { Receiver, RequestCheck } from "#lib/receive/receiver.ts";
import { dedupeKey } from "#lib/webhooks/dedupe-key.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";

/** How a redelivery of a request will be recognised, in the terms of the unique index. */
export type DeliveryKey = {
  readonly key: string;
  /** For keys that count only inside a window: the key of the window before, and since when it counts. */
  readonly earlierKey: string | null;
  readonly windowStart: Date | null;
  readonly deliveryId: string | null;
  readonly check: RequestCheck;
};

/** The dedupe key of a request by the owner's settings, else by the provider's preset; `eventId` where nothing can repeat. */
export function deliveryKey(receiver: Receiver, request: WebhookRequest, eventId: string, receivedAt: Date): DeliveryKey {
  const { dedupe } = receiver.settings;
  if (dedupe.kind === "off") return unrepeatable(eventId, "Every request is its own event: looking for duplicates is off.");
  if (dedupe.kind === "body") {
    return windowed(`content:${createHash("sha256").update(request.body).digest("hex")}`, dedupe.windowSeconds, receivedAt);
  }
  const found = dedupeKey(receiver.provider.dedupe, request, dedupe.kind === "source" ? [dedupe.source] : []);
  switch (found.kind) {
    case "delivery-id": {
      const check: RequestCheck = { id: "delivery", status: "passed", message: `First delivery of ${shown(found.deliveryId)}.` };
      // Marked, so that no delivery id can pass for a content hash or an event id.
      return { key: `id:${found.key}`, earlierKey: null, windowStart: null, deliveryId: found.deliveryId, check };
    }
    case "content":
      return windowed(found.key, found.windowSeconds, receivedAt);
    case "none":
      return unrepeatable(eventId, "It carries no delivery id, so a repeat could not be recognised.");
  }
}

function unrepeatable(eventId: string, message: string): DeliveryKey {
  return {
    key: `event:${eventId}`,
    earlierKey: null,
    windowStart: null,
    deliveryId: null,
    check: { id: "delivery", status: "not-configured", message },
  };
}

/** The unique index knows no time, so the window's number is part of the key, and the window before is looked at too. */
function windowed(key: string, windowSeconds: number, receivedAt: Date): DeliveryKey {
  const window = Math.floor(receivedAt.getTime() / SECOND / windowSeconds);
  const check: RequestCheck = {
    id: "delivery",
    status: "passed",
    message: `Nothing with the same content came in the last ${windowSeconds} s.`,
  };
  return {
    key: `${key}:${windowSeconds}:${window}`,
    earlierKey: `${key}:${windowSeconds}:${window - 1}`,
    windowStart: new Date(receivedAt.getTime() - windowSeconds * SECOND),
    deliveryId: null,
    check,
  };
}

function shown(deliveryId: string): string {
  const clean = deliveryId.replace(/[\p{Cc}\p{Cs}]/gu, " ");
  return clean.length <= 80 ? clean : `${clean.slice(0, 79)}…`;
}

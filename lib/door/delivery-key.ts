import { createHash } from "node:crypto";
import { windowWords } from "#lib/core/dedupe-window.ts";
import type { EndpointSettings } from "#lib/core/endpoint-settings.ts";
import { SECOND } from "#lib/core/units.ts";
import type { RequestCheck } from "#lib/door/receiver.ts";
import { dedupeKey } from "#lib/webhooks/dedupe-key.ts";
import { type ChosenField, fieldsKey } from "#lib/webhooks/fields-key.ts";
import type { Provider } from "#lib/webhooks/provider-types.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";

/** How a redelivery of a request will be recognised, in the terms of the unique index. */
export type DeliveryKey = {
  readonly key: string;
  /** For keys that count only inside a window: the key of the window before, and since when it counts. */
  readonly earlierKey: string | null;
  readonly windowStart: Date | null;
  readonly deliveryId: string | null;
  /** What a repeat has in common with it, to be read after "the same"; null when nothing can repeat it. */
  readonly same: string | null;
  /** The places an owner chose that are not in it. */
  readonly missing: readonly ChosenField[];
  readonly check: RequestCheck;
};

/** What decides about keys. */
export type KeyRules = {
  readonly settings: Pick<EndpointSettings, "dedupe">;
  readonly provider: Pick<Provider, "dedupe">;
};

/**
 * The dedupe key of a request by the owner's settings, else by the provider's preset; `eventId` where nothing can
 * repeat. A batch that is split (`isSplit`) is known by its items where the chosen fields stand in them.
 */
export function deliveryKey(
  receiver: KeyRules,
  request: WebhookRequest,
  eventId: string,
  receivedAt: Date,
  isSplit: boolean,
): DeliveryKey {
  const { dedupe } = receiver.settings;
  switch (dedupe.kind) {
    case "off":
      return unrepeatable(eventId, "not-configured", "Every request is its own event: looking for duplicates is off.");
    case "body": {
      const digest = createHash("sha256").update(request.body).digest("hex");
      return windowed(`content:${digest}`, dedupe.windowSeconds, receivedAt, "body");
    }
    case "fields": {
      const { fields, windowSeconds } = dedupe;
      if (isSplit && fields.some(({ from }) => from === "body"))
        return unrepeatable(
          eventId,
          "passed",
          `Each item is known by ${listOf(fields)}, for ${windowWords(windowSeconds)}.`,
        );
      const found = fieldsKey(fields, request);
      if (found.kind === "none") return { ...unrepeatable(eventId, "failed", noneOf(fields)), missing: fields };
      return windowed(found.key, windowSeconds, receivedAt, listOf(fields), found.missing);
    }
    case "preset":
    case "source":
      return byPreset(receiver, request, eventId, receivedAt, dedupe.kind === "source" ? [dedupe.source] : []);
  }
}

function byPreset(
  receiver: KeyRules,
  request: WebhookRequest,
  eventId: string,
  receivedAt: Date,
  own: readonly ChosenField[],
): DeliveryKey {
  const found = dedupeKey(receiver.provider.dedupe, request, own);
  switch (found.kind) {
    case "delivery-id": {
      const check: RequestCheck = {
        id: "delivery",
        status: "passed",
        message: `First delivery of ${shown(found.deliveryId)}.`,
      };
      const same = `delivery id ${shown(found.deliveryId)}`;
      // Marked, so that no delivery id can pass for a content hash or an event id.
      return {
        key: `id:${found.key}`,
        earlierKey: null,
        windowStart: null,
        deliveryId: found.deliveryId,
        same,
        missing: [],
        check,
      };
    }
    case "content":
      return windowed(found.key, found.windowSeconds, receivedAt, "content");
    case "none":
      return {
        ...unrepeatable(eventId, "not-configured", "It carries no delivery id, so a repeat could not be recognised."),
        missing: own,
      };
  }
}

/** The key of a request that nothing can repeat: its event's own id. */
export function unrepeatable(eventId: string, status: RequestCheck["status"], message: string): DeliveryKey {
  const check: RequestCheck = { id: "delivery", status, message };
  return {
    key: `event:${eventId}`,
    earlierKey: null,
    windowStart: null,
    deliveryId: null,
    same: null,
    missing: [],
    check,
  };
}

/**
 * The unique index knows no time, so the window's number is part of the key, and the window before is looked at too.
 */
function windowed(
  key: string,
  windowSeconds: number,
  receivedAt: Date,
  same: string,
  missing: readonly ChosenField[] = [],
): DeliveryKey {
  const window = Math.floor(receivedAt.getTime() / SECOND / windowSeconds);
  const lacks = missing.length === 0 ? "" : ` It has no ${listOf(missing)}.`;
  return {
    key: `${key}:${windowSeconds}:${window}`,
    earlierKey: `${key}:${windowSeconds}:${window - 1}`,
    windowStart: new Date(receivedAt.getTime() - windowSeconds * SECOND),
    deliveryId: null,
    same,
    missing,
    check: {
      id: "delivery",
      status: "passed",
      message: `Nothing with the same ${same} came in the last ${windowWords(windowSeconds)}.${lacks}`,
    },
  };
}

function noneOf(fields: readonly ChosenField[]): string {
  const words =
    fields.length === 1 ? `The field chosen to know repeats by` : "None of the fields chosen to know repeats by";
  return (
    `${words} (${listOf(fields)}) is ${fields.length === 1 ? "not " : ""}in it: treated as new, and a repeat ` +
    "could not be recognised."
  );
}

function listOf(fields: readonly ChosenField[]): string {
  const names = fields.map((field) => {
    if (field.from === "body") return `field ${shown(field.path)}`;
    return `${field.from === "header" ? "header" : "query parameter"} ${shown(field.name)}`;
  });
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

function shown(text: string): string {
  const clean = text.replace(/[\p{Cc}\p{Cs}]/gu, " ");
  return clean.length <= 80 ? clean : `${clean.slice(0, 79)}…`;
}

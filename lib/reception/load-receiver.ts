import { LRUCache } from "lru-cache";
import { parseAddressRange } from "#lib/core/address-range.ts";
import { parseStoredSettings } from "#lib/core/endpoint-settings.ts";
import { SECOND } from "#lib/core/units.ts";
import { type LiveNews, listenLive } from "#lib/db/live.ts";
import { followPublicAddress } from "#lib/db/public-address.ts";
import { findReceiverRow, type ReceiverRow } from "#lib/db/receiver-rows.ts";
import type { Receiver, ReceiverSecret } from "#lib/door/receiver.ts";
import { env } from "#lib/platform/env.ts";
import { log } from "#lib/platform/log.ts";
import { open } from "#lib/platform/seal.ts";
import { singleton } from "#lib/platform/singleton.ts";
import { findProvider, getProvider } from "#lib/webhooks/providers/registry.generated.ts";

/** Another process's change is seen at the latest after this long, even when its news is lost. */
const HELD_MS = 2 * SECOND;
const RECEIVERS_MAX = 10_000;
const SECRETS_MAX = 20_000;

/** What an address part can look like; anything else is nobody's, without asking the database. */
const TOKEN = /^[A-Za-z0-9_-]{22,64}$/;

type Held = { readonly receiver: Promise<Receiver | null>; endpointId: string | null };

/** Where a signing secret's seal is bound to. */
export function secretPlace(secretId: string) {
  return { purpose: "endpoint-secret", table: "endpoint_secret", row: secretId, field: "sealed" };
}

/**
 * The endpoint behind an address with its secrets opened, held in memory for 2 s; null when nobody made the address.
 * A secret that does not open is kept as "" and so verifies nothing. Throws when the database does not answer.
 */
export function loadReceiver(token: string): Promise<Receiver | null> {
  if (!TOKEN.test(token)) return Promise.resolve(null);
  const held = heldReceivers();
  const known = held.get(token);
  if (known !== undefined) return known.receiver;
  const receiver = Promise.all([findReceiverRow(token), followPublicAddress()]).then(([row]) =>
    row === null ? null : toReceiver(row),
  );
  const entry: Held = { receiver, endpointId: null };
  held.set(token, entry);
  receiver.then(
    (found) => (entry.endpointId = found?.endpointId ?? null),
    () => held.delete(token),
  );
  return receiver;
}

/** Forgets an endpoint in this process at once; others hear of it through the live news `settings:<endpoint id>`. */
export function forgetReceiver(endpointId: string): void {
  const held = heldReceivers();
  // An entry still being read may have read the old settings.
  for (const [token, entry] of [...held])
    if (entry.endpointId === endpointId || entry.endpointId === null) held.delete(token);
}

function heldReceivers(): LRUCache<string, Held> {
  return singleton("receivers", () => {
    listenLive(forgetChanged);
    return new LRUCache<string, Held>({ max: RECEIVERS_MAX, ttl: HELD_MS });
  });
}

function forgetChanged(news: LiveNews | null): void {
  if (news === null) return heldReceivers().clear();
  for (const topic of news.topics) {
    if (topic === "*") return heldReceivers().clear();
    if (topic.startsWith("settings:")) forgetReceiver(topic.slice("settings:".length));
  }
}

/** An endpoint as stored in the terms of the doors, its secrets opened. */
export function toReceiver(row: ReceiverRow): Receiver {
  const settings = parseStoredSettings(row.settings);
  const limits = env();
  return {
    endpointId: row.id,
    workspaceId: row.workspaceId,
    name: row.name,
    // A provider this version does not know refuses everything: its endpoint was set up to verify.
    provider: findProvider(row.provider) ?? {
      ...getProvider("none"),
      id: row.provider,
      schemes: [{ kind: "token", id: "unknown", label: row.provider, place: { header: "x-unknown-provider" } }],
    },
    settings,
    allowedRanges: settings.allowedAddresses.map((text) => parseAddressRange(text)).filter((range) => range !== null),
    deleted: row.deleted,
    paused: row.paused,
    secrets: row.secrets.map(openSecret),
    bodyBytesMax: Math.min(settings.bodyBytesMax ?? limits.bodyBytesMax, limits.bodyBytesMax),
    ratePerSecond: Math.min(settings.ratePerSecond ?? limits.endpointRatePerSecond, limits.endpointRatePerSecond),
  };
}

/** A secret's text never changes, so it is opened once per process. */
function openSecret(sealed: ReceiverRow["secrets"][number]): ReceiverSecret {
  const opened = singleton("opened-secrets", () => new LRUCache<string, string>({ max: SECRETS_MAX }));
  let text = opened.get(sealed.id);
  if (text === undefined) {
    try {
      text = open(secretPlace(sealed.id), sealed.sealed);
    } catch (error) {
      log().error({ error, secretId: sealed.id }, "a signing secret does not open; requests are refused");
      return { id: sealed.id, label: sealed.label, endsIn: sealed.endsIn, text: "" };
    }
    opened.set(sealed.id, text);
  }
  return { id: sealed.id, label: sealed.label, endsIn: sealed.endsIn, text };
}

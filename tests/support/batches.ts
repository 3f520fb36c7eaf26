import type { Provider } from "#lib/webhooks/provider-types.ts";
import { sampleRequest } from "#lib/webhooks/sign-delivery.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";

type Item = Record<string, unknown>;

/** Gives item `n` of a provider's batch its own identity, as that sender would. */
const IDENTIFY: Record<string, (item: Item, n: string) => Item> = {
  adyen: (item, n) => ({
    NotificationRequestItem: { ...(item["NotificationRequestItem"] as Item), pspReference: `psp-${n}` },
  }),
  alertmanager: (item, n) => ({ ...item, fingerprint: `alert-${n}` }),
  asana: (item, n) => ({ ...item, resource: { gid: n, resource_type: "task" } }),
  auth0: (item, n) => ({ ...item, log_id: `log-${n}` }),
  "azure-event-grid": (item, n) => ({ ...item, id: `event-${n}` }),
  cloudevents: (item, n) => ({ ...item, id: `event-${n}` }),
  collectd: (item, n) => ({ ...item, host: `web-${n}.example.com` }),
  "docker-registry": (item, n) => ({ ...item, id: `event-${n}` }),
  grafana: (item, n) => ({ ...item, fingerprint: `alert-${n}` }),
  hubspot: (item, n) => ({ ...item, eventId: `change-${n}` }),
  line: (item, n) => ({ ...item, webhookEventId: `event-${n}` }),
  mailerlite: (item, n) => ({ ...item, type: "subscriber.created", email: `${n}@example.com` }),
  mandrill: (item, n) => ({ ...item, _id: `mail-${n}` }),
  "meta-whatsapp": (_item, n) => ({
    id: "1",
    changes: [{ field: "messages", value: { messages: [{ id: `wamid.${n}` }] } }],
  }),
  "microsoft-graph": (item, n) => ({ ...item, id: `note-${n}` }),
  okta: (_item, n) => ({ uuid: `uuid-${n}`, eventType: "user.lifecycle.create" }),
  sendgrid: (item, n) => ({ ...item, sg_event_id: `mail-${n}` }),
};

/** A delivery of a provider whose batch holds the items with these names, unsigned. */
export function batchOf(provider: Provider, target: string, names: readonly string[]): WebhookRequest {
  const identify = IDENTIFY[provider.id];
  if (provider.batch === null || identify === undefined) throw new Error(`${provider.id} has no batch here`);
  const sample = sampleRequest(provider, target);
  const text = Buffer.from(sample.body).toString();
  const inForm = provider.id === "mandrill";
  const body: unknown = inForm
    ? { mandrill_events: JSON.parse(new URLSearchParams(text).get("mandrill_events") ?? "") as unknown }
    : JSON.parse(text);
  const { path } = provider.batch;
  const first = firstItem(body, path);
  const items = names.map((name) => identify(first, name));
  const whole = path === "" ? items : withListAt(body as Item, path.split("."), items);
  // Okta's envelope has an id of its own, new for each delivery.
  if (provider.id === "okta") (whole as Item)["eventId"] = names.join(" ");
  const headers =
    provider.id === "cloudevents" ? [["Content-Type", "application/cloudevents-batch+json"] as const] : sample.headers;
  return {
    ...sample,
    headers,
    body: Buffer.from(
      inForm ? new URLSearchParams({ mandrill_events: JSON.stringify(items) }).toString() : JSON.stringify(whole),
    ),
  };
}

function firstItem(body: unknown, path: string): Item {
  let at = body;
  for (const part of path === "" ? [] : path.split(".")) at = (at as Item | undefined)?.[part];
  return ((Array.isArray(at) ? at[0] : body) ?? {}) as Item;
}

function withListAt(body: Item, [part = "", ...rest]: string[], items: readonly Item[]): Item {
  return { ...body, [part]: rest.length === 0 ? items : withListAt((body[part] ?? {}) as Item, rest, items) };
}

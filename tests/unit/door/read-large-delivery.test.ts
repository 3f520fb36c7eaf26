import fc from "fast-check";
import { expect, test } from "vitest";
import { type EndpointSettings, endpointSettingsSchema } from "#lib/core/endpoint-settings.ts";
import { checkForm, isFormChecked } from "#lib/door/check-form.ts";
import { deliveryKey } from "#lib/door/delivery-key.ts";
import { packSplit, unpackSplit } from "#lib/door/packed-split.ts";
import { type DeliveryReading, readLargeDelivery, withoutTheRest } from "#lib/door/read-large-delivery.ts";
import { type SplitOutcome, splitOf } from "#lib/door/split-event.ts";
import { nameEvent } from "#lib/webhooks/name-event.ts";
import type { Provider } from "#lib/webhooks/provider-types.ts";
import { getProvider, listProviders } from "#lib/webhooks/providers/registry.generated.ts";
import { sampleRequest } from "#lib/webhooks/sign-delivery.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";

const SEED = 20_261_123;
const EVENT = "01934f6e-7c00-7000-8000-000000000001";
const AT = new Date("2026-11-23T16:00:00Z");

const settingsOf = (some: Partial<Record<keyof EndpointSettings, unknown>>): EndpointSettings =>
  endpointSettingsSchema.parse(some);

/** As the door reads small bodies. The body is copied, because what was read of one is remembered. */
function readSmall(provider: Provider, settings: EndpointSettings, sent: WebhookRequest): DeliveryReading {
  const request = { ...sent, body: Uint8Array.from(sent.body) };
  const split = splitOf(settings, provider, request);
  return {
    eventType: nameEvent(provider, request, settings.eventType),
    form: isFormChecked(settings) ? checkForm(settings, request) : null,
    split: asTexts(split),
    key: deliveryKey({ provider, settings }, request, EVENT, AT, split.kind === "items"),
  };
}

/** As a child reads large ones, with the way there and back. */
function readLarge(provider: Provider, settings: EndpointSettings, sent: WebhookRequest): DeliveryReading {
  const rules = { provider, settings };
  const request = { ...withoutTheRest(rules, sent), body: Uint8Array.from(sent.body) };
  const reading = readLargeDelivery(rules, request, EVENT, AT);
  return {
    ...reading,
    split: asTexts(unpackSplit(structuredClone(packSplit(reading.split, request.body)), sent.body)),
  };
}

function asTexts(split: SplitOutcome): SplitOutcome {
  if (split.kind !== "items") return split;
  return {
    ...split,
    items: split.items.map((item) => ({ ...item, json: Buffer.from(item.json as string).toString("utf8") })),
  };
}

const request = (contentType: string, text: string | Buffer, url = "/in/x?kind=made&id=7"): WebhookRequest => ({
  method: "POST",
  url,
  headers: [
    ["Content-Type", contentType],
    ["X-Kind", "pushed"],
    ["X-Id", "9"],
  ],
  body: Buffer.from(text),
});

const ways: ReadonlyArray<Partial<Record<keyof EndpointSettings, unknown>>> = [
  {},
  { split: { kind: "preset" } },
  { split: { kind: "path", path: "" }, eventType: { from: "body", path: "type" } },
  { split: { kind: "path", path: "data.items" }, dedupe: { kind: "source", source: { from: "body", path: "id" } } },
  {
    split: { kind: "path", path: "events" },
    dedupe: {
      kind: "fields",
      fields: [
        { from: "body", path: "id" },
        { from: "header", name: "x-id" },
      ],
    },
  },
  {
    eventType: { from: "header", name: "x-kind" },
    dedupe: {
      kind: "fields",
      fields: [
        { from: "body", path: "data" },
        { from: "query", name: "id" },
      ],
    },
  },
  { eventType: { from: "body", path: "0.type" }, dedupe: { kind: "body" } },
  { dedupe: { kind: "off" }, form: { honeypot: "website", minimumSeconds: 3 } },
];

test("every provider's delivery is read in a child as it is read in place", () => {
  for (const provider of listProviders()) {
    const sample = sampleRequest(provider, "/in/x");
    for (const way of ways) {
      const settings = settingsOf(way);
      expect([provider.id, way, readLarge(provider, settings, sample)]).toEqual([
        provider.id,
        way,
        readSmall(provider, settings, sample),
      ]);
    }
  }
});

const scalar = fc.oneof(
  fc.string({ maxLength: 6 }),
  fc.integer(),
  fc.constantFrom(null, true, 1e21, 0.1, "ä€", "\u2028"),
);
const item = fc.oneof(
  fc.record(
    {
      id: scalar,
      type: scalar,
      event: scalar,
      sg_event_id: scalar,
      data: fc.dictionary(fc.string({ maxLength: 3 }), scalar, { maxKeys: 2 }),
    },
    { requiredKeys: [] },
  ),
  scalar,
);
const list = fc.tuple(fc.array(item, { maxLength: 4 }), fc.constantFrom(undefined, 1)).map(([items, space]) =>
  // Digits no double keeps.
  JSON.stringify(items, null, space)
    .replace('"id":1', '"id":9007199254740993')
    .replace('"id": 2', '"id": 0.12345678901234567890'),
);
const encoded = (name: string) => list.map((text) => `${name}=${encodeURIComponent(text)}`);
const bodies: ReadonlyArray<fc.Arbitrary<readonly [type: string, text: string]>> = [
  list.map((text) => ["application/json", text] as const),
  list.map(
    (text) =>
      [
        "application/json",
        `\ufeff {"events":[],"type":"t","data":{"id":1,"items":${text}},"events": ${text} }`,
      ] as const,
  ),
  list.map((text) => ["application/json", `${text.slice(0, -1)}`] as const),
  fc
    .array(list, { maxLength: 4 })
    .map(
      (lines) =>
        ["application/x-ndjson", lines.map((line) => ` ${line.replaceAll("\n", " ")}\u00a0\r`).join("\n")] as const,
    ),
  encoded("mandrill_events").map(
    (text) => ["application/x-www-form-urlencoded", `a=1&${text}&website=&mandrill_events=2`] as const,
  ),
  list.map(
    (text) =>
      [
        "application/x-www-form-urlencoded",
        `payload=${encodeURIComponent(`{"events":${text},"id":5,"type":"x"}`)}&hookline_open_ms=4000`,
      ] as const,
  ),
  list.map(
    (text) =>
      [
        "application/x-www-form-urlencoded",
        `payload=${encodeURIComponent(`{"events":${text},"id":5}`)}&events=own&website=filled`,
      ] as const,
  ),
  list.map(
    (text) =>
      [
        "multipart/form-data; boundary=b",
        `--b\r\ncontent-disposition: form-data; name="payload"\r\n\r\n{"events":${text}}\r\n` +
          `--b\r\ncontent-disposition: form-data; name="id"\r\n\r\n3\r\n--b--\r\n`,
      ] as const,
  ),
];

test("made-up batches in every form are read in a child as they are read in place, their texts byte for byte", () => {
  const providers = ["none", "sendgrid", "hubspot", "mandrill", "okta", "auth0", "cloudevents", "azure-event-grid"].map(
    getProvider,
  );
  fc.assert(
    fc.property(
      fc.oneof(...bodies),
      fc.constantFrom(...providers),
      fc.constantFrom(...ways),
      ([type, text], provider, way) => {
        const settings = settingsOf(way);
        expect(readLarge(provider, settings, request(type, text))).toEqual(
          readSmall(provider, settings, request(type, text)),
        );
      },
    ),
    { seed: SEED, numRuns: 3_000 },
  );
});

test("nothing goes to the child that the rules do not look at", () => {
  const sent: WebhookRequest = {
    ...request("application/json", "[]"),
    headers: [
      ["Authorization", "Bearer x"],
      ["X-Kind", "a"],
      ["Content-Type", "application/json"],
    ],
  };
  const seen = (way: (typeof ways)[number]) =>
    withoutTheRest({ provider: getProvider("none"), settings: settingsOf(way) }, sent);
  expect(seen({})).toMatchObject({ url: "/", headers: [["Content-Type", "application/json"]] });
  expect(seen({ eventType: { from: "header", name: "x-kind" } }).headers).toHaveLength(2);
  expect(seen({ dedupe: { kind: "fields", fields: [{ from: "query", name: "id" }] } }).url).toBe("/?kind=made&id=7");
});

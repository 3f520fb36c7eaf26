import { expect, test } from "vitest";
import { type EndpointSettings, endpointSettingsSchema } from "#lib/core/endpoint-settings.ts";
import { splitOf } from "#lib/door/split-event.ts";
import { getProvider } from "#lib/webhooks/providers/registry.generated.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";

const settings = (patch: Partial<EndpointSettings>) => ({ ...endpointSettingsSchema.parse({}), ...patch });
const request = (value: unknown): WebhookRequest => ({
  method: "POST",
  url: "/in/x?t=q",
  headers: [["Content-Type", "application/json"]],
  body: Buffer.from(JSON.stringify(value)),
});
const byPath = (path: string) => settings({ split: { kind: "path", path } });
const sayOf = (of: ReturnType<typeof splitOf>) => (of.kind === "off" ? null : of.check);

test("nothing is read while splitting is off", () => {
  const untouched = { method: "POST", url: "/", headers: [] } as unknown as WebhookRequest;
  expect(splitOf(settings({}), getProvider("sendgrid"), untouched)).toEqual({ kind: "off" });
});

test("a batch is split into named items with their keys", () => {
  const outcome = splitOf(
    settings({ split: { kind: "preset" } }),
    getProvider("sendgrid"),
    request([{ event: "open", sg_event_id: "x" }, { event: "bounce" }]),
  );
  expect(outcome).toMatchObject({
    kind: "items",
    check: { id: "split", status: "passed", message: "A batch of 2 items: each new one gets a run of its own." },
    items: [
      {
        index: 0,
        eventType: "open",
        deliveryId: "x",
        key: "x",
        json: '{"event":"open","sg_event_id":"x"}',
        windowSeconds: null,
      },
      { index: 1, eventType: "bounce", deliveryId: null, key: null },
    ],
  });
});

test("what cannot be split is kept whole, and one sentence says why", () => {
  const none = getProvider("none");
  expect(sayOf(splitOf(byPath("rows"), none, request({ a: 1 })))).toEqual({
    id: "split",
    status: "failed",
    message: "Nothing to split: there is no list at rows. Kept and run as one event.",
  });
  expect(sayOf(splitOf(byPath(""), none, request(Array.from({ length: 10_001 }, () => 0))))?.message).toBe(
    "It holds 10,001 items, more than the 10,000 that can be split. Kept and run as one event.",
  );
  expect(sayOf(splitOf(settings({ split: { kind: "preset" } }), none, request([])))?.status).toBe("failed");
  expect(sayOf(splitOf(byPath(""), none, { ...request([]), body: Buffer.from("<a/>") }))?.message).toContain(
    "cannot be read",
  );
});

test("an event that a sender of batches sends alone is no failure", () => {
  const outcome = splitOf(
    settings({ split: { kind: "preset" } }),
    getProvider("mailerlite"),
    request({ type: "subscriber.created" }),
  );
  expect(sayOf(outcome)).toMatchObject({
    status: "passed",
    message: "One event alone: there is no list at events. Kept and run as one event.",
  });
});

test("an empty batch has no items, and says so", () => {
  const outcome = splitOf(byPath("items"), getProvider("none"), request({ items: [] }));
  expect(outcome).toMatchObject({
    kind: "items",
    items: [],
    check: { status: "passed", message: "An empty batch: nothing in it to run." },
  });
});

test("the owner's places are looked up in each item; one outside names nameless items, tells none apart", () => {
  const own = settings({
    split: { kind: "path", path: "rows" },
    eventType: { from: "body", path: "kind" },
    dedupe: { kind: "source", source: { from: "body", path: "no" } },
  });
  const rows = { kind: "import", rows: [{ kind: "row.new", no: 7 }, { no: 8 }] };
  expect(splitOf(own, getProvider("none"), request(rows))).toMatchObject({
    items: [
      { eventType: "row.new", key: "7" },
      { eventType: "import", key: "8" },
    ],
  });
  const outside = settings({ ...own, dedupe: { kind: "source", source: { from: "query", name: "t" } } });
  expect(splitOf(outside, getProvider("none"), request(rows))).toMatchObject({ items: [{ key: null }, { key: null }] });
});

test("items are not looked for in earlier batches when the owner turned that off", () => {
  const off = settings({ split: { kind: "preset" }, dedupe: { kind: "off" } });
  expect(splitOf(off, getProvider("sendgrid"), request([{ sg_event_id: "x" }]))).toMatchObject({
    items: [{ key: null, deliveryId: "x" }],
  });
});

test("Grafana's reminder of an alert is not taken for a repeat", () => {
  const alerts = { alerts: [{ fingerprint: "f", status: "firing", startsAt: "2026-01-01T00:00:00Z" }] };
  expect(splitOf(settings({ split: { kind: "preset" } }), getProvider("grafana"), request(alerts))).toMatchObject({
    items: [{ key: null, windowSeconds: null }],
  });
});

import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { listProviders } from "#lib/webhooks/providers/registry.generated.ts";
import { recognizeProviders, recognizeSender } from "#lib/webhooks/recognize.ts";
import { sampleRequest, signDelivery } from "#lib/webhooks/sign-delivery.ts";
import type { HeaderList, WebhookRequest } from "#lib/webhooks/types.ts";
import { senderSetup } from "#tests/support/provider-keys.ts";

const NOW = new Date("2026-01-01T00:00:00Z");
/** Nothing tells these apart from any other sender. */
const UNRECOGNISABLE = ["none", "generic-hmac", "generic-basic", "generic-bearer", "generic-jwt", "html-forms"];

const senders = listProviders().filter(({ id }) => !UNRECOGNISABLE.includes(id));

async function genuine(provider: (typeof senders)[number]): Promise<WebhookRequest> {
  const { keys, settings } = senderSetup(provider, provider.schemes[0]);
  const delivery = await signDelivery(
    provider,
    sampleRequest(provider, "https://hooks.example.com/in/abc"),
    keys,
    settings,
    NOW,
  );
  if (delivery.kind === "cannot-sign") throw new Error(delivery.message);
  return delivery.request;
}

test("names at least 95 % of the senders from one genuine request, more than 40 of them", async () => {
  expect(senders.length).toBeGreaterThan(40);
  const wrong: string[] = [];
  for (const provider of senders)
    if (recognizeProviders(await genuine(provider))[0]?.id !== provider.id) wrong.push(provider.id);
  expect(wrong).toEqual([]);
});

/** Requests written from the senders' documentation, not from our own samples; `null`: nobody's. */
const documented = JSON.parse(readFileSync("tests/fixtures/sender-requests.json", "utf8")) as ReadonlyArray<{
  readonly sender: string | null;
  readonly method?: string;
  readonly url?: string;
  readonly headers: HeaderList;
  readonly body: string;
}>;

test("names the sender of every documented request, and is silent about those of nobody", () => {
  expect(new Set(documented.map(({ sender }) => sender)).size).toBeGreaterThan(80);
  const differing = documented.flatMap(({ sender, method = "POST", url = "/in/abc", headers, body }) => {
    const named = recognizeSender([{ method, url, headers, body: Buffer.from(body) }]);
    return named === sender ? [] : [`${sender} was taken for ${named}: ${body.slice(0, 60)}`];
  });
  expect(differing).toEqual([]);
});

test("agrees with itself over several requests", async () => {
  for (const provider of senders) {
    const request = await genuine(provider);
    expect(recognizeSender([request, request]), provider.id).toBe(provider.id);
  }
  expect(recognizeSender([])).toBeNull();
});

describe("is silent about requests of nobody in particular", () => {
  const json = (body: unknown, headers: HeaderList = []): WebhookRequest => ({
    method: "POST",
    url: "/in/abc",
    headers: [["Content-Type", "application/json"], ["User-Agent", "curl/8.5.0"], ...headers],
    body: Buffer.from(JSON.stringify(body)),
  });

  test.each([
    [{}],
    [[]],
    [{ hello: "world" }],
    [{ type: "order.created", data: { id: 1 } }],
    [{ event: "user.signup", payload: { email: "a@b.example" } }],
    [{ id: "evt_1", type: "x" }],
    [{ object: "event" }],
    [{ action: "opened", number: 1 }],
    [{ events: [{ type: "message" }] }],
    [{ message: "hi", timestamp: 1 }],
    [{ status: "firing", title: "x" }],
    [{ meta: { page: 1 }, data: [] }],
    [[{ id: 1, event: "x", timestamp: 1 }]],
    [{ name: "Ada", email: "ada@example.com" }],
    [{ type: "track", userId: "1" }],
    [{ schema: "public", rows: [] }],
    [{ update: 1, message: {} }],
  ])("%j", (body) => {
    expect(recognizeProviders(json(body))).toEqual([]);
  });

  test("a bare X-Signature or Authorization header says nothing", () => {
    expect(
      recognizeProviders(
        json({ a: 1 }, [
          ["X-Signature", "ab"],
          ["Authorization", "Bearer x"],
          ["X-Hub-Signature", "sha256=ab"],
        ]),
      ),
    ).toEqual([]);
  });

  test("random JSON", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => recognizeProviders(json(body)).length === 0),
      { seed: 20260101, numRuns: 300 },
    );
  });
});

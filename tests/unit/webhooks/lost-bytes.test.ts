import { expect, test } from "vitest";
import { lostBytes } from "#lib/webhooks/diagnose/lost-bytes.ts";
import { diagnose, VARIANTS_MAX } from "#lib/webhooks/diagnose.ts";
import { getProvider, listProviders } from "#lib/webhooks/providers/registry.generated.ts";
import { sampleRequest } from "#lib/webhooks/sign-delivery.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";
import { github, JSON_TYPE, mac, NOW, SECRET, stripe, URL_HERE } from "#tests/support/broken-setup.ts";

const post = (body: string | Uint8Array, type = "application/json"): WebhookRequest => ({
  method: "POST",
  url: URL_HERE,
  headers: [["Content-Type", type]],
  body: Buffer.from(body),
});

test.each([
  ["characters that were replaced", "github", post('{"name":"caf\uFFFD"}'), /replacement characters/],
  [
    "a form that became JSON",
    "github",
    post('{"a":1}', "application/x-www-form-urlencoded"),
    /form that was signed is lost/,
  ],
  ["JSON that became a form", "github", post("a=1&b[c]=2"), /JSON that was signed is lost/],
  [
    "pretty-printed JSON on one line",
    "stripe",
    post('{"id":"evt_1","total":1}'),
    /Stripe usually sends its JSON with line breaks/,
  ],
  [
    "a number that was rounded",
    "shopify",
    post('{"id":820982911946154500,"x":866550311766439000}'),
    /820982911946154500 looks rounded/,
  ],
  [
    "keys in alphabetical order",
    "github",
    post(
      '{"action":"opened","issue":{"body":"","id":1,"number":2,"state":"open","title":"x"},' +
        '"repository":{},"sender":{}}',
    ),
    /alphabetical order/,
  ],
] as const)("says what is lost for good: %s", (_, id, request, says) => {
  expect(lostBytes(getProvider(id), request)).toMatch(says);
});

test.each([
  ["a body as its sender writes it", "shopify", post('{"id":820982911946154508,"a":1}')],
  ["one exact number among rounded ones", "shopify", post('{"id":820982911946154500,"x":866550311766439021}')],
  ["digits inside a text", "shopify", post('{"id":"820982911946154500"}')],
  ["few keys that happen to be sorted", "github", post('{"action":"opened","number":1}')],
  ["no JSON at all", "github", post("hello", "text/plain")],
  ["nothing", "github", post("")],
] as const)("says nothing without evidence: %s", (_, id, request) => {
  expect(lostBytes(getProvider(id), request)).toBeNull();
});

test("no sender's own sample looks rewritten", () => {
  const suspected = listProviders().filter(
    (provider) => lostBytes(provider, sampleRequest(provider, URL_HERE)) !== null,
  );
  expect(suspected.map(({ id }) => id)).toEqual([]);
});

test("the doctor explains a mismatch that no guess can mend, and still refuses", async () => {
  const exact = '{"id":820982911946154508,"email":"a@b.example"}';
  const request: WebhookRequest = {
    ...post(exact.replace("508", "500")),
    headers: [JSON_TYPE, ["X-Shopify-Hmac-SHA256", mac(exact, SECRET, "sha256", "base64")]],
  };
  const diagnosis = await diagnose(getProvider("shopify"), request, { secrets: [SECRET] }, { now: NOW });
  expect(diagnosis).toMatchObject({
    kind: "explained",
    reason: "signature-mismatch",
    message: expect.stringMatching(/looks rounded/),
  });
  if (diagnosis.kind === "explained") expect(diagnosis.tried).toBeLessThanOrEqual(VARIANTS_MAX);
});

test("a body that can be brought back is named so, not as lost", async () => {
  const pretty = JSON.stringify({ id: "evt_1", total: 1 }, null, 2);
  const request = { ...post(JSON.stringify(JSON.parse(pretty))), headers: stripe(`1767225600.${pretty}`) };
  expect(await diagnose(getProvider("stripe"), request, { secrets: [SECRET] }, { now: NOW })).toMatchObject({
    kind: "would-match",
    mistake: "body-reserialised",
  });
});

test("a foreign signature over an untouched body stays unknown", async () => {
  const request = {
    ...post('{"zen":"x","hook_id":1}'),
    headers: github(`sha256=${mac("another body", "another secret")}`),
  };
  expect(await diagnose(getProvider("github"), request, { secrets: [SECRET] }, { now: NOW })).toMatchObject({
    kind: "unknown",
  });
});

import { expect, test } from "vitest";
import { diagnose } from "#lib/webhooks/diagnose.ts";
import { getProvider } from "#lib/webhooks/providers/registry.generated.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";
import { verify } from "#lib/webhooks/verify.ts";
import { JSON_TYPE, mac, NOW, SECONDS, URL_HERE } from "#tests/support/broken-setup.ts";

const gitlab = getProvider("gitlab");
const KEY = Buffer.from("0123456789abcdef0123456789abcdef");
const WHSEC = `whsec_${KEY.toString("base64")}`;
const BODY = '{"object_kind":"push"}';
const signed = (time = SECONDS, key = KEY): WebhookRequest => ({
  method: "POST",
  url: URL_HERE,
  headers: [
    JSON_TYPE,
    ["webhook-id", "msg_1"],
    ["webhook-timestamp", time],
    ["webhook-signature", `v1,${mac(`msg_1.${time}.${BODY}`, key, "sha256", "base64")}`],
  ],
  body: Buffer.from(BODY),
});
/** A plain token in front of the signing token, as while one replaces the other. */
const BOTH = { secrets: ["a-plain-token", WHSEC] };

test("of two secrets of different kinds, the failure that came furthest is told", async () => {
  expect((await verify(gitlab, signed(), BOTH, { now: NOW })).kind).toBe("verified");
  expect(await verify(gitlab, signed("1767220000"), BOTH, { now: NOW })).toMatchObject({ reason: "timestamp-too-old" });
  expect(await verify(gitlab, signed(SECONDS, Buffer.from("x")), BOTH, { now: NOW })).toMatchObject({
    reason: "signature-mismatch",
  });
  expect(
    await verify(gitlab, { ...signed(), headers: [JSON_TYPE, ["X-Gitlab-Token", "x"]] }, BOTH, { now: NOW }),
  ).toMatchObject({
    reason: "credential-mismatch",
  });
});

test("the doctor looks at the scheme whose signature came, whichever secret stands first", async () => {
  const stray = { ...signed(), body: Buffer.from(`${BODY}\n`) };
  expect(await diagnose(gitlab, stray, BOTH, { now: NOW })).toMatchObject({
    kind: "would-match",
    mistake: "body-newline",
  });
  expect(await diagnose(gitlab, signed("1767220000"), BOTH, { now: NOW })).toMatchObject({
    reason: "timestamp-too-old",
  });
  const named = { secrets: [`WEBHOOK_SECRET=${WHSEC}`] };
  expect(await diagnose(gitlab, signed(), named, { now: NOW })).toMatchObject({
    kind: "would-match",
    mistake: "secret-name",
  });
});

test("Grafana without a time is diagnosed as what it signs", async () => {
  const request = {
    ...signed(),
    headers: [JSON_TYPE, ["X-Grafana-Alerting-Signature", mac(BODY, "the-secret")] as const],
  };
  expect(await diagnose(getProvider("grafana"), request, { secrets: ["the-secret\n"] }, { now: NOW })).toMatchObject({
    kind: "would-match",
    mistake: "secret-whitespace",
  });
});

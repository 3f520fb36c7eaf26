import { expect, test } from "vitest";
import { getProvider } from "#lib/webhooks/providers/registry.generated.ts";
import { sampleRequest, signDelivery } from "#lib/webhooks/sign-delivery.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";
import { verify } from "#lib/webhooks/verify.ts";
import { JSON_TYPE, mac, NOW, SECONDS, SECRET, URL_HERE } from "#tests/support/broken-setup.ts";

const grafana = getProvider("grafana");
const BODY = '{"status":"firing"}';
const OWN = { secrets: [SECRET], options: { timestampHeader: "X-My-Time", signatureHeader: " X-My-Signature " } };
const post = (headers: WebhookRequest["headers"]): WebhookRequest => ({
  method: "POST",
  url: URL_HERE,
  headers: [JSON_TYPE, ...headers],
  body: Buffer.from(BODY),
});
const judge = (headers: WebhookRequest["headers"], settings: Parameters<typeof verify>[2] = OWN) =>
  verify(grafana, post(headers), settings, { now: NOW });

test("Grafana's headers are the ones its contact point names", async () => {
  const signature = ["x-my-signature", mac(`${SECONDS}:${BODY}`)] as const;
  expect((await judge([["X-My-Time", SECONDS], signature])).kind).toBe("verified");
  expect(
    await judge([
      ["X-My-Time", "1767220000"],
      ["x-my-signature", mac(`1767220000:${BODY}`)],
    ]),
  ).toMatchObject({
    reason: "timestamp-too-old",
  });
  expect(await judge([["X-Grafana-Alerting-Timestamp", SECONDS], signature])).toMatchObject({
    reason: "timestamp-missing",
  });
  expect(
    await judge([
      ["X-My-Time", SECONDS],
      ["X-Grafana-Alerting-Signature", signature[1]],
    ]),
  ).toMatchObject({
    reason: "signature-missing",
  });
});

test("who names a header for the time gets no delivery without it; who names none takes both forms", async () => {
  const plain = [["X-Grafana-Alerting-Signature", mac(BODY)]] as const;
  const timed = [
    ["X-Grafana-Alerting-Timestamp", SECONDS],
    ["X-Grafana-Alerting-Signature", mac(`${SECONDS}:${BODY}`)],
  ] as const;
  const settings = { secrets: [SECRET] };
  expect((await judge(plain, settings)).kind).toBe("verified");
  expect((await judge(timed, settings)).kind).toBe("verified");
  const insisting = { secrets: [SECRET], options: { timestampHeader: "x-grafana-alerting-timestamp" } };
  expect(await judge(plain, insisting)).toMatchObject({ kind: "rejected", reason: "timestamp-missing" });
  expect((await judge(timed, insisting)).kind).toBe("verified");
});

test("a delivery made here uses the named headers, too", async () => {
  const delivery = await signDelivery(grafana, sampleRequest(grafana, URL_HERE), { secret: SECRET }, OWN, NOW);
  if (delivery.kind === "cannot-sign") throw new Error(delivery.message);
  expect((await verify(grafana, delivery.request, OWN, { now: NOW })).kind).toBe("verified");
});

test("Salesforce's messages are proved by a secret in the URL, and the organization's id if entered", async () => {
  const salesforce = getProvider("salesforce-outbound-message");
  const settings = { scheme: "query", secrets: ["s3cret"], options: { organizationId: "00D300000000TTT" } };
  const at = (url: string, own = settings) => verify(salesforce, sampleRequest(salesforce, url), own, { now: NOW });
  expect((await at(`${URL_HERE}?secret=s3cret`)).kind).toBe("verified");
  expect(await at(`${URL_HERE}?secret=other`)).toMatchObject({ reason: "credential-mismatch" });
  expect(await at(URL_HERE)).toMatchObject({ reason: "credential-missing" });
  expect(
    await at(`${URL_HERE}?secret=s3cret`, { ...settings, options: { organizationId: "00D300000000XXX" } }),
  ).toMatchObject({
    reason: "field-mismatch",
  });
  const hostile = {
    ...sampleRequest(salesforce, `${URL_HERE}?secret=s3cret`),
    body: Buffer.from("<!DOCTYPE x><OrganizationId>00D300000000TTT</OrganizationId>"),
  };
  expect(await verify(salesforce, hostile, settings, { now: NOW })).toMatchObject({ reason: "body-unreadable" });
});

test("Contentful's secrets have 64 characters, and its requests expire at exactly 30 seconds", async () => {
  const contentful = getProvider("contentful");
  const secret = "s".repeat(64);
  const delivery = await signDelivery(
    contentful,
    sampleRequest(contentful, URL_HERE),
    { secret },
    { secrets: [secret], publicUrl: URL_HERE },
    NOW,
  );
  if (delivery.kind === "cannot-sign") throw new Error(delivery.message);
  const after = (ms: number, secrets = [secret]) =>
    verify(contentful, delivery.request, { secrets, publicUrl: URL_HERE }, { now: new Date(NOW.getTime() + ms) });
  expect((await after(29_999)).kind).toBe("verified");
  expect(await after(30_000)).toMatchObject({ reason: "timestamp-too-old" });
  expect((await after(-30_000)).kind).toBe("verified");
  expect(await after(-30_001)).toMatchObject({ reason: "timestamp-in-future" });
  expect(await after(0, ["short"])).toMatchObject({ reason: "secret-unusable" });
});

test("Basic credentials count in their one canonical writing only", async () => {
  const basic = getProvider("generic-basic");
  const sent = (value: string) =>
    verify(
      basic,
      { ...post([["Authorization", value]]), headers: [["Authorization", value]] },
      { secrets: ["user:pass1"] },
      { now: NOW },
    );
  expect((await sent("basic dXNlcjpwYXNzMQ==")).kind).toBe("verified");
  for (const value of [
    "Basic dXNlcjpwYXNzMQ",
    "Basic dXNlcjpwYXNzMQ=",
    "Basic dXNlcjpwYXNzMR==",
    "Basic dXNlcjpwYXNz-Q==",
  ])
    expect(await sent(value), value).toMatchObject({ reason: "credential-malformed" });
});

test("Mailgun's events verify without a content type, and forms of its routes only as forms", async () => {
  const mailgun = getProvider("mailgun");
  const signature = { timestamp: SECONDS, token: "t0ken", signature: mac(`${SECONDS}t0ken`) };
  const event = {
    method: "POST",
    url: URL_HERE,
    headers: [],
    body: Buffer.from(JSON.stringify({ signature, "event-data": {} })),
  };
  expect((await verify(mailgun, event, { secrets: [SECRET] }, { now: NOW })).kind).toBe("verified");
  const form = (headers: WebhookRequest["headers"]): WebhookRequest => ({
    ...event,
    headers,
    body: Buffer.from(new URLSearchParams(signature).toString()),
  });
  expect((await verify(mailgun, form([]), { secrets: [SECRET] }, { now: NOW })).kind).toBe("rejected");
  const typed = form([["Content-Type", "application/x-www-form-urlencoded"]]);
  expect((await verify(mailgun, typed, { secrets: [SECRET] }, { now: NOW })).kind).toBe("verified");
});

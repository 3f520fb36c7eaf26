import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { dedupeKey } from "#lib/webhooks/dedupe-key.ts";
import { answerHandshake } from "#lib/webhooks/handshake.ts";
import { nameEvent } from "#lib/webhooks/name-event.ts";
import type { Provider } from "#lib/webhooks/provider-types.ts";
import { listProviders } from "#lib/webhooks/providers/registry.generated.ts";
import type { Scheme } from "#lib/webhooks/scheme-types.ts";
import { sampleRequest, signDelivery } from "#lib/webhooks/sign-delivery.ts";
import { splitBatch } from "#lib/webhooks/split-batch.ts";
import type { VerificationSettings, VerifyResult, WebhookRequest } from "#lib/webhooks/types.ts";
import { verify } from "#lib/webhooks/verify.ts";
import { PUBLIC_URL, senderSetup } from "#tests/support/provider-keys.ts";

const NOW = new Date("2026-01-01T00:00:00.000Z");
const DAY_MS = 86_400_000;

/** Schemes whose proof does not cover the body, by their senders' own design. */
const BODY_NOT_COVERED = new Set([
  "google-pubsub/google-pubsub",
  "monday/monday",
  "mailgun/event",
  "mailgun/route",
  "adyen/auto",
  "adyen/payment",
  "mailgun/auto",
  "azure-event-grid/entra-id",
  "generic-jwt/jwt",
  "gitlab/auto",
  "google-cloud-monitoring/auto",
  "supabase/auto",
  "aws-sns/aws-sns",
]);

test("the registry holds every provider file once, under its own name", () => {
  const files = readdirSync("lib/webhooks/providers").filter((file) => !file.endsWith(".generated.ts"));
  expect(listProviders().map(({ id }) => `${id}.ts`)).toEqual(files.sort());
});

const cases = listProviders().flatMap((provider) =>
  provider.schemes.map((scheme) => [`${provider.id}/${scheme.id}`, provider, scheme] as const),
);

describe.each(cases)("%s", (name, provider, scheme) => {
  const signed = async (
    request: WebhookRequest = start(provider, scheme),
    now = NOW,
  ): Promise<{
    request: WebhookRequest;
    check: (changed?: WebhookRequest, settings?: VerificationSettings, at?: Date) => Promise<VerifyResult>;
  }> => {
    const { keys, settings, fetchText } = senderSetup(provider, scheme);
    const delivery = await signDelivery(provider, request, keys, settings, now);
    if (delivery.kind === "cannot-sign") throw new Error(delivery.message);
    return {
      request: delivery.request,
      check: (changed = delivery.request, own = settings, at = NOW) =>
        verify(provider, changed, own, { now: at, fetchText }),
    };
  };
  const unsigned = scheme.kind === "none" || (scheme.kind === "custom" && scheme.verifier === "salesforce");

  test("its own signature verifies", async () => {
    const { check } = await signed();
    const result = await check();
    expect(result.kind, JSON.stringify(result)).toBe(unsigned ? "not-configured" : "verified");
    if (result.kind === "verified") expect(result.checks.every(({ status }) => status !== "failed")).toBe(true);
  });

  if (!(unsigned || scheme.kind === "token" || BODY_NOT_COVERED.has(name)))
    test("a changed body is refused", async () => {
      const { request, check } = await signed();
      const text = Buffer.from(request.body).toString("latin1");
      for (const body of [
        Buffer.from(`${text} `, "latin1"),
        Buffer.from(text.replace(/[a-z](?=[^a-z]*$)/, "Z"), "latin1"),
        new Uint8Array(0),
      ]) {
        const changed = { ...request, body };
        expect((await check(changed)).kind).not.toBe("verified");
      }
    });

  if (!unsigned)
    test("another secret is refused, and so are none and an empty one", async () => {
      const { request, check } = await signed();
      const foreign = senderSetup(provider, scheme, true).settings;
      const jwks = scheme.kind === "jwt" && scheme.keys.from === "jwks";
      if (!jwks && provider.id !== "aws-sns") {
        expect((await check(request, foreign)).kind).toBe("rejected");
        for (const secrets of [[], [""], ["", ""]]) {
          const result = await check(request, { ...foreign, secrets });
          expect(result).toMatchObject({ kind: "rejected", reason: "secret-missing" });
        }
      }
      if (jwks || provider.id === "aws-sns")
        expect((await check(request, { ...foreign, options: { tenantId: "x" }, publicUrl: "" })).kind).toBe("rejected");
    });

  if (!(unsigned || provider.id === "aws-sns"))
    test("the new and the old secret both verify while they rotate", async () => {
      const { request, check } = await signed();
      const { settings } = senderSetup(provider, scheme);
      const foreign = senderSetup(provider, scheme, true).settings.secrets;
      if (foreign.length === 0) return;
      expect(await check(request, { ...settings, secrets: [...foreign, ...settings.secrets] })).toMatchObject({
        kind: "verified",
        secretIndex: foreign.length,
      });
    });

  if (!unsigned)
    test("a request without its proof is refused", async () => {
      const { check } = await signed();
      expect(
        (
          await check({
            ...start(provider),
            headers: start(provider).headers.filter(([header]) => !/sign|auth/i.test(header)),
            body: Buffer.from("{}"),
          })
        ).kind,
      ).toBe("rejected");
    });

  if (!unsigned)
    test("a header of the proof sent twice counts as missing", async () => {
      const { request, check } = await signed();
      const before = new Set(start(provider).headers.map(([header]) => header.toLowerCase()));
      for (const added of request.headers.filter(([header]) => !before.has(header.toLowerCase()))) {
        for (const copy of [added, [added[0], "x"] as const])
          expect((await check({ ...request, headers: [copy, ...request.headers] })).kind, added[0]).toBe("rejected");
      }
    });

  if (judgesTime(scheme))
    test("a delivery a day old or a day early is refused", async () => {
      for (const at of [new Date(NOW.getTime() + DAY_MS), new Date(NOW.getTime() - DAY_MS)]) {
        const { request, check } = await signed();
        const result = await check(request, undefined, at);
        expect(result.kind).toBe("rejected");
        if (result.kind === "rejected") expect(result.reason).toMatch(/^timestamp-|^token-/);
      }
    });
});

describe.each(listProviders().map((provider) => [provider.id, provider] as const))("%s", (_, provider) => {
  test("names its sample's event", () => {
    expect(nameEvent(provider, start(provider))).toBe(provider.sample.eventType);
  });

  test("knows a redelivery of its sample, and no other delivery for it", () => {
    const request = start(provider);
    const first = dedupeKey(provider.dedupe, request);
    expect(dedupeKey(provider.dedupe, { ...request, body: Buffer.from(request.body) })).toEqual(first);
    if (first.kind !== "none") expect(first.key.length).toBeLessThanOrEqual(200);
  });

  test("its sample is no handshake", () => {
    expect(answerHandshake(provider, start(provider), { secrets: ["x"], options: {} })).toBeNull();
  });

  test("splits its sample when it comes in batches", () => {
    if (provider.batch === null || provider.id === "mailerlite" || provider.id === "cloudevents") return;
    const items = splitBatch(provider.batch, start(provider));
    if (items.kind !== "items") throw new Error(`no items: ${items.kind}`);
    expect(items.items.length).toBeGreaterThan(0);
    expect(items.items.map((item) => item.eventType)).not.toContain(null);
  });

  test("says in whole sentences where URL and secret belong", () => {
    const { help, delivery } = provider;
    for (const text of [help.pasteUrl, delivery.answer, delivery.retries, delivery.rotation, ...help.pitfalls])
      expect(text).toMatch(/^.{4,}[.…?]$/s);
    expect(help.secretWhere === null).toBe(help.secretLooksLike === null);
    expect(help.docsUrl ?? "https://").toMatch(/^https:\/\//);
  });
});

function start(provider: Provider, scheme?: Scheme): WebhookRequest {
  const sample = sampleRequest(provider, PUBLIC_URL);
  // Inbound routes of Mailgun are forms, its events JSON.
  return provider.id === "mailgun" && scheme?.id === "route"
    ? {
        ...sample,
        headers: [["Content-Type", "application/x-www-form-urlencoded"]],
        body: Buffer.from("recipient=a%40b.example&token=50dcec4a&timestamp=0&signature="),
      }
    : sample;
}

function judgesTime(scheme: Scheme): boolean {
  if (scheme.kind === "hmac" || scheme.kind === "asymmetric")
    return scheme.timestamp !== undefined && scheme.timestamp.toleranceSeconds !== null;
  return scheme.kind === "custom"
    ? scheme.verifier === "contentful"
    : scheme.kind === "jwt" && (scheme.expiryRequired === true || scheme.maxAgeSeconds !== undefined);
}

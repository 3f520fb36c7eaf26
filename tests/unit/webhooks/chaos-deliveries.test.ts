import { expect, test } from "vitest";
import { CHAOS_VARIANTS, type ChaosDelivery, type ChaosVariant, planChaos } from "#lib/webhooks/chaos-deliveries.ts";
import { dedupeKey } from "#lib/webhooks/dedupe-key.ts";
import { getProvider, listProviders } from "#lib/webhooks/providers/registry.generated.ts";
import { verify } from "#lib/webhooks/verify.ts";

const NOW = new Date("2026-01-01T00:00:00Z");
const URL_HERE = "http://127.0.0.1:3000/in/abc";
const settings = { secrets: ["secret"], publicUrl: URL_HERE, options: {} };

async function plan(
  id: string,
  variants: readonly ChaosVariant[] = CHAOS_VARIANTS.filter((variant) => variant !== "oversized"),
  seed = 7,
): Promise<readonly ChaosDelivery[]> {
  const made = await planChaos(getProvider(id), URL_HERE, { secret: "secret" }, settings, variants, seed, NOW);
  if (made.kind === "cannot-sign") throw new Error(made.message);
  return made.deliveries;
}

test("Stripe: each variant is expected to end as it should", async () => {
  expect((await plan("stripe")).map(({ variant, expected }) => [variant, expected])).toEqual([
    ["valid", "accepted"],
    ["tampered", "refused"],
    ["duplicate", "accepted"],
    ["duplicate", "accepted-once"],
    ["reordered", "accepted"],
    ["reordered", "accepted"],
    ["late", "refused"],
    ["slow", "accepted"],
    ["replayed-signature", "refused"],
    ["unsigned", "refused"],
  ]);
});

test("GitHub signs no time: a late delivery is as good as any", async () => {
  expect((await plan("github", ["late"])).map(({ expected }) => expected)).toEqual(["accepted"]);
});

test("the same seed makes the same deliveries, another seed others", async () => {
  const bytes = async (seed: number): Promise<string> =>
    JSON.stringify(
      (await plan("stripe", ["valid", "tampered"], seed)).map(({ request }) => [
        request.headers,
        Buffer.from(request.body).toString("base64"),
      ]),
    );
  expect(await bytes(1)).toBe(await bytes(1));
  expect(await bytes(1)).not.toBe(await bytes(2));
});

test("only a duplicate repeats a delivery id", async () => {
  const provider = getProvider("stripe");
  const keys = (await plan("stripe", ["valid", "duplicate", "reordered"])).map(({ request }) =>
    dedupeKey(provider.dedupe, request),
  );
  expect(new Set(keys.map((key) => JSON.stringify(key))).size).toBe(4);
  expect(keys[1]).toEqual(keys[2]);
});

test("an oversized body is larger than any endpoint takes by default", async () => {
  const [delivery] = await plan("none", ["oversized"]);
  expect(delivery).toMatchObject({ expected: "too-large" });
  expect(delivery?.request.body.byteLength).toBeGreaterThan(25 * 1024 * 1024);
});

test("every sender's plan agrees with the verifier, or says why it cannot sign", async () => {
  for (const provider of listProviders()) {
    const own = provider.id === "adyen" ? { ...settings, secrets: ["ab".repeat(32)] } : settings;
    const made = await planChaos(
      provider,
      URL_HERE,
      { secret: own.secrets[0] ?? "" },
      own,
      ["valid", "tampered"],
      1,
      NOW,
    );
    if (made.kind === "cannot-sign")
      expect(made.message, provider.id).toMatch(/private key|secret is not|certificate|JSON/);
    else
      for (const { request, expected } of made.deliveries)
        expect(
          ["verified", "not-configured"].includes((await verify(provider, request, own, { now: NOW })).kind),
          provider.id,
        ).toBe(expected === "accepted");
  }
});

test("a sender whose private key is its own still gets what needs no signature", async () => {
  const made = await planChaos(
    getProvider("discord"),
    URL_HERE,
    { secret: "" },
    { ...settings, secrets: ["ab".repeat(32)] },
    ["unsigned", "oversized"],
    1,
    NOW,
    2_000,
  );
  if (made.kind === "cannot-sign") throw new Error(made.message);
  expect(made.deliveries.map(({ variant, expected }) => [variant, expected])).toEqual([
    ["unsigned", "refused"],
    ["oversized", "too-large"],
  ]);
  expect(made.deliveries[1]?.request.body.byteLength).toBeGreaterThan(2_000);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { listProviders } from "#lib/webhooks/providers/registry.generated.ts";
import { signDelivery } from "#lib/webhooks/sign-delivery.ts";
import { verify } from "#lib/webhooks/verify.ts";

const NOW = new Date("2026-01-01T00:00:00Z");

test("whatever the bytes, what is signed verifies and what is changed does not", async () => {
  const providers = listProviders().filter(
    ({ schemes }) =>
      schemes[0].kind === "hmac" &&
      schemes[0].template.includes("{body}") &&
      schemes[0].timestamp?.bodyPath === undefined,
  );
  expect(providers.length).toBeGreaterThan(30);
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ minLength: 1, maxLength: 300 }),
      fc.constantFrom(...providers),
      fc.nat(),
      async (body, provider, at) => {
        const secret = Buffer.from("0123456789abcdef").toString("base64");
        const settings = { secrets: [secret], publicUrl: "https://hooks.example.com/in/abc" };
        const request = { method: "POST", url: "/in/abc", headers: [], body };
        const delivery = await signDelivery(provider, request, { secret }, settings, NOW);
        if (delivery.kind === "cannot-sign") return false;
        const changed = Uint8Array.from(body);
        changed[at % body.length] = (changed[at % body.length] ?? 0) ^ 1;
        const genuine = await verify(provider, delivery.request, settings, { now: NOW });
        const tampered = await verify(provider, { ...delivery.request, body: changed }, settings, { now: NOW });
        return genuine.kind === "verified" && tampered.kind === "rejected";
      },
    ),
    { seed: 20260101, numRuns: 300 },
  );
});

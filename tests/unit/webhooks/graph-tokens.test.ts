import { createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { importPKCS8, SignJWT } from "jose";
import { expect, test } from "vitest";
import { getProvider } from "#lib/webhooks/providers/registry.generated.ts";
import type { VerifyResult } from "#lib/webhooks/types.ts";
import { verify } from "#lib/webhooks/verify.ts";

const KEY = readFileSync("tests/fixtures/sender/rsa.key.pem", "utf8");
const NOW = new Date("2026-01-01T00:00:00Z");
const APPLICATION = "925bff9b-f6e2-4a69-b858-f71ea2b9b6d0";
const PUBLISHER = "0bf30f3b-4a52-48df-9a82-234910c4a086";
const SECRET = "a client state nobody guesses";

const keySet = JSON.stringify({
  keys: [{ ...createPublicKey(KEY).export({ format: "jwk" }), kid: "k1", alg: "RS256" }],
});

async function token(claims: Record<string, string>, audience = APPLICATION, expires = "1h"): Promise<string> {
  const issued = NOW.getTime() / 1000 - 10;
  return new SignJWT({ tid: "84bd8158-6d4d-4958-8b9f-9d6445542f95", ...claims })
    .setProtectedHeader({ alg: "RS256", kid: "k1" })
    .setIssuedAt(issued)
    .setExpirationTime(expires === "past" ? issued - 3_600 : issued + 3_600)
    .setAudience(audience)
    .sign(await importPKCS8(KEY, "RS256"));
}

function check(body: object, options: Record<string, string> = { applicationId: APPLICATION }): Promise<VerifyResult> {
  return verify(
    getProvider("microsoft-graph"),
    {
      method: "POST",
      url: "/in/abc",
      headers: [["content-type", "application/json"]],
      body: Buffer.from(JSON.stringify(body)),
    },
    { secrets: [SECRET], options },
    { now: NOW, fetchText: async () => ({ kind: "ok", text: keySet }) },
  );
}

const rich = { clientState: SECRET, encryptedContent: { data: "…" } };

test.each(["azp", "appid"])("tokens of the publisher for the owner's application verify (%s)", async (claim) => {
  const result = await check({
    value: [rich],
    validationTokens: [await token({ [claim]: PUBLISHER }), await token({ [claim]: PUBLISHER })],
  });
  expect(result).toMatchObject({
    kind: "verified",
    checks: expect.arrayContaining([expect.objectContaining({ id: "token-valid", status: "passed" })]),
  });
});

test("a plain notification needs no token", async () => {
  expect((await check({ value: [{ clientState: SECRET }] })).kind).toBe("verified");
});

test("without an application id the checks say that tokens are not judged", async () => {
  const result = await check({ value: [rich], validationTokens: ["x.y.z"] }, {});
  expect(result.kind).toBe("verified");
  expect(result.checks.at(-1)).toMatchObject({ id: "token-valid", status: "not-configured" });
});

test.each([
  ["of another application's publisher", async () => [await token({ azp: "another" })], "token-claim"],
  ["for another application", async () => [await token({ azp: PUBLISHER }, "another")], "token-claim"],
  ["that has expired", async () => [await token({ azp: PUBLISHER }, APPLICATION, "past")], "token-expired"],
  ["that is none", async () => ["no token"], "token-malformed"],
  ["beside a right one", async () => [await token({ azp: PUBLISHER }), 7], "token-malformed"],
  ["missing from encrypted content", async () => undefined, "credential-missing"],
  ["in a list without end", async () => Array.from({ length: 21 }, () => "a.b.c"), "credential-missing"],
])("a token %s is refused", async (_what, tokens, reason) => {
  expect(await check({ value: [rich], validationTokens: await tokens() })).toMatchObject({ kind: "rejected", reason });
});

test("a wrong clientState is refused whatever the tokens", async () => {
  const body = { value: [{ ...rich, clientState: "guess" }], validationTokens: [await token({ azp: PUBLISHER })] };
  expect(await check(body)).toMatchObject({ kind: "rejected", reason: "credential-mismatch" });
});

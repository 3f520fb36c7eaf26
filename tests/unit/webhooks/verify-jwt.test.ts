import { createHash, generateKeyPairSync } from "node:crypto";
import { SignJWT } from "jose";
import { describe, expect, test } from "vitest";
import { getProvider } from "#lib/webhooks/providers/registry.generated.ts";
import type { FetchTextHow, VerificationSettings, VerifyResult } from "#lib/webhooks/types.ts";
import { verify } from "#lib/webhooks/verify.ts";

const NOW = new Date("2026-01-01T00:00:00Z");
const AT = NOW.getTime() / 1000;
const BODY = Buffer.from('{\n  "item_id": "x"\n}');
const HASH = createHash("sha256").update(BODY).digest("hex");
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const jwks = (kid: string): string =>
  JSON.stringify({ keys: [{ ...rsa.publicKey.export({ format: "jwk" }), kid, alg: "RS256", use: "sig" }] });
const GOOGLE = {
  iss: "https://accounts.google.com",
  aud: "https://hooks.example.com/in/abc",
  email: "push@p.iam.gserviceaccount.com",
  email_verified: true,
  iat: AT,
  exp: AT + 3600,
};
const GOOGLE_SETTINGS: VerificationSettings = {
  secrets: [],
  publicUrl: GOOGLE.aud,
  options: { serviceAccountEmail: GOOGLE.email },
};

async function google(
  claims: object,
  settings = GOOGLE_SETTINGS,
  served: (how?: FetchTextHow) => string = () => jwks("k1"),
): Promise<VerifyResult> {
  const token = await new SignJWT({ ...claims }).setProtectedHeader({ alg: "RS256", kid: "k1" }).sign(rsa.privateKey);
  return verify(
    getProvider("google-pubsub"),
    { method: "POST", url: "/in/abc", headers: [["Authorization", `Bearer ${token}`]], body: BODY },
    settings,
    { now: NOW, fetchText: async (_, how) => ({ kind: "ok", text: served(how) }) },
  );
}

describe("Google's tokens", () => {
  test.each(["[]", "{}", '{"keys":7}', '{"keys":[7]}', '{"keys":[null]}', "<html>"])(
    "a key set %s is no key set",
    async (text) => {
      expect(await google(GOOGLE, GOOGLE_SETTINGS, () => text)).toMatchObject({
        kind: "unavailable",
        reason: "keys-unavailable",
      });
    },
  );

  test.each([
    [{ kty: "RSA", n: "AA", e: "AQAB" }],
    [{ kty: "RSA", n: "%%", e: "" }],
    [{ kty: "RSA" }],
    [{ kty: "EC", crv: "P-256", x: "AA", y: "AA" }],
  ])("a published key that is none, %j, refuses and breaks nothing", async (key) => {
    const served = JSON.stringify({ keys: [{ ...key, kid: "k1", alg: "RS256", use: "sig" }] });
    expect(await google(GOOGLE, GOOGLE_SETTINGS, () => served)).toMatchObject({ kind: "rejected" });
  });

  test("verify for the expected account and audience", async () => {
    expect(await google(GOOGLE)).toMatchObject({ kind: "verified", signedAt: NOW });
  });

  test.each([
    ["another audience", { aud: "https://other.example/" }, "token-claim"],
    ["another issuer", { iss: "https://evil.example" }, "token-claim"],
    ["another account", { email: "evil@p.iam.gserviceaccount.com" }, "token-claim"],
    ["an unverified account", { email_verified: false }, "token-claim"],
    ["expired", { exp: AT - 60 }, "token-expired"],
    ["without an end", { exp: undefined }, "token-claim"],
    ["not valid yet", { nbf: AT + 600 }, "token-not-yet-valid"],
    ["issued in the future", { iat: AT + 600 }, "token-not-yet-valid"],
  ])("are refused: %s", async (_, change, reason) => {
    expect(await google({ ...GOOGLE, ...change })).toMatchObject({ kind: "rejected", reason });
  });

  test("are refused while the account is not configured", async () => {
    expect(await google(GOOGLE, { ...GOOGLE_SETTINGS, options: {} })).toMatchObject({
      kind: "rejected",
      reason: "setting-missing",
    });
    expect(await google(GOOGLE, { ...GOOGLE_SETTINGS, publicUrl: "" })).toMatchObject({
      kind: "rejected",
      reason: "setting-missing",
    });
  });

  test("a key the cache does not know yet is fetched anew, once", async () => {
    const asked: boolean[] = [];
    const served = (how?: FetchTextHow): string => {
      asked.push(how?.refresh ?? false);
      return jwks(how?.refresh ? "k1" : "k0");
    };
    expect((await google(GOOGLE, GOOGLE_SETTINGS, served)).kind).toBe("verified");
    expect(asked).toEqual([false, true]);
    expect(await google(GOOGLE, GOOGLE_SETTINGS, () => jwks("k9"))).toMatchObject({
      kind: "rejected",
      reason: "signature-mismatch",
    });
  });

  test("keys that cannot be fetched or read make the request unavailable", async () => {
    expect(await google(GOOGLE, GOOGLE_SETTINGS, () => "<html>")).toMatchObject({
      kind: "unavailable",
      reason: "keys-unavailable",
    });
  });
});

describe("Plaid's tokens", () => {
  const jwk = { ...ec.publicKey.export({ format: "jwk" }), kid: "p1", alg: "ES256", use: "sig" };
  const settings = (secret: string): VerificationSettings => ({
    secrets: [secret],
    options: { clientId: "client", environment: "sandbox" },
  });
  const plaid = async (
    claims: object,
    own: VerificationSettings,
    answer: string | null = JSON.stringify({ key: jwk }),
  ): Promise<{ result: VerifyResult; posts: unknown[] }> => {
    const posts: unknown[] = [];
    const token = await new SignJWT({ ...claims }).setProtectedHeader({ alg: "ES256", kid: "p1" }).sign(ec.privateKey);
    const fetchText = async (url: string, how?: FetchTextHow) => {
      posts.push([url, JSON.parse(how?.post?.body ?? "null")]);
      return answer === null ? ({ kind: "failed", message: "down" } as const) : ({ kind: "ok", text: answer } as const);
    };
    return {
      result: await verify(
        getProvider("plaid"),
        { method: "POST", url: "/in/abc", headers: [["Plaid-Verification", token]], body: BODY },
        own,
        { now: NOW, fetchText },
      ),
      posts,
    };
  };

  test("verify with the key Plaid hands out for the client's credentials", async () => {
    const { result, posts } = await plaid({ iat: AT, request_body_sha256: HASH }, settings("api-secret"));
    expect(result.kind).toBe("verified");
    expect(posts).toEqual([
      [
        "https://sandbox.plaid.com/webhook_verification_key/get",
        { client_id: "client", secret: "api-secret", key_id: "p1" },
      ],
    ]);
  });

  test("verify with a pasted key, without asking anybody", async () => {
    const { result, posts } = await plaid({ iat: AT, request_body_sha256: HASH }, settings(JSON.stringify(jwk)));
    expect(result.kind).toBe("verified");
    expect(posts).toEqual([]);
  });

  test("are refused when old, early, or for another body", async () => {
    expect((await plaid({ iat: AT - 400, request_body_sha256: HASH }, settings("s"))).result).toMatchObject({
      kind: "rejected",
      reason: "token-expired",
    });
    expect((await plaid({ iat: AT + 60, request_body_sha256: HASH }, settings("s"))).result.kind).toBe("rejected");
    expect((await plaid({ iat: AT, request_body_sha256: HASH.replace(/./, "x") }, settings("s"))).result).toMatchObject(
      {
        kind: "rejected",
        reason: "body-hash-mismatch",
      },
    );
    expect((await plaid({ iat: AT }, settings("s"))).result).toMatchObject({
      kind: "rejected",
      reason: "body-hash-mismatch",
    });
  });

  test("are unavailable while Plaid does not answer", async () => {
    expect((await plaid({ iat: AT, request_body_sha256: HASH }, settings("s"), null)).result).toMatchObject({
      kind: "unavailable",
    });
  });

  test("an environment cannot turn the address into another host", async () => {
    const { posts } = await plaid(
      { iat: AT },
      { secrets: ["s"], options: { clientId: "c", environment: "evil.example/#" } },
    );
    expect(JSON.stringify(posts)).toContain("https://evil.example.plaid.com/webhook_verification_key/get");
  });
});

test("another algorithm of the same kind of key is refused", async () => {
  const check = async (
    id: string,
    header: string,
    token: string,
    settings: VerificationSettings,
  ): Promise<VerifyResult> =>
    verify(getProvider(id), { method: "POST", url: "/in/abc", headers: [[header, token]], body: BODY }, settings, {
      now: NOW,
      fetchText: async () => ({
        kind: "ok",
        text: JSON.stringify({ keys: [rsa.publicKey.export({ format: "jwk" })] }),
      }),
    });
  const netlify = async (alg: string): Promise<string> =>
    new SignJWT({ iss: "netlify", sha256: HASH }).setProtectedHeader({ alg }).sign(Buffer.from("secret"));
  expect((await check("netlify", "X-Webhook-Signature", await netlify("HS256"), { secrets: ["secret"] })).kind).toBe(
    "verified",
  );
  expect(await check("netlify", "X-Webhook-Signature", await netlify("HS512"), { secrets: ["secret"] })).toMatchObject({
    kind: "rejected",
    reason: "token-algorithm",
  });
  const signed = await new SignJWT({ ...GOOGLE }).setProtectedHeader({ alg: "RS512" }).sign(rsa.privateKey);
  expect(await check("google-pubsub", "Authorization", `Bearer ${signed}`, GOOGLE_SETTINGS)).toMatchObject({
    kind: "rejected",
    reason: "token-algorithm",
  });
});

describe("any sender's tokens", () => {
  const generic = async (token: string, secret: string, options: Record<string, string> = {}): Promise<VerifyResult> =>
    verify(
      getProvider("generic-jwt"),
      { method: "POST", url: "/in/abc", headers: [["Authorization", token]], body: BODY },
      { secrets: [secret], options },
      { now: NOW },
    );

  test("algorithms are pinned to the kind of key", async () => {
    const pem = rsa.publicKey.export({ format: "pem", type: "spki" }).toString();
    const confused = await new SignJWT({}).setProtectedHeader({ alg: "HS256" }).sign(Buffer.from(pem));
    expect(await generic(confused, pem)).toMatchObject({ kind: "rejected", reason: "token-algorithm" });
    const none = `${Buffer.from('{"alg":"none"}').toString("base64url")}.e30.AA`;
    expect((await generic(none, "secret")).kind).toBe("rejected");
    const signed = await new SignJWT({}).setProtectedHeader({ alg: "RS256" }).sign(rsa.privateKey);
    expect((await generic(signed, pem)).kind).toBe("verified");
    expect((await generic(signed, "a shared secret")).kind).toBe("rejected");
  });

  test("issuer, audience and body hash are checked when they are configured", async () => {
    const token = await new SignJWT({ iss: "me", aud: ["you", "other"], sha: HASH })
      .setProtectedHeader({ alg: "HS512" })
      .sign(Buffer.from("secret"));
    expect(
      (await generic(`bearer ${token}`, "secret", { issuer: "me", audience: "you", bodyHashClaim: "sha" })).kind,
    ).toBe("verified");
    expect((await generic(token, "secret", { issuer: "you" })).kind).toBe("rejected");
    expect((await generic(token, "secret", { audience: "me" })).kind).toBe("rejected");
    expect((await generic(token, "secret", { bodyHashClaim: "iss" })).kind).toBe("rejected");
  });

  test("a signature whose last letter only differs in unused bits is refused", async () => {
    const token = await new SignJWT({}).setProtectedHeader({ alg: "HS256" }).sign(Buffer.from("secret"));
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const changed = token.slice(0, -1) + letters[letters.indexOf(token.at(-1) ?? "A") ^ 1];
    expect(await generic(changed, "secret")).toMatchObject({ kind: "rejected", reason: "token-malformed" });
  });
});

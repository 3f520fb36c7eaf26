import { createHash, createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { DiagnoseHints } from "#lib/webhooks/diagnose/diagnosis.ts";
import { diagnose, VARIANTS_MAX } from "#lib/webhooks/diagnose.ts";
import { getProvider } from "#lib/webhooks/providers/registry.generated.ts";
import type { HeaderList, VerificationSettings } from "#lib/webhooks/types.ts";
import { verify } from "#lib/webhooks/verify.ts";

const NOW = new Date("2026-01-01T00:00:00Z");
const SECONDS = String(NOW.getTime() / 1000);
const SECRET = "the-secret-of-this-endpoint";
const JSON_BODY = '{"b":1,"a":"caf\u00e9/x","list":[1,2]}';
const URL_HERE = "https://hooks.example.com/in/abc";
const JSON_TYPE = ["Content-Type", "application/json"] as const;

type Case = {
  readonly what: string;
  readonly provider: string;
  readonly headers: HeaderList;
  readonly body?: string;
  readonly settings?: Partial<VerificationSettings>;
  readonly url?: string;
  readonly hints?: DiagnoseHints;
  readonly finds: string;
};

const mac = (text: string, key: string | Buffer = SECRET, algorithm = "sha256", encoding: "hex" | "base64" | "base64url" = "hex"): string =>
  createHmac(algorithm, key).update(text).digest(encoding);
const github = (signature: string): HeaderList => [JSON_TYPE, ["X-Hub-Signature-256", signature]];
const slack = (signature: string, at = SECONDS): HeaderList => [
  JSON_TYPE,
  ["X-Slack-Request-Timestamp", at],
  ["X-Slack-Signature", `v0=${signature}`],
];
const stripe = (signed: string, at = SECONDS): HeaderList => [JSON_TYPE, ["Stripe-Signature", `t=${at},v1=${mac(signed)}`]];

const CASES: readonly Case[] = [
  {
    what: "secret pasted with a line break",
    provider: "github",
    headers: github(`sha256=${mac(JSON_BODY)}`),
    settings: { secrets: [`${SECRET}\n`] },
    finds: "secret-whitespace",
  },
  {
    what: "secret pasted in quotation marks",
    provider: "github",
    headers: github(`sha256=${mac(JSON_BODY)}`),
    settings: { secrets: [`"${SECRET}"`] },
    finds: "secret-whitespace",
  },
  {
    what: "sender's secret ends with a line break",
    provider: "github",
    headers: github(`sha256=${mac(JSON_BODY, `${SECRET}\n`)}`),
    finds: "secret-whitespace",
  },
  {
    what: "secret is base64 of the key",
    provider: "github",
    headers: github(`sha256=${mac(JSON_BODY, Buffer.from("key bytes"))}`),
    settings: { secrets: [Buffer.from("key bytes").toString("base64")] },
    finds: "secret-encoding",
  },
  {
    what: "secret is hexadecimal",
    provider: "github",
    headers: github(`sha256=${mac(JSON_BODY, Buffer.from("00ff10", "hex"))}`),
    settings: { secrets: ["00ff10"] },
    finds: "secret-encoding",
  },
  {
    what: "whsec_ secret used as text",
    provider: "clerk",
    headers: [
      JSON_TYPE,
      ["svix-id", "m"],
      ["svix-timestamp", SECONDS],
      ["svix-signature", `v1,${mac(`m.${SECONDS}.${JSON_BODY}`, "whsec_MDEyMzQ1Njc4OWFi", "sha256", "base64")}`],
    ],
    settings: { secrets: ["whsec_MDEyMzQ1Njc4OWFi"] },
    finds: "secret-encoding",
  },
  {
    what: "secret with HTML entities",
    provider: "woocommerce",
    headers: [JSON_TYPE, ["X-WC-Webhook-Signature", mac(JSON_BODY, "a&b", "sha256", "base64")]],
    settings: { secrets: ["a&amp;b"] },
    finds: "secret-entities",
  },
  { what: "sender has no secret", provider: "github", headers: github(`sha256=${mac(JSON_BODY, "")}`), finds: "empty-secret-at-sender" },
  {
    what: "test secret instead of the live one",
    provider: "stripe",
    headers: [JSON_TYPE, ["Stripe-Signature", `t=${SECONDS},v1=${mac(`${SECONDS}.${JSON_BODY}`, "whsec_test")}`]],
    hints: {
      otherSecrets: [
        { label: "the retired one", secret: "x" },
        { label: "endpoint Test mode", secret: "whsec_test" },
      ],
    },
    finds: "other-secret",
  },
  {
    what: "base64 instead of hex",
    provider: "github",
    headers: github(`sha256=${mac(JSON_BODY, SECRET, "sha256", "base64")}`),
    finds: "signature-encoding",
  },
  {
    what: "hex instead of base64",
    provider: "shopify",
    headers: [JSON_TYPE, ["X-Shopify-Hmac-SHA256", mac(JSON_BODY)]],
    finds: "signature-encoding",
  },
  {
    what: "base64url instead of base64",
    provider: "shopify",
    headers: [JSON_TYPE, ["X-Shopify-Hmac-SHA256", mac(JSON_BODY, SECRET, "sha256", "base64url")]],
    finds: "signature-encoding",
  },
  {
    what: "hex in capital letters",
    provider: "github",
    headers: github(`sha256=${mac(JSON_BODY).toUpperCase()}`),
    finds: "signature-case",
  },
  { what: "prefix missing", provider: "github", headers: github(mac(JSON_BODY)), finds: "signature-prefix" },
  { what: "foreign prefix", provider: "github", headers: github(`v1=${mac(JSON_BODY)}`), finds: "signature-prefix" },
  {
    what: "prefix where none belongs",
    provider: "linear",
    headers: [JSON_TYPE, ["Linear-Signature", `sha256=${mac('{"webhookTimestamp":1767225600000}')}`]],
    body: '{"webhookTimestamp":1767225600000}',
    finds: "signature-prefix",
  },
  { what: "signature cut off", provider: "github", headers: github(`sha256=${mac(JSON_BODY).slice(0, 40)}`), finds: "signature-truncated" },
  { what: "SHA-1 instead of SHA-256", provider: "github", headers: github(`sha256=${mac(JSON_BODY, SECRET, "sha1")}`), finds: "algorithm" },
  {
    what: "SHA-256 where Vercel uses SHA-1",
    provider: "vercel",
    headers: [JSON_TYPE, ["x-vercel-signature", mac(JSON_BODY)]],
    finds: "algorithm",
  },
  { what: "SHA-512", provider: "segment", headers: [JSON_TYPE, ["X-Signature", mac(JSON_BODY, SECRET, "sha512")]], finds: "algorithm" },
  {
    what: "plain hash of the body",
    provider: "github",
    headers: github(`sha256=${createHash("sha256").update(JSON_BODY).digest("hex")}`),
    finds: "no-key",
  },
  {
    what: "plain hash of secret and body",
    provider: "github",
    headers: github(
      `sha256=${createHash("sha256")
        .update(SECRET + JSON_BODY)
        .digest("hex")}`,
    ),
    finds: "no-key",
  },
  { what: "timestamp not signed", provider: "slack", headers: slack(mac(JSON_BODY)), finds: "timestamp-place" },
  {
    what: "timestamp signed in Stripe's form",
    provider: "slack",
    headers: slack(mac(`${SECONDS}.${JSON_BODY}`)),
    finds: "timestamp-place",
  },
  {
    what: "timestamp signed though the scheme has none",
    provider: "github",
    headers: [...github(`sha256=${mac(`${SECONDS}.${JSON_BODY}`)}`), ["X-Timestamp", SECONDS]],
    finds: "timestamp-place",
  },
  {
    what: "body written anew without spaces",
    provider: "github",
    headers: github(`sha256=${mac(JSON_BODY)}`),
    body: JSON.stringify(JSON.parse(JSON_BODY), null, 2),
    finds: "body-reserialised",
  },
  {
    what: "pretty-printed at the sender",
    provider: "stripe",
    headers: stripe(`${SECONDS}.${JSON.stringify(JSON.parse(JSON_BODY), null, 2)}`),
    finds: "body-reserialised",
  },
  {
    what: "Python's separators",
    provider: "github",
    headers: github(`sha256=${mac('{"b": 1, "a": "x,y:z"}')}`),
    body: '{"b":1,"a":"x,y:z"}',
    finds: "body-reserialised",
  },
  {
    what: "keys sorted",
    provider: "github",
    headers: github(`sha256=${mac('{"a":2,"b":1}')}`),
    body: '{"b":1,"a":2}',
    finds: "body-reserialised",
  },
  {
    what: "PHP's escapes",
    provider: "meta-whatsapp",
    headers: github(`sha256=${mac('{"a":"caf\\u00e9\\/x"}')}`),
    body: '{"a":"caf\u00e9/x"}',
    finds: "body-reserialised",
  },
  {
    what: "LF turned into CR LF",
    provider: "github",
    headers: github(`sha256=${mac('{\n"a":1\n}')}`),
    body: '{\r\n"a":1\r\n}',
    finds: "body-line-endings",
  },
  {
    what: "CR LF turned into LF",
    provider: "github",
    headers: github(`sha256=${mac("a\r\nb")}`),
    body: "a\nb",
    finds: "body-line-endings",
  },
  { what: "line break at the end lost", provider: "github", headers: github(`sha256=${mac(`${JSON_BODY}\r\n`)}`), finds: "body-newline" },
  {
    what: "line break at the end added",
    provider: "github",
    headers: github(`sha256=${mac(JSON_BODY)}`),
    body: `${JSON_BODY}\n`,
    finds: "body-newline",
  },
  { what: "empty body signed", provider: "github", headers: github(`sha256=${mac("")}`), finds: "body-lost" },
  {
    what: "form signed after decoding",
    provider: "github",
    headers: [
      ["Content-Type", "application/x-www-form-urlencoded"],
      ["X-Hub-Signature-256", `sha256=${mac('{"zen":"x"}')}`],
    ],
    body: "payload=%7B%22zen%22%3A%22x%22%7D",
    finds: "body-decoded",
  },
  {
    what: "http instead of https",
    provider: "square",
    headers: [JSON_TYPE, ["x-square-hmacsha256-signature", mac(`http://hooks.example.com/in/abc${JSON_BODY}`, SECRET, "sha256", "base64")]],
    finds: "url",
  },
  {
    what: "slash at the end of the URL",
    provider: "trello",
    headers: [JSON_TYPE, ["X-Trello-Webhook", mac(`${JSON_BODY}${URL_HERE}/`, SECRET, "sha1", "base64")]],
    finds: "url",
  },
  {
    what: "the address behind the proxy",
    provider: "square",
    headers: [
      JSON_TYPE,
      ["Host", "localhost:3000"],
      ["x-square-hmacsha256-signature", mac(`http://localhost:3000/in/abc${JSON_BODY}`, SECRET, "sha256", "base64")],
    ],
    url: "/in/abc",
    finds: "url",
  },
  {
    what: "the old SHA-1 header only",
    provider: "github",
    headers: [JSON_TYPE, ["X-Hub-Signature", `sha1=${mac(JSON_BODY, SECRET, "sha1")}`]],
    finds: "algorithm",
  },
  {
    what: "signature in another header",
    provider: "generic-hmac",
    headers: [JSON_TYPE, ["X-My-Signature", mac(JSON_BODY)]],
    settings: { options: { header: "X-Signature" } },
    finds: "other-header",
  },
  {
    what: "header sent twice",
    provider: "github",
    headers: [...github(`sha256=${mac(JSON_BODY)}`), ["X-Hub-Signature-256", `sha256=${mac(JSON_BODY)}`]],
    finds: "repeated-header",
  },
  {
    what: "another sender chosen",
    provider: "shopify",
    headers: [...stripe(`${SECONDS}.${JSON_BODY}`), ["User-Agent", "Stripe/1.0"]],
    finds: "other-provider",
  },
  {
    what: "another scheme of the sender",
    provider: "hubspot",
    headers: [
      JSON_TYPE,
      [
        "X-HubSpot-Signature",
        createHash("sha256")
          .update(SECRET + JSON_BODY)
          .digest("hex"),
      ],
    ],
    finds: "other-scheme",
  },
  {
    what: "bearer prefix pasted into the secret",
    provider: "generic-bearer",
    headers: [["Authorization", "Bearer tok"]],
    settings: { secrets: ["Bearer tok"] },
    finds: "credential-prefix",
  },
  {
    what: "token pasted with a space",
    provider: "gitlab",
    headers: [["X-Gitlab-Token", "tok"]],
    settings: { secrets: ["tok "] },
    finds: "credential-whitespace",
  },
  {
    what: "token in other letters",
    provider: "telegram",
    headers: [["X-Telegram-Bot-Api-Secret-Token", "Tok"]],
    settings: { secrets: ["tok"] },
    finds: "credential-case",
  },
  {
    what: "password without the user name",
    provider: "generic-basic",
    headers: [["Authorization", `Basic ${Buffer.from("user:pass").toString("base64")}`]],
    settings: { secrets: ["pass"] },
    finds: "credential-prefix",
  },
  {
    what: "token in another header",
    provider: "telegram",
    headers: [["X-Api-Key", "tok"]],
    settings: { secrets: ["tok"] },
    finds: "credential-place",
  },
];

describe("the doctor names the mistake, and the request stays refused", () => {
  test.each(CASES.map((each) => [each.what, each] as const))(
    "%s",
    async (_, { provider: id, headers, body = JSON_BODY, settings, url = URL_HERE, hints, finds }) => {
      const provider = getProvider(id);
      const request = { method: "POST", url, headers, body: Buffer.from(body) };
      const own: VerificationSettings = { secrets: [SECRET], publicUrl: URL_HERE, ...settings };
      const diagnosis = await diagnose(provider, request, own, { now: NOW }, hints);
      expect(diagnosis).toMatchObject({ kind: "would-match", mistake: finds });
      if (diagnosis.kind === "would-match") {
        expect(diagnosis.tried).toBeLessThanOrEqual(VARIANTS_MAX);
        expect(`${diagnosis.message} ${diagnosis.advice}`).not.toContain(SECRET);
      }
      expect((await verify(provider, request, own, { now: NOW })).kind).toBe("rejected");
    },
  );
});

describe("the doctor explains what needs no guess", () => {
  test.each([
    ["a late delivery", "stripe", stripe(`1767220000.${JSON_BODY}`, "1767220000"), "timestamp-too-old", /clock|replayed/],
    ["milliseconds for seconds", "stripe", stripe(`1767225600000.${JSON_BODY}`, "1767225600000"), "timestamp-in-future", /milliseconds/],
    ["a missing signature", "github", [JSON_TYPE], "signature-missing", /secret at the sender/],
    ["a garbled timestamp", "slack", slack("00", "1767225600x"), "timestamp-malformed", /unit or format/],
  ] as const)("%s", async (_, id, headers, reason, advice) => {
    const diagnosis = await diagnose(
      getProvider(id),
      { method: "POST", url: URL_HERE, headers, body: Buffer.from(JSON_BODY) },
      { secrets: [SECRET] },
      { now: NOW },
    );
    expect(diagnosis).toMatchObject({ kind: "explained", reason });
    if (diagnosis.kind === "explained") expect(`${diagnosis.message} ${diagnosis.advice}`).toMatch(advice);
  });

  test("a missing public URL is named", async () => {
    const headers: HeaderList = [JSON_TYPE, ["x-square-hmacsha256-signature", "x"]];
    expect(
      await diagnose(
        getProvider("square"),
        { method: "POST", url: "/in/abc", headers, body: Buffer.from(JSON_BODY) },
        { secrets: [SECRET] },
        { now: NOW },
      ),
    ).toMatchObject({ kind: "explained", reason: "setting-missing" });
  });
});

test("a foreign signature stays unknown after at most 64 tries, also with a large body and many headers", async () => {
  const headers: HeaderList = [
    ...github(`sha256=${mac("something else", "another secret")}`),
    ...Array.from({ length: 60 }, (_, index) => [`X-Signature-${index}`, mac(String(index))] as const),
  ];
  const body = Buffer.from(JSON.stringify({ text: "x".repeat(200_000) }));
  const started = performance.now();
  const diagnosis = await diagnose(
    getProvider("github"),
    { method: "POST", url: URL_HERE, headers, body },
    { secrets: [SECRET, `${SECRET}2`] },
    { now: NOW },
  );
  expect(diagnosis.kind).toBe("unknown");
  if (diagnosis.kind === "unknown") expect(diagnosis.tried).toBeLessThanOrEqual(VARIANTS_MAX);
  expect(performance.now() - started).toBeLessThan(2_000);
});

test("a request that verifies needs no doctor", async () => {
  expect(
    await diagnose(
      getProvider("github"),
      { method: "POST", url: URL_HERE, headers: github(`sha256=${mac(JSON_BODY)}`), body: Buffer.from(JSON_BODY) },
      { secrets: [SECRET] },
      { now: NOW },
    ),
  ).toEqual({ kind: "verifies" });
});

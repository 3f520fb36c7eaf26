import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { getProvider } from "#lib/webhooks/providers/registry.generated.ts";
import type { HeaderList, VerificationSettings, VerifyResult } from "#lib/webhooks/types.ts";
import { verify } from "#lib/webhooks/verify.ts";

const NOW = new Date("2026-01-01T00:00:00Z");
const SECONDS = NOW.getTime() / 1000;
const BODY = '{"a":1}';
const mac = (text: string, key = "secret", encoding: "hex" | "base64" = "hex"): string =>
  createHmac("sha256", key).update(text).digest(encoding);

async function check(
  id: string,
  headers: HeaderList,
  settings: Partial<VerificationSettings> = {},
  body = BODY,
  url = "/in/abc",
): Promise<VerifyResult> {
  return verify(
    getProvider(id),
    { method: "POST", url, headers, body: Buffer.from(body) },
    { secrets: ["secret"], ...settings },
    { now: NOW },
  );
}

describe("fails closed", () => {
  test("an unknown scheme is a rejection", async () => {
    expect(
      await check("github", [["X-Hub-Signature-256", `sha256=${mac(BODY)}`]], { scheme: "no-such" }),
    ).toMatchObject({
      kind: "rejected",
      reason: "unknown-scheme",
    });
  });

  test("a secret of spaces, and empty Basic credentials, verify nothing", async () => {
    expect(
      await check("github", [["X-Hub-Signature-256", `sha256=${mac(BODY, " ")}`]], { secrets: [" "] }),
    ).toMatchObject({
      kind: "rejected",
      reason: "secret-missing",
    });
    const empty: HeaderList = [["Authorization", `Basic ${Buffer.from(":").toString("base64")}`]];
    expect(await check("generic-basic", empty, { secrets: [":"] })).toMatchObject({ kind: "rejected" });
  });

  test("a secret that decodes to nothing verifies nothing", async () => {
    for (const secret of ["whsec_", "v1,whsec_", "whsec_===", "whsec_ä"]) {
      const headers: HeaderList = [
        ["webhook-id", "m"],
        ["webhook-timestamp", String(SECONDS)],
        ["webhook-signature", `v1,${mac(`m.${SECONDS}.${BODY}`, "", "base64")}`],
      ];
      expect(await check("standard-webhooks", headers, { secrets: [secret] }), secret).toMatchObject({
        kind: "rejected",
      });
    }
  });

  test("a secret printed in the sender's documentation verifies nothing", async () => {
    const secret = "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==";
    const at = NOW.toISOString();
    expect(
      await check(
        "zendesk",
        [
          ["X-Zendesk-Webhook-Signature", mac(at + BODY, secret, "base64")],
          ["X-Zendesk-Webhook-Signature-Timestamp", at],
        ],
        { secrets: [secret] },
      ),
    ).toMatchObject({ kind: "rejected", reason: "secret-unusable" });
  });

  test("a sender that signs the URL needs the configured one, whatever Host says", async () => {
    const headers: HeaderList = [
      ["Host", "evil.example"],
      ["X-Forwarded-Host", "evil.example"],
      ["x-square-hmacsha256-signature", mac(`https://evil.example/in/abc${BODY}`, "secret", "base64")],
    ];
    expect(await check("square", headers, {}, BODY, "https://evil.example/in/abc")).toMatchObject({
      kind: "rejected",
      reason: "setting-missing",
    });
    expect(
      await check(
        "square",
        headers,
        { publicUrl: "https://hooks.example.com/in/abc" },
        BODY,
        "https://evil.example/in/abc",
      ),
    ).toMatchObject({ kind: "rejected", reason: "signature-mismatch" });
  });

  test("a port that cannot fetch makes the request unavailable, not refused", async () => {
    const message = {
      Type: "Notification",
      MessageId: "1",
      TopicArn: "arn:aws:sns:us-east-1:123456789012:T",
      Message: "x",
      Timestamp: NOW.toISOString(),
      SignatureVersion: "2",
      Signature: "AAAA",
      SigningCertURL: `https://sns.us-east-1.amazonaws.com/SimpleNotificationService-${"0".repeat(32)}.pem`,
    };
    const settings = { secrets: [], options: { topicArn: message.TopicArn } };
    expect(await check("aws-sns", [], settings, JSON.stringify(message))).toMatchObject({
      kind: "unavailable",
      reason: "certificate-unavailable",
    });
    expect(
      await check(
        "aws-sns",
        [],
        settings,
        JSON.stringify({ ...message, SigningCertURL: message.SigningCertURL.replace("us-east-1", "eu-west-1") }),
      ),
    ).toMatchObject({ kind: "rejected", reason: "certificate-not-trusted" });
    expect(await check("aws-sns", [], { secrets: [], options: {} }, JSON.stringify(message))).toMatchObject({
      kind: "rejected",
      reason: "setting-missing",
    });
  });
});

describe("reads timestamps strictly", () => {
  const slack = (at: string): HeaderList => [
    ["X-Slack-Request-Timestamp", at],
    ["X-Slack-Signature", `v0=${mac(`v0:${at}:${BODY}`)}`],
  ];

  test.each([
    "1767225600x",
    "+1767225600",
    "-1767225600",
    " 1767225600",
    "1767225600.0",
    "1.7672256e9",
    "0x6955b900",
    "NaN",
    "",
    "99999999999999999999",
  ])("%j is refused", async (at) => {
    expect((await check("slack", slack(at))).kind).toBe("rejected");
  });

  test.each([
    [-300, "verified"],
    [300, "verified"],
    [-301, "rejected"],
    [301, "rejected"],
  ] as const)("%i s away from now is %s", async (offset, kind) => {
    expect((await check("slack", slack(String(SECONDS + offset)))).kind).toBe(kind);
  });

  test("the owner's own tolerance counts, and null judges no age", async () => {
    expect((await check("slack", slack(String(SECONDS - 200)), { toleranceSeconds: 100 })).kind).toBe("rejected");
    expect((await check("slack", slack(String(SECONDS - 90_000)), { toleranceSeconds: null })).kind).toBe("verified");
  });
});

describe("compares text, not decoded bytes", () => {
  test.each([
    ["padding left out", (text: string) => text.replace(/=+$/, "")],
    ["junk after the padding", (text: string) => `${text}AAAA`],
    ["base64url letters", (text: string) => text.replaceAll("+", "-").replaceAll("/", "_").replace("=", "")],
    ["a line break inside", (text: string) => `${text.slice(0, 10)}\n${text.slice(10)}`],
  ])("%s", async (_, change) => {
    expect((await check("shopify", [["X-Shopify-Hmac-SHA256", change(mac(BODY, "secret", "base64"))]])).kind).toBe(
      "rejected",
    );
  });
});

describe("hostile signature headers", () => {
  test.each([
    [
      "a list of 10,000",
      `t=${SECONDS},${Array.from({ length: 10_000 }, () => "v1=00").join(",")},v1=${mac(`${SECONDS}.${BODY}`)}`,
    ],
    ["64 KB", `t=${SECONDS},v1=${"a".repeat(65_536)}`],
    ["two timestamps", `t=${SECONDS},t=1,v1=${mac(`${SECONDS}.${BODY}`)}`],
    ["two headers joined", `t=${SECONDS},v1=00, t=${SECONDS},v1=${mac(`${SECONDS}.${BODY}`)}`],
    ["only separators", ",,,,"],
    ["a version of long ago", `t=${SECONDS},v0=${mac(`${SECONDS}.${BODY}`)}`],
    ["prefix only", "t=,v1="],
    ["NUL", `t=${SECONDS},v1=${mac(`${SECONDS}.${BODY}`)}\0`],
  ])("%s", async (_, value) => {
    expect((await check("stripe", [["Stripe-Signature", value]])).kind).toBe("rejected");
  });

  test("an id that would blur the signed text is refused", async () => {
    const headers: HeaderList = [
      ["webhook-id", "m.1"],
      ["webhook-timestamp", String(SECONDS)],
      ["webhook-signature", `v1,${mac(`m.1.${SECONDS}.${BODY}`, "0123456789", "base64")}`],
    ];
    expect(
      await check("standard-webhooks", headers, { secrets: [`whsec_${Buffer.from("0123456789").toString("base64")}`] }),
    ).toMatchObject({ kind: "rejected", reason: "signature-malformed" });
  });
});

describe("configured HMAC", () => {
  const options = (more: Record<string, string>): Partial<VerificationSettings> => ({
    options: { header: "X-Sig", ...more },
  });

  test("a secret that is nothing but its prefix verifies nothing", async () => {
    expect(
      (
        await check("generic-hmac", [["X-Sig", mac(BODY, "")]], {
          ...options({ secretPrefix: "key_" }),
          secrets: ["key_"],
        })
      ).kind,
    ).toBe("rejected");
  });

  test("prefix, encoding, timestamp header and template are the owner's", async () => {
    const headers: HeaderList = [
      ["X-Sig", `v1:${mac(`${SECONDS}\n${BODY}`, "secret", "base64")}`],
      ["X-Time", String(SECONDS)],
    ];
    expect(
      (
        await check(
          "generic-hmac",
          headers,
          options({ prefix: "v1:", encoding: "base64", template: "{timestamp}\\n{body}", timestampHeader: "X-Time" }),
        )
      ).kind,
    ).toBe("verified");
  });

  test("a list header works like Stripe's", async () => {
    const headers: HeaderList = [["X-Sig", `t=${SECONDS}, s=${mac(`${SECONDS}.${BODY}`)}`]];
    expect(
      (
        await check(
          "generic-hmac",
          headers,
          options({ itemSeparator: ",", field: "s", timestampField: "t", template: "{timestamp}.{body}" }),
        )
      ).kind,
    ).toBe("verified");
  });

  test.each([
    [{ template: "{nobody}" }, /not a variable/],
    [{ template: "fixed" }, /must contain \{body\}/],
    [{ template: "{timestamp}.{body}" }, /which header or list item/],
    [{ header: "bad header" }, /not a header name/],
    [{ algorithm: "md5" }, /must be one of/],
    [{ timestampHeader: "X-Time", toleranceSeconds: "-5" }, /whole number/],
  ])("%j is refused with the reason", async (more, message) => {
    const result = await check("generic-hmac", [["X-Sig", mac(BODY)]], options(more));
    expect(result).toMatchObject({ kind: "rejected", reason: "setting-missing" });
    if (result.kind === "rejected") expect(result.message).toMatch(message);
  });
});

test.each([
  ["gitlab", "X-Gitlab-Token", ""],
  ["generic-bearer", "Authorization", "Bearer "],
] as const)("%s: a token beyond ASCII verifies as its bytes come off the wire", async (id, header, prefix) => {
  const secret = "p\u00e4ss-\u00e0-\u2713";
  const onTheWire = Buffer.from(secret, "utf8").toString("latin1");
  expect(await check(id, [[header, prefix + onTheWire]], { secrets: [secret] })).toMatchObject({ kind: "verified" });
  expect(await check(id, [[header, prefix + onTheWire.slice(0, -1)]], { secrets: [secret] })).toMatchObject({
    kind: "rejected",
  });
});

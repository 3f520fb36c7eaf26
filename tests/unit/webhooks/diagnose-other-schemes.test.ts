import { createHash, createHmac, generateKeyPairSync, sign } from "node:crypto";
import { expect, test } from "vitest";
import { diagnose, VARIANTS_MAX } from "#lib/webhooks/diagnose.ts";
import { getProvider } from "#lib/webhooks/providers/registry.generated.ts";
import { sampleRequest, signDelivery } from "#lib/webhooks/sign-delivery.ts";
import type { VerificationSettings, VerifyPorts, WebhookRequest } from "#lib/webhooks/types.ts";
import { verify } from "#lib/webhooks/verify.ts";
import { JSON_BODY, JSON_TYPE, NOW, SECONDS, SECRET, URL_HERE } from "#tests/support/broken-setup.ts";
import { senderSetup } from "#tests/support/provider-keys.ts";

const p256 = generateKeyPairSync("ec", { namedCurve: "P-256" });
const SENDGRID_KEY = p256.publicKey.export({ format: "der", type: "spki" }).toString("base64");
const sendgrid = (signed: string): WebhookRequest["headers"] => [
  JSON_TYPE,
  ["X-Twilio-Email-Event-Webhook-Timestamp", SECONDS],
  [
    "X-Twilio-Email-Event-Webhook-Signature",
    sign("sha256", Buffer.from(SECONDS + signed), p256.privateKey).toString("base64"),
  ],
];
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const netlify = (body: string, secret = SECRET): WebhookRequest["headers"] => {
  const sha256 = createHash("sha256").update(body).digest("hex");
  const text = `${part({ alg: "HS256" })}.${part({ iss: "netlify", sha256 })}`;
  return [
    JSON_TYPE,
    ["X-Webhook-Signature", `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`],
  ];
};

/** Signed by something else than an HMAC; `finds` is the mistake, or the reason that explains itself. */
const SETUPS: ReadonlyArray<
  readonly [
    what: string,
    provider: string,
    headers: WebhookRequest["headers"],
    body: string,
    settings: Partial<VerificationSettings>,
    finds: string,
  ]
> = [
  ["SendGrid's line break lost", "sendgrid", sendgrid("[]\r\n"), "[]", { secrets: [SENDGRID_KEY] }, "body-newline"],
  [
    "SendGrid's body written anew",
    "sendgrid",
    sendgrid('[{"a":1}]'),
    '[\n  {\n    "a": 1\n  }\n]',
    { secrets: [SENDGRID_KEY] },
    "body-reserialised",
  ],
  ["a token over a body that was written anew", "netlify", netlify('{"a":1}'), '{"a": 1}', {}, "body-reserialised"],
  [
    "a token's secret pasted with a line break",
    "netlify",
    netlify(JSON_BODY),
    JSON_BODY,
    { secrets: [`${SECRET}\n`] },
    "secret-whitespace",
  ],
  ["a token for another body", "netlify", netlify("quite another"), JSON_BODY, {}, "body-hash-mismatch"],
  ["a token where a bearer belongs", "generic-bearer", [["X-API-Key", SECRET]], JSON_BODY, {}, "other-scheme"],
  [
    "a bearer token without its word",
    "generic-bearer",
    [["Authorization", SECRET]],
    JSON_BODY,
    {},
    "credential-prefix",
  ],
  [
    "a password that is wrong",
    "generic-basic",
    [["Authorization", `Basic ${Buffer.from("ada:x").toString("base64")}`]],
    JSON_BODY,
    { secrets: ["ada:y"] },
    "other-secret",
  ],
  [
    "an Adyen key that is no hexadecimal",
    "adyen",
    [JSON_TYPE, ["HmacSignature", "x"]],
    JSON_BODY,
    {},
    "secret-unusable",
  ],
  [
    "raw delivery of SNS",
    "aws-sns",
    [["Content-Type", "text/plain"]],
    "hello",
    { options: { topicArn: "arn:aws:sns:us-east-1:123456789012:T" } },
    "body-unreadable",
  ],
];

test.each(SETUPS)("%s", async (_, id, headers, body, settings, finds) => {
  const provider = getProvider(id);
  const request: WebhookRequest = { method: "POST", url: URL_HERE, headers, body: Buffer.from(body) };
  const own: VerificationSettings = { secrets: [SECRET], publicUrl: URL_HERE, ...settings };
  const diagnosis = await diagnose(provider, request, own, { now: NOW });
  expect("mistake" in diagnosis ? diagnosis.mistake : "reason" in diagnosis ? diagnosis.reason : diagnosis.kind).toBe(
    finds,
  );
  if ("tried" in diagnosis) expect(diagnosis.tried ?? 0).toBeLessThanOrEqual(VARIANTS_MAX);
  expect((await verify(provider, request, own, { now: NOW })).kind).toBe("rejected");
});

test("deliveries of PayPal's simulator are known, and refused", async () => {
  const paypal = getProvider("paypal");
  const { keys, settings, fetchText } = senderSetup(paypal, paypal.schemes[0]);
  const ports: VerifyPorts = { now: NOW, fetchText };
  const simulated = await signDelivery(
    paypal,
    sampleRequest(paypal, URL_HERE),
    { ...keys, secret: "WEBHOOK_ID" },
    settings,
    NOW,
  );
  if (simulated.kind === "cannot-sign") throw new Error(simulated.message);
  expect(await diagnose(paypal, simulated.request, settings, ports)).toMatchObject({
    kind: "would-match",
    mistake: "public-secret",
  });
  expect((await verify(paypal, simulated.request, settings, ports)).kind).toBe("rejected");
});

import { createHash, createHmac, createPrivateKey, sign as signWithKey } from "node:crypto";
import { crc32 } from "node:zlib";
import { valueAt } from "#lib/webhooks/body-fields.ts";
import { adyenSignedText } from "#lib/webhooks/custom/adyen-payment.ts";
import { canonicalText } from "#lib/webhooks/custom/aws-sns.ts";
import { contentfulSignedText, pathOf } from "#lib/webhooks/custom/contentful.ts";
import { withHeader } from "#lib/webhooks/edit-request.ts";
import type { SignedDelivery, SigningKeys } from "#lib/webhooks/sign-delivery.ts";
import { signedUrls } from "#lib/webhooks/signed-url.ts";
import type { VerificationSettings, WebhookRequest } from "#lib/webhooks/types.ts";

const NO_PRIVATE_KEY: SignedDelivery = {
  kind: "cannot-sign",
  message: "Only the sender holds the private key: a genuine signature cannot be made here.",
};
const NOT_JSON: SignedDelivery = { kind: "cannot-sign", message: "The body is not the JSON this sender signs." };

/** Signs an SNS message (SignatureVersion 2) and names the certificate of its topic's region. */
export function signAwsSns(request: WebhookRequest, keys: SigningKeys): SignedDelivery {
  if (keys.privateKey === undefined) return NO_PRIVATE_KEY;
  const message = parseObject(request.body);
  const text =
    message === null ? null : canonicalText((field) => (typeof message[field] === "string" ? message[field] : null));
  if (message === null || text === null) return NOT_JSON;
  const region = String(message["TopicArn"]).split(":")[3] ?? "us-east-1";
  const certificateId = createHash("sha256").update(region).digest("hex").slice(0, 32);
  const signed = {
    ...message,
    SignatureVersion: "2",
    Signature: signWithKey("sha256", Buffer.from(text, "utf8"), createPrivateKey(keys.privateKey)).toString("base64"),
    SigningCertURL: `https://sns.${region}.amazonaws.com/SimpleNotificationService-${certificateId}.pem`,
  };
  return { kind: "signed", request: { ...request, body: Buffer.from(JSON.stringify(signed)) } };
}

/** Signs a PayPal transmission; the secret is the webhook id. */
export function signPaypal(request: WebhookRequest, keys: SigningKeys, now: Date): SignedDelivery {
  if (keys.privateKey === undefined) return NO_PRIVATE_KEY;
  const id = createHash("sha256").update(request.body).update(now.toISOString()).digest("hex").slice(0, 36);
  const time = `${now.toISOString().slice(0, 19)}Z`;
  const text = `${id}|${time}|${keys.secret}|${crc32(request.body) >>> 0}`;
  const headers: ReadonlyArray<readonly [string, string]> = [
    ["PAYPAL-TRANSMISSION-ID", id],
    ["PAYPAL-TRANSMISSION-TIME", time],
    [
      "PAYPAL-TRANSMISSION-SIG",
      signWithKey("sha256", Buffer.from(text, "utf8"), createPrivateKey(keys.privateKey)).toString("base64"),
    ],
    ["PAYPAL-CERT-URL", "https://api.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-1d93a270"],
    ["PAYPAL-AUTH-ALGO", "SHA256withRSA"],
  ];
  return {
    kind: "signed",
    request: headers.reduce((signed, [name, value]) => withHeader(signed, name, value), request),
  };
}

/** Signs every item of an Adyen payment webhook; the secret is the hexadecimal key. */
export function signAdyenPayment(request: WebhookRequest, secret: string): SignedDelivery {
  const message = parseObject(request.body);
  const items = valueAt(message, "notificationItems");
  if (!Array.isArray(items) || !/^(?:[0-9a-fA-F]{2})+$/.test(secret)) return NOT_JSON;
  const signed = items.map((entry: unknown) => {
    const item = valueAt(entry, "NotificationRequestItem") as Record<string, unknown>;
    const hmacSignature = createHmac("sha256", Buffer.from(secret, "hex"))
      .update(adyenSignedText(item) ?? "", "utf8")
      .digest("base64");
    return {
      NotificationRequestItem: {
        ...item,
        additionalData: { ...(item["additionalData"] as object | undefined), hmacSignature },
      },
    };
  });
  return {
    kind: "signed",
    request: { ...request, body: Buffer.from(JSON.stringify({ ...message, notificationItems: signed })) },
  };
}

/** Signs a Contentful request over method, path, its X-Contentful headers and the body. */
export function signContentful(
  request: WebhookRequest,
  secret: string,
  settings: VerificationSettings,
  now: Date,
): SignedDelivery {
  const headers = request.headers
    .map(([name, value]) => [name.toLowerCase(), value.trim()] as const)
    .filter(([name]) => name.startsWith("x-contentful-"));
  const timestamp = String(now.getTime());
  const text = contentfulSignedText(
    request.method,
    pathOf(signedUrls("exact", settings.publicUrl, request.url)[0] ?? request.url),
    headers,
    timestamp,
  );
  if (text === null) return { kind: "cannot-sign", message: "The URL cannot be encoded the way Contentful signs it." };
  const names = [...headers.map(([name]) => name), "x-contentful-signed-headers", "x-contentful-timestamp"]
    .sort()
    .join(",");
  let signed = withHeader(request, "X-Contentful-Signed-Headers", names);
  signed = withHeader(signed, "X-Contentful-Timestamp", timestamp);
  return {
    kind: "signed",
    request: withHeader(
      signed,
      "X-Contentful-Signature",
      createHmac("sha256", secret).update(text).update(request.body).digest("hex"),
    ),
  };
}

function parseObject(body: Uint8Array): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString("utf8"));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

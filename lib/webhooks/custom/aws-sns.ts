import { verify as verifyWithKey } from "node:crypto";
import { parseBody } from "#lib/webhooks/body-fields.ts";
import { readSenderCertificate } from "#lib/webhooks/custom/sender-certificate.ts";
import { passed, rejected, unavailable, verified } from "#lib/webhooks/result.ts";
import type { Check, VerificationSettings, VerifyPorts, VerifyResult, WebhookRequest } from "#lib/webhooks/types.ts";

/**
 * Fields that SNS signs per message type, in its order; Subject only when present (AWS, "Verifying the signatures of
 * Amazon SNS messages").
 */
const SIGNED_FIELDS: Readonly<Record<string, readonly string[]>> = {
  Notification: ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"],
  SubscriptionConfirmation: ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"],
  UnsubscribeConfirmation: ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"],
};
const CERTIFICATE_URL = new RegExp(
  [
    "^https://sns\\.([a-z]{2,4}(?:-[a-z]+)+-\\d{1,2})\\.amazonaws\\.com(\\.cn)?",
    "/SimpleNotificationService-[0-9a-f]{32}\\.pem$",
  ].join(""),
);
const TOPIC_ARN = /^arn:(aws(?:-[a-z]+)*):sns:([a-z0-9-]+):\d{12}:[A-Za-z0-9_-]{1,256}(?:\.fifo)?$/;

/**
 * Verifies an Amazon SNS message: the topic is one of the configured ones, the certificate comes from SNS in that
 * topic's region, and the RSA signature covers the canonical fields. The secrets, or the option `topicArn`, name the
 * topics.
 */
export async function verifyAwsSns(
  scheme: string,
  request: WebhookRequest,
  settings: VerificationSettings,
  ports: VerifyPorts,
): Promise<VerifyResult> {
  const topics = [...settings.secrets, settings.options?.["topicArn"] ?? ""].map((topic) => topic.trim());
  if (!topics.some((topic) => topic !== ""))
    return rejected(
      scheme,
      "setting-missing",
      "Any AWS account can send signed messages: enter the ARN of your topic.",
      [],
      "secret",
    );
  const checks: Check[] = [passed("secret", "The expected topic is configured.")];
  const parsed = parseBody(request);
  const message =
    parsed.kind === "json" && typeof parsed.value === "object" && parsed.value !== null
      ? (parsed.value as Record<string, unknown>)
      : null;
  if (message === null)
    return rejected(
      scheme,
      "body-unreadable",
      "The body is not an SNS message in JSON; raw message delivery carries no signature and must be switched off.",
      checks,
      "fields",
    );
  const text = (field: string): string | null =>
    Object.hasOwn(message, field) && typeof message[field] === "string" ? message[field] : null;
  const topicArn = text("TopicArn") ?? "";
  const topicIndex = topics.findIndex((topic) => topic !== "" && topic === topicArn);
  if (topicIndex < 0)
    return rejected(
      scheme,
      "topic-mismatch",
      "The message comes from another topic than the configured one.",
      checks,
      "fields",
    );
  const signature = text("Signature");
  if (!signature)
    return rejected(scheme, "signature-missing", "The message carries no Signature.", checks, "signature-present");
  checks.push(passed("signature-present", "A signature is present."));
  const digest = { "1": "sha1", "2": "sha256" }[text("SignatureVersion") ?? ""];
  if (digest === undefined)
    return rejected(scheme, "signature-malformed", "SignatureVersion is neither 1 nor 2.", checks, "signature-present");
  const certificateUrl = text("SigningCertURL") ?? "";
  const trusted = untrustedCertificate(certificateUrl, topicArn);
  if (trusted !== null)
    return rejected(scheme, "certificate-not-trusted", trusted, checks, "certificate", certificateUrl.slice(0, 300));
  const signedText = canonicalText(text);
  if (signedText === null)
    return rejected(
      scheme,
      "field-mismatch",
      "The message lacks a field that SNS signs, or has an unknown Type.",
      checks,
      "fields",
    );
  const fetched = ports.fetchText
    ? await ports.fetchText(certificateUrl)
    : ({ kind: "failed", message: "no way to fetch it" } as const);
  if (fetched.kind === "failed")
    return unavailable(
      scheme,
      "certificate-unavailable",
      "The SNS certificate could not be fetched, so the message cannot be checked now.",
      checks,
      fetched.message,
    );
  const key = readSenderCertificate(fetched, "Amazon SNS", ports.now);
  if (key.kind === "not-trusted")
    return rejected(scheme, "certificate-not-trusted", key.message, checks, "certificate");
  if (key.kind === "unreadable")
    return unavailable(
      scheme,
      "certificate-unavailable",
      "The SNS certificate could not be read, so the message cannot be checked now.",
      checks,
      certificateUrl,
    );
  checks.push(passed("certificate", "The certificate comes from SNS in the topic's region."));
  const bytes = Buffer.from(signature, "base64");
  if (bytes.toString("base64") !== signature || !verifyWithKey(digest, Buffer.from(signedText, "utf8"), key.key, bytes))
    return rejected(
      scheme,
      "signature-mismatch",
      "The signature does not match the message.",
      checks,
      "signature-matches",
    );
  checks.push(passed("signature-matches", "The signature matches the signed fields."));
  const sentAt = new Date(text("Timestamp") ?? "");
  const signedAt = Number.isNaN(sentAt.getTime()) ? null : sentAt;
  if (
    settings.toleranceSeconds != null &&
    (signedAt === null || Math.abs(ports.now.getTime() - signedAt.getTime()) > settings.toleranceSeconds * 1000)
  )
    return rejected(
      scheme,
      "timestamp-too-old",
      `The message's Timestamp is more than ${settings.toleranceSeconds} s away from now.`,
      checks,
      "timestamp-fresh",
    );
  return verified(scheme, Math.min(topicIndex, Math.max(0, settings.secrets.length - 1)), signedAt, checks);
}

/** The exact text SNS signs; null when a signed field is missing. */
export function canonicalText(text: (field: string) => string | null): string | null {
  const fields = SIGNED_FIELDS[text("Type") ?? ""];
  if (!fields) return null;
  let canonical = "";
  for (const field of fields) {
    const value = text(field);
    if (value === null && field !== "Subject") return null;
    if (value !== null) canonical += `${field}\n${value}\n`;
  }
  return canonical;
}

/**
 * Why a SubscribeURL may not be called, or null when it is SNS in the topic's own region confirming exactly this topic.
 */
export function untrustedSubscribeUrl(url: string, topicArn: string): string | null {
  const topic = TOPIC_ARN.exec(topicArn);
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (!topic || !parsed) return "The SubscribeURL or the TopicArn is not well formed.";
  const host = `sns.${topic[2]}.amazonaws.com${topic[1] === "aws-cn" ? ".cn" : ""}`;
  if (parsed.protocol !== "https:" || parsed.host !== host || parsed.username !== "" || parsed.password !== "")
    return `The SubscribeURL is not at https://${host}/.`;
  if (
    parsed.pathname !== "/" ||
    parsed.searchParams.get("Action") !== "ConfirmSubscription" ||
    parsed.searchParams.get("TopicArn") !== topicArn
  )
    return "The SubscribeURL does not confirm this topic.";
  return null;
}

function untrustedCertificate(url: string, topicArn: string): string | null {
  const certificate = CERTIFICATE_URL.exec(url);
  if (!certificate) return "SigningCertURL is not a certificate of Amazon SNS.";
  const topic = TOPIC_ARN.exec(topicArn);
  if (!topic) return "The TopicArn is not well formed.";
  const china = topic[1] === "aws-cn";
  return topic[2] === certificate[1] && china === (certificate[2] === ".cn")
    ? null
    : "The certificate belongs to another region than the topic.";
}

import { verify as verifyWithKey } from "node:crypto";
import { crc32 } from "node:zlib";
import { readSenderCertificate } from "#lib/webhooks/custom/sender-certificate.ts";
import { readHeader } from "#lib/webhooks/headers.ts";
import { noSecret, passed, rejected, unavailable, verified } from "#lib/webhooks/result.ts";
import type { Check, VerificationSettings, VerifyPorts, VerifyResult, WebhookRequest } from "#lib/webhooks/types.ts";

const CERTIFICATE_URL =
  /^https:\/\/api(?:-m)?(?:\.sandbox)?\.paypal\.com\/v1\/notifications\/certs\/[A-Za-z0-9_.-]{1,200}$/;
/**
 * PayPal's own libraries ask for this name (PayPal-Java-SDK, SSLUtil.validateCertificateChain), the sandbox has a part
 * more.
 */
const COMMON_NAME = /^messageverificationcerts(?:\.[a-z0-9-]+)*\.paypal\.com$/i;
const HEADERS = [
  "paypal-transmission-id",
  "paypal-transmission-time",
  "paypal-transmission-sig",
  "paypal-cert-url",
  "paypal-auth-algo",
] as const;

/**
 * Verifies a PayPal delivery offline: RSA-SHA256 over `transmission id|time|webhook id|CRC32 of the body in decimal`.
 * The secret is the webhook id from the dashboard.
 */
export async function verifyPaypal(
  scheme: string,
  request: WebhookRequest,
  settings: VerificationSettings,
  ports: VerifyPorts,
): Promise<VerifyResult> {
  if (!settings.secrets.some((secret) => secret !== "")) return noSecret(scheme);
  const checks: Check[] = [passed("secret", "The webhook id is configured.")];
  const values: string[] = [];
  for (const name of HEADERS) {
    const reading = readHeader(request.headers, name);
    if (reading.kind === "repeated")
      return rejected(
        scheme,
        "signature-repeated",
        `The header ${name} was sent more than once, so none of its values counts.`,
        checks,
        "signature-present",
      );
    if (reading.kind === "missing" || reading.value === "")
      return rejected(scheme, "signature-missing", `The header ${name} is missing.`, checks, "signature-present");
    values.push(reading.value);
  }
  const [id = "", time = "", signature = "", certificateUrl = "", algorithm = ""] = values;
  checks.push(passed("signature-present", "A signature is present."));
  if (algorithm !== "SHA256withRSA")
    return rejected(
      scheme,
      "signature-malformed",
      "PAYPAL-AUTH-ALGO is not SHA256withRSA.",
      checks,
      "signature-present",
    );
  if (id.includes("|") || time.includes("|"))
    return rejected(
      scheme,
      "signature-malformed",
      'A signed header contains "|", which would make the signed text ambiguous.',
      checks,
      "signature-present",
    );
  const signedAt = new Date(time);
  if (Number.isNaN(signedAt.getTime()))
    return rejected(
      scheme,
      "timestamp-malformed",
      "PAYPAL-TRANSMISSION-TIME is not a time.",
      checks,
      "timestamp-present",
    );
  if (!CERTIFICATE_URL.test(certificateUrl))
    return rejected(
      scheme,
      "certificate-not-trusted",
      "PAYPAL-CERT-URL is not a certificate of PayPal.",
      checks,
      "certificate",
      certificateUrl.slice(0, 300),
    );
  const fetched = ports.fetchText
    ? await ports.fetchText(certificateUrl)
    : ({ kind: "failed", message: "no way to fetch it" } as const);
  if (fetched.kind === "failed")
    return unavailable(
      scheme,
      "certificate-unavailable",
      "PayPal's certificate could not be fetched, so the request cannot be checked now.",
      checks,
      fetched.message,
    );
  const certificate = readSenderCertificate(fetched, "PayPal", ports.now, COMMON_NAME);
  if (certificate.kind === "unreadable")
    return unavailable(
      scheme,
      "certificate-unavailable",
      "PayPal's certificate could not be read, so the request cannot be checked now.",
      checks,
      certificateUrl,
    );
  if (certificate.kind === "not-trusted")
    return rejected(scheme, "certificate-not-trusted", certificate.message, checks, "certificate");
  checks.push(passed("certificate", "The certificate comes from PayPal."));
  const bytes = Buffer.from(signature, "base64");
  const checksum = crc32(request.body) >>> 0;
  const secretIndex = settings.secrets.findIndex(
    (webhookId) =>
      webhookId !== "" &&
      bytes.toString("base64") === signature &&
      verifyWithKey("sha256", Buffer.from(`${id}|${time}|${webhookId}|${checksum}`, "utf8"), certificate.key, bytes),
  );
  if (secretIndex < 0)
    return rejected(
      scheme,
      "signature-mismatch",
      "The signature does not match this body and the configured webhook id.",
      checks,
      "signature-matches",
    );
  checks.push(passed("signature-matches", "The signature matches the exact bytes received."));
  if (
    settings.toleranceSeconds != null &&
    Math.abs(ports.now.getTime() - signedAt.getTime()) > settings.toleranceSeconds * 1000
  )
    return rejected(
      scheme,
      "timestamp-too-old",
      `The transmission time is more than ${settings.toleranceSeconds} s away from now.`,
      checks,
      "timestamp-fresh",
    );
  return verified(scheme, secretIndex, signedAt, checks);
}

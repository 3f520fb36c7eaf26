import { parseBody, valueAt } from "#lib/webhooks/body-fields.ts";
import { decodeKey, startHmac } from "#lib/webhooks/decode-key.ts";
import { noSecret, passed, rejected, verified } from "#lib/webhooks/result.ts";
import { sameText } from "#lib/webhooks/same-text.ts";
import type { Check, Rejected, VerificationSettings, Verified, WebhookRequest } from "#lib/webhooks/types.ts";

const ITEMS_MAX = 1_000;
const SIGNED_PATHS = [
  "pspReference",
  "originalReference",
  "merchantAccountCode",
  "merchantReference",
  "amount.value",
  "amount.currency",
  "eventCode",
  "success",
];

/**
 * Verifies Adyen payment webhooks: every item of `notificationItems` carries its own HMAC over eight of its fields.
 * Adyen signs nothing else of the item (its documentation, "Verify HMAC signatures").
 */
export function verifyAdyenPayment(
  scheme: string,
  request: WebhookRequest,
  settings: VerificationSettings,
): Verified | Rejected {
  if (!settings.secrets.some((secret) => secret !== "")) return noSecret(scheme);
  const checks: Check[] = [passed("secret", "A secret is configured.")];
  const parsed = parseBody(request);
  const entries = parsed.kind === "json" ? valueAt(parsed.value, "notificationItems") : undefined;
  if (!Array.isArray(entries) || entries.length === 0 || entries.length > ITEMS_MAX)
    return rejected(
      scheme,
      "body-unreadable",
      "The body has no notificationItems, and no header HmacSignature proves it to be a platform webhook.",
      checks,
      "fields",
    );
  const items = entries.map((entry) => valueAt(entry, "NotificationRequestItem"));
  const signatures = items.map((item) => valueAt(item, "additionalData.hmacSignature"));
  if (!signatures.every((signature) => typeof signature === "string" && signature !== ""))
    return rejected(
      scheme,
      "signature-missing",
      "An item carries no additionalData.hmacSignature.",
      checks,
      "signature-present",
    );
  checks.push(passed("signature-present", "Every item carries a signature."));
  const texts = items.map(adyenSignedText);
  const keys = settings.secrets.map((secret) => (secret === "" ? null : decodeKey(secret, { decode: "hex" })));
  if (keys.every((key) => key === null))
    return rejected(
      scheme,
      "secret-unusable",
      "The configured secret is not a hexadecimal HMAC key.",
      checks,
      "secret",
    );
  const secretIndex = keys.findIndex(
    (key) =>
      key !== null &&
      texts.every(
        (text, index) =>
          text !== null &&
          sameText(String(signatures[index]), startHmac("sha256", key).update(text, "utf8").digest("base64")),
      ),
  );
  if (secretIndex < 0)
    return rejected(
      scheme,
      "signature-mismatch",
      "A signature does not match its item and the configured secret.",
      checks,
      "signature-matches",
    );
  return verified(scheme, secretIndex, null, [
    ...checks,
    passed("signature-matches", "Every item's signature matches its signed fields."),
  ]);
}

/** The text Adyen signs for one item; null when a signed field is not a plain value. */
export function adyenSignedText(item: unknown): string | null {
  const parts: string[] = [];
  for (const path of SIGNED_PATHS) {
    const value = valueAt(item, path);
    if (value === undefined || value === null) parts.push("");
    else if (typeof value === "string") parts.push(value);
    else if (typeof value === "boolean" || (typeof value === "number" && Number.isSafeInteger(value)))
      parts.push(String(value));
    else return null;
  }
  return parts.join(":");
}

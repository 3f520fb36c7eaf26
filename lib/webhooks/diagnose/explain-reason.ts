import type { Diagnosis } from "#lib/webhooks/diagnose/diagnosis.ts";
import type { Provider } from "#lib/webhooks/provider-types.ts";
import { findProvider } from "#lib/webhooks/providers/registry.generated.ts";
import { recognizeProviders } from "#lib/webhooks/recognize.ts";
import type { Rejected, RejectReason, VerificationSettings, WebhookRequest } from "#lib/webhooks/types.ts";

/** Advice for reasons that name the mistake by themselves; null for those that do not. */
const ADVICE: Readonly<Record<RejectReason, string | null>> = {
  "secret-missing": "Paste the sender's secret into the endpoint's settings.",
  "secret-unusable": "Paste the secret again, complete and with its prefix; look at how this sender's secrets look.",
  "setting-missing": "Fill in the named field of the endpoint's settings.",
  "signature-missing": "Set a secret at the sender, too: many sign only then. A proxy may also drop the header.",
  "signature-repeated": "A proxy or the sender adds the header twice: send it once.",
  "signature-malformed": "Compare the header with what this sender documents.",
  "signature-mismatch": null,
  "timestamp-missing": "A proxy may drop the header; otherwise the request does not come from this sender.",
  "timestamp-repeated": "A proxy or the sender adds the header twice: send it once.",
  "timestamp-malformed":
    "The time is in another unit or format than this sender uses: look for seconds and milliseconds.",
  "timestamp-too-old":
    "The signature itself is right. The delivery was late or replayed, or a clock is wrong: compare this " +
    "machine's clock, or allow more tolerance.",
  "timestamp-in-future": "The signature itself is right. One of the clocks is wrong, or the time is in milliseconds.",
  "header-missing": "A proxy may drop the header; otherwise the request does not come from this sender.",
  "header-repeated": "A proxy or the sender adds the header twice: send it once.",
  "credential-missing": "Set the credential at the sender, too. A proxy may also drop the header.",
  "credential-repeated": "Send the credential once.",
  "credential-malformed": "Compare the header with what this scheme expects.",
  "credential-mismatch": null,
  "body-unreadable": "The body is not in the form this sender uses; look at its content type.",
  "body-hash-mismatch": "The body was changed after it was signed: pass the raw bytes on.",
  "token-malformed": "The header does not hold a token of this sender.",
  "token-algorithm": "The sender signs with another kind of key than the configured one.",
  "token-expired": "The delivery was late or replayed, or a clock is wrong.",
  "token-not-yet-valid": "One of the clocks is wrong.",
  "token-claim":
    "Compare issuer, audience and the other expected values with the sender's settings; the audience is often " +
    "the exact URL.",
  "certificate-not-trusted": "The request names a certificate that is not this sender's: it may be forged.",
  "topic-mismatch": "Compare the topic ARN in the settings with the sender's.",
  "field-mismatch": "Compare the settings with what the sender shows.",
  "unknown-scheme": "Choose one of this sender's schemes.",
};

/** Puts a rejection that explains itself into words, with what the request looks like when it is another sender's. */
export function explainReason(
  result: Rejected,
  provider: Provider,
  request: WebhookRequest,
  settings: VerificationSettings,
): (Diagnosis & { kind: "explained" }) | null {
  const advice =
    result.reason === "signature-mismatch" && request.body.byteLength === 0
      ? "The body arrived empty: a redirect, a proxy or a method without a body may have dropped it."
      : ADVICE[result.reason];
  if (advice === null) return null;
  const other = recognizeProviders(request)[0];
  const name = other && other.id !== provider.id ? findProvider(other.id)?.name : undefined;
  const units = unitHint(result, request);
  const look = name === undefined ? "" : ` The request looks like one of ${name}.`;
  return {
    kind: "explained",
    reason: result.reason,
    message: `${result.message}${units}`,
    advice: `${advice}${look}${settings.secrets.length > 1 ? " All configured secrets were tried." : ""}`,
  };
}

function unitHint(result: Rejected, request: WebhookRequest): string {
  if (result.reason !== "timestamp-in-future" && result.reason !== "timestamp-too-old") return "";
  const milliseconds =
    request.headers.some(([name, value]) => /timestamp/i.test(name) && /^\d{13}$/.test(value)) ||
    request.headers.some(([, value]) => /(?:^|[,;]\s*)(?:t|ts)=\d{13}(?=[,;]|$)/.test(value));
  if (result.reason === "timestamp-in-future")
    return milliseconds ? " It looks like milliseconds where seconds are expected." : "";
  const seconds =
    request.headers.some(([name, value]) => /timestamp/i.test(name) && /^\d{10}$/.test(value)) ||
    request.headers.some(([, value]) => /(?:^|[,;]\s*)(?:t|ts)=\d{10}(?=[,;]|$)/.test(value));
  return seconds && ageSeconds(result.message) > CENTURY_QUARTER_SECONDS
    ? " It looks like seconds where milliseconds are expected."
    : "";
}

/** Seconds read as milliseconds come out decades old. */
const CENTURY_QUARTER_SECONDS = 25 * 365 * 86_400;

function ageSeconds(message: string): number {
  return Number(/is (\d+) s old/.exec(message)?.[1] ?? 0);
}

import type { Trial } from "#lib/webhooks/diagnose/diagnosis.ts";
import type { Provider } from "#lib/webhooks/provider-types.ts";
import { findProvider, listProviders } from "#lib/webhooks/providers/registry.generated.ts";
import { recognizeProviders } from "#lib/webhooks/recognize.ts";
import type { Scheme } from "#lib/webhooks/scheme-types.ts";
import type { VerificationSettings, WebhookRequest } from "#lib/webhooks/types.ts";

const RECOGNIZED_MAX = 3;
const SAME_HEADER_MAX = 8;

/** Guesses that another scheme of the same sender would verify the request, or the sender it looks like. */
export function* likelySchemes(
  provider: Provider,
  scheme: Scheme | null,
  request: WebhookRequest,
  settings: VerificationSettings,
): Generator<Trial> {
  for (const other of provider.schemes) {
    if (other === scheme || other.kind === "choice" || other.kind === "none") continue;
    yield {
      mistake: "other-scheme",
      message: `The request verifies by this sender's scheme “${other.label}”.`,
      advice: "Choose that scheme.",
      settings: { ...settings, scheme: other.id },
    };
  }
  const likely = recognizeProviders(request).filter(({ id }) => id !== provider.id);
  for (const { id } of likely.slice(0, RECOGNIZED_MAX)) {
    const other = findProvider(id);
    if (other) yield foreignTrial(other, settings);
  }
}

/** Guesses that one of the other senders with the same signature header would verify the request. */
export function* sameHeaderProviders(
  provider: Provider,
  request: WebhookRequest,
  settings: VerificationSettings,
): Generator<Trial> {
  const sent = new Set(request.headers.map(([name]) => name.toLowerCase()));
  const others = listProviders().filter(
    (each) =>
      each.id !== provider.id &&
      each.schemes.some(
        ({ kind, ...scheme }) => kind === "hmac" && "signature" in scheme && sent.has(scheme.signature.header ?? ""),
      ),
  );
  for (const other of others.slice(0, SAME_HEADER_MAX)) yield foreignTrial(other, settings);
}

function foreignTrial(other: Provider, settings: VerificationSettings): Trial {
  return {
    mistake: "other-provider",
    message: `The request verifies as a delivery of ${other.name}.`,
    advice: `Choose ${other.name} as this endpoint's sender.`,
    provider: other,
    settings: { ...settings, scheme: undefined },
  };
}

import type { Trial } from "#lib/webhooks/diagnose/diagnosis.ts";
import type { Provider } from "#lib/webhooks/provider-types.ts";
import { findProvider, listProviders } from "#lib/webhooks/providers/registry.generated.ts";
import { recognizeProviders } from "#lib/webhooks/recognize.ts";
import type { Scheme, VerificationSettings, WebhookRequest } from "#lib/webhooks/types.ts";

const FOREIGN_MAX = 12;

/** Guesses that another scheme of the same sender, or another sender altogether, would verify the request. */
export function* foreignSchemes(
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
  const likely = recognizeProviders(request).map(({ id }) => findProvider(id));
  const byHeader = listProviders().filter((each) =>
    each.schemes.some(
      (other) =>
        other.kind === "hmac" &&
        other.signature.header !== undefined &&
        request.headers.some(([name]) => name.toLowerCase() === other.signature.header),
    ),
  );
  const others = new Set([...likely, ...byHeader].filter((each): each is Provider => each !== null && each.id !== provider.id));
  for (const other of [...others].slice(0, FOREIGN_MAX)) {
    yield {
      mistake: "other-provider",
      message: `The request verifies as a delivery of ${other.name}.`,
      advice: `Choose ${other.name} as this endpoint's sender.`,
      provider: other,
      settings: { ...settings, scheme: undefined },
    };
  }
}

import type { Provider } from "#lib/webhooks/provider-types.ts";
import { findScheme } from "#lib/webhooks/verify.ts";

/** Says whether a sender's scheme can verify anything only once its owner pasted a secret. */
export function needsSecret(provider: Pick<Provider, "schemes">, schemeId: string | null): boolean {
  const scheme = schemeId === null ? provider.schemes[0] : findScheme(provider, schemeId);
  if (scheme === null) return true;
  switch (scheme.kind) {
    case "none":
      return false;
    case "jwt":
      return scheme.keys.from === "secret" || scheme.keys.from === "any-key";
    case "custom":
      return scheme.verifier !== "aws-sns" && scheme.verifier !== "salesforce";
    default:
      return true;
  }
}

import { parseBody, valueAt } from "#lib/webhooks/body-fields.ts";
import { passed, rejected } from "#lib/webhooks/result.ts";
import type { JwtScheme } from "#lib/webhooks/scheme-types.ts";
import type { VerificationSettings, Verified, VerifyPorts, VerifyResult, WebhookRequest } from "#lib/webhooks/types.ts";
import { verifyJwt } from "#lib/webhooks/verify-jwt.ts";

/**
 * The application that publishes change notifications (learn.microsoft.com, "Change notifications with resource data").
 */
const PUBLISHER = "0bf30f3b-4a52-48df-9a82-234910c4a086";
const TOKENS_MAX = 20;

/** Tokens of the first version name their application in `appid`, those of the second in `azp`. */
const SCHEMES: readonly JwtScheme[] = (["azp", "appid"] as const).map((claim) => ({
  kind: "jwt",
  id: "validation-tokens",
  label: "Validation tokens",
  header: "authorization",
  bearer: "required",
  algorithms: ["RS256"],
  keys: { from: "jwks", url: "https://login.microsoftonline.com/common/discovery/v2.0/keys" },
  audience: { option: "applicationId", required: true },
  claims: [{ claim, equals: PUBLISHER }],
  expiryRequired: true,
  clockSkewSeconds: 60,
}));

/**
 * Adds the proof of notifications with resource data to that of their clientState: every token in `validationTokens` is
 * made by Microsoft's publisher for the owner's application. Without an application id they are not judged, and the
 * checks say so; with one, a notification with encrypted content and no token is refused.
 */
export async function verifyGraphTokens(
  proven: Verified,
  request: WebhookRequest,
  settings: VerificationSettings,
  ports: VerifyPorts,
): Promise<VerifyResult> {
  const parsed = parseBody(request);
  const value = parsed.kind === "unreadable" ? null : parsed.value;
  const tokens = valueAt(value, "validationTokens");
  const checks = [...proven.checks];
  const carriesContent = itemsOf(value).some((item) => valueAt(item, "encryptedContent") != null);
  if (tokens === undefined && !carriesContent) return proven;
  if (!settings.options?.["applicationId"]) {
    const message = "Validation tokens are not judged: enter your application's id to have them checked.";
    return { ...proven, checks: [...checks, { id: "token-valid", status: "not-configured", message }] };
  }
  if (!Array.isArray(tokens) || tokens.length === 0 || tokens.length > TOKENS_MAX)
    return rejected(
      proven.scheme,
      "credential-missing",
      `Notifications with content carry 1 to ${TOKENS_MAX} validation tokens; this one does not.`,
      checks,
      "token-valid",
    );
  for (const token of tokens as unknown[]) {
    const outcome = await verifyOne(typeof token === "string" ? token : "", request, settings, ports);
    if (outcome.kind === "rejected")
      return rejected(proven.scheme, outcome.reason, outcome.message, checks, "token-valid");
    if (outcome.kind !== "verified") return outcome;
  }
  return {
    ...proven,
    checks: [...checks, passed("token-valid", "Every validation token is Microsoft's, made for your application.")],
  };
}

async function verifyOne(
  token: string,
  request: WebhookRequest,
  settings: VerificationSettings,
  ports: VerifyPorts,
): Promise<VerifyResult> {
  const bearing: WebhookRequest = { ...request, headers: [["authorization", `Bearer ${token}`]] };
  let last: VerifyResult | null = null;
  for (const scheme of SCHEMES) {
    last = await verifyJwt(scheme, bearing, settings, ports);
    if (last.kind !== "rejected" || last.reason !== "token-claim") return last;
  }
  return (
    last ??
    rejected("validation-tokens", "unknown-scheme", "There is no way to check validation tokens.", [], "token-valid")
  );
}

function itemsOf(value: unknown): unknown[] {
  const items = valueAt(value, "value");
  return Array.isArray(items) ? items : [];
}

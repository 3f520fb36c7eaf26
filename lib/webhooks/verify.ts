import { configuredHmac } from "#lib/webhooks/configurable-hmac.ts";
import { verifyAdyenPayment } from "#lib/webhooks/custom/adyen-payment.ts";
import { verifyAwsSns } from "#lib/webhooks/custom/aws-sns.ts";
import { verifyContentful } from "#lib/webhooks/custom/contentful.ts";
import { verifyGraphTokens } from "#lib/webhooks/custom/graph-tokens.ts";
import { verifyPaypal } from "#lib/webhooks/custom/paypal.ts";
import { verifySalesforce, verifySalesforceOrganization } from "#lib/webhooks/custom/salesforce.ts";
import { queryValue, readHeader, mediaType as requestMediaType } from "#lib/webhooks/headers.ts";
import type { Provider } from "#lib/webhooks/provider-types.ts";
import { rejected } from "#lib/webhooks/result.ts";
import type { ChoiceScheme, CustomScheme, Scheme } from "#lib/webhooks/scheme-types.ts";
import type { VerificationSettings, VerifyPorts, VerifyResult, WebhookRequest } from "#lib/webhooks/types.ts";
import { verifyJwt } from "#lib/webhooks/verify-jwt.ts";
import { verifySignature } from "#lib/webhooks/verify-signature.ts";
import { verifyToken } from "#lib/webhooks/verify-token.ts";

/**
 * Says whether a request comes from a sender that knows one of the endpoint's secrets: a function of bytes, headers,
 * settings and clock. Fails closed: an unknown scheme, an empty secret or an unreadable place is a rejection.
 */
export async function verify(
  provider: Pick<Provider, "schemes">,
  request: WebhookRequest,
  given: VerificationSettings,
  ports: VerifyPorts,
): Promise<VerifyResult> {
  const settings = withoutBlankSecrets(given);
  const wanted =
    settings.scheme === undefined || settings.scheme === ""
      ? provider.schemes[0]
      : findScheme(provider, settings.scheme);
  if (wanted === null)
    return rejected(
      settings.scheme ?? "",
      "unknown-scheme",
      `There is no verification scheme "${settings.scheme}" for this sender.`,
      [],
      "secret",
    );
  if (wanted.kind !== "choice") return verifyScheme(wanted, request, settings, ports);
  return verifyChoice(provider, wanted, request, settings, ports);
}

/** A secret of spaces alone is as guessable as none: it becomes "", which nothing verifies with. */
function withoutBlankSecrets(settings: VerificationSettings): VerificationSettings {
  const isBlank = (secret: string): boolean => secret !== "" && secret.trim() === "";
  return settings.secrets.some(isBlank)
    ? { ...settings, secrets: settings.secrets.map((secret) => (isBlank(secret) ? "" : secret)) }
    : settings;
}

/** The scheme of a provider by its id or alias; null when there is none. */
export function findScheme(provider: Pick<Provider, "schemes">, id: string): Scheme | null {
  return provider.schemes.find((scheme) => scheme.id === id || scheme.aliases?.includes(id)) ?? null;
}

/** The concrete scheme that a choice picks for one secret and request. */
export function chooseScheme(
  provider: Pick<Provider, "schemes">,
  choice: ChoiceScheme,
  request: WebhookRequest,
  secret: string,
): Scheme | null {
  const rule = choice.rules.find(
    ({ secretPrefix, header, query, mediaType }) =>
      (secretPrefix === undefined || secret.startsWith(secretPrefix)) &&
      (header === undefined || readHeader(request.headers, header).kind !== "missing") &&
      (query === undefined || queryValue(request.url, query) !== null) &&
      (mediaType === undefined || requestMediaType(request.headers) === mediaType),
  );
  return findScheme(provider, rule?.use ?? choice.otherwise);
}

/**
 * Each secret may choose another scheme; the first that verifies wins, otherwise the failure that came furthest is
 * told.
 */
async function verifyChoice(
  provider: Pick<Provider, "schemes">,
  choice: ChoiceScheme,
  request: WebhookRequest,
  settings: VerificationSettings,
  ports: VerifyPorts,
): Promise<VerifyResult> {
  let telling: VerifyResult | null = null;
  for (const scheme of new Set(
    (settings.secrets.length === 0 ? [""] : settings.secrets).map((secret) =>
      chooseScheme(provider, choice, request, secret),
    ),
  )) {
    if (scheme === null || scheme.kind === "choice")
      return rejected(
        choice.id,
        "unknown-scheme",
        "This sender's description names a scheme it does not have.",
        [],
        "secret",
      );
    const secrets = settings.secrets.map((secret) =>
      chooseScheme(provider, choice, request, secret) === scheme ? secret : "",
    );
    const result = await verifyScheme(scheme, request, { ...settings, secrets }, ports);
    if (result.kind === "verified" || result.kind === "unavailable") return result;
    if (telling === null || howFar(result) > howFar(telling)) telling = result;
  }
  return (
    telling ?? rejected(choice.id, "secret-missing", "No secret is configured, so nothing can verify.", [], "secret")
  );
}

/** How much of a proof a refused request brought: a right but late one, a wrong one, or none. */
function howFar(result: VerifyResult): number {
  if (result.kind !== "rejected") return 0;
  if (result.checks.some(({ id, status }) => id === "signature-matches" && status === "passed")) return 3;
  if (result.reason.endsWith("-mismatch")) return 2;
  return result.reason.endsWith("-missing") ? 0 : 1;
}

async function verifyScheme(
  scheme: Exclude<Scheme, ChoiceScheme>,
  request: WebhookRequest,
  settings: VerificationSettings,
  ports: VerifyPorts,
): Promise<VerifyResult> {
  switch (scheme.kind) {
    case "hmac":
    case "asymmetric":
      return verifySignature(scheme, request, settings, ports.now);
    case "token": {
      const result = verifyToken(scheme, request, settings);
      if (result.kind !== "verified" || scheme.alsoProves === undefined) return result;
      return scheme.alsoProves === "graph-tokens"
        ? verifyGraphTokens(result, request, settings, ports)
        : verifySalesforceOrganization(result, request, settings);
    }
    case "jwt":
      return verifyJwt(scheme, request, settings, ports);
    case "custom":
      return verifyCustom(scheme, request, settings, ports);
    case "none": {
      const message = "This sender does not sign; only the secrecy of the URL protects the endpoint.";
      return {
        kind: "not-configured",
        scheme: scheme.id,
        message,
        checks: [{ id: "secret", status: "not-configured", message }],
      };
    }
  }
}

async function verifyCustom(
  scheme: CustomScheme,
  request: WebhookRequest,
  settings: VerificationSettings,
  ports: VerifyPorts,
): Promise<VerifyResult> {
  switch (scheme.verifier) {
    case "aws-sns":
      return verifyAwsSns(scheme.id, request, settings, ports);
    case "paypal":
      return verifyPaypal(scheme.id, request, settings, ports);
    case "adyen-payment":
      return verifyAdyenPayment(scheme.id, request, settings);
    case "contentful":
      return verifyContentful(scheme.id, request, settings, ports.now);
    case "salesforce":
      return verifySalesforce(scheme.id, request, settings);
    case "configurable-hmac": {
      const configured = configuredHmac(scheme.id, settings);
      if (configured.kind === "problem")
        return rejected(scheme.id, "setting-missing", configured.message, [], "secret");
      return verifySignature(configured.scheme, request, settings, ports.now);
    }
  }
}

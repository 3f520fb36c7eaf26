import { passed, rejected } from "#lib/webhooks/result.ts";
import { sameText } from "#lib/webhooks/same-text.ts";
import type {
  Check,
  Rejected,
  VerificationSettings,
  Verified,
  VerifyResult,
  WebhookRequest,
} from "#lib/webhooks/types.ts";

/**
 * Checks a Salesforce outbound message against the configured organization id. Salesforce does not sign and the id is
 * no secret, so a match stays "not configured": only a wrong organization is a rejection.
 */
export function verifySalesforce(
  scheme: string,
  request: WebhookRequest,
  settings: VerificationSettings,
): VerifyResult {
  const organization = judgeOrganization(scheme, request, settings, []);
  if ("kind" in organization) return organization;
  const message = "This sender does not sign; only the secrecy of the URL protects the endpoint.";
  return { kind: "not-configured", scheme, message, checks: [organization] };
}

/** Adds the organization id to the proof that the secret in the URL gave. */
export function verifySalesforceOrganization(
  proven: Verified,
  request: WebhookRequest,
  settings: VerificationSettings,
): Verified | Rejected {
  const organization = judgeOrganization(proven.scheme, request, settings, proven.checks);
  return "kind" in organization ? organization : { ...proven, checks: [...proven.checks, organization] };
}

function judgeOrganization(
  scheme: string,
  request: WebhookRequest,
  settings: VerificationSettings,
  checks: readonly Check[],
): Check | Rejected {
  const expected = settings.options?.["organizationId"]?.trim() ?? "";
  const text = Buffer.from(request.body.buffer, request.body.byteOffset, request.body.byteLength).toString("utf8");
  if (/<!DOCTYPE|<!ENTITY/i.test(text))
    return rejected(
      scheme,
      "body-unreadable",
      "The message declares a document type, which Salesforce never sends.",
      checks,
      "fields",
    );
  if (expected === "") return { id: "fields", status: "not-configured", message: "No organization id is configured." };
  const ids = [...text.matchAll(/<(?:\w+:)?OrganizationId>\s*([^<\s]+)\s*<\/(?:\w+:)?OrganizationId>/g)].map(
    (match) => match[1] ?? "",
  );
  // Salesforce sends the 18-character form; people copy the 15-character one, which is its beginning.
  return ids.length > 0 && ids.every((id) => sameText(id.slice(0, 15), expected.slice(0, 15)))
    ? passed("fields", "The organization id is the configured one.")
    : rejected(
        scheme,
        "field-mismatch",
        "The message comes from another organization than the configured one.",
        checks,
        "fields",
      );
}

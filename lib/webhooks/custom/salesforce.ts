import { rejected } from "#lib/webhooks/result.ts";
import { sameText } from "#lib/webhooks/same-text.ts";
import type { VerificationSettings, VerifyResult, WebhookRequest } from "#lib/webhooks/types.ts";

/**
 * Checks a Salesforce outbound message against the configured organization id. Salesforce does not sign and the id is
 * no secret, so a match stays "not configured": only a wrong organization is a rejection.
 */
export function verifySalesforce(scheme: string, request: WebhookRequest, settings: VerificationSettings): VerifyResult {
  const expected = settings.options?.["organizationId"] ?? "";
  const text = Buffer.from(request.body.buffer, request.body.byteOffset, request.body.byteLength).toString("utf8");
  if (/<!DOCTYPE|<!ENTITY/i.test(text))
    return rejected(scheme, "body-unreadable", "The message declares a document type, which Salesforce never sends.", [], "fields");
  const message = "This sender does not sign; only the secrecy of the URL protects the endpoint.";
  if (expected === "")
    return {
      kind: "not-configured",
      scheme,
      message,
      checks: [{ id: "fields", status: "not-configured", message: "No organization id is configured." }],
    };
  const ids = [...text.matchAll(/<OrganizationId>\s*([^<\s]+)\s*<\/OrganizationId>/g)].map((match) => match[1] ?? "");
  // Salesforce sends the 18-character form; people copy the 15-character one, which is its beginning.
  if (ids.length === 0 || !ids.every((id) => sameText(id.slice(0, 15), expected.slice(0, 15))))
    return rejected(scheme, "field-mismatch", "The message comes from another organization than the configured one.", [], "fields");
  return {
    kind: "not-configured",
    scheme,
    message,
    checks: [{ id: "fields", status: "passed", message: "The organization id is the configured one." }],
  };
}

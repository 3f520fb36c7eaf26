import type { Verification } from "#lib/core/states.ts";
import type { Receiver, RequestCheck } from "#lib/door/receiver.ts";
import { type Refusal, refuse } from "#lib/door/refusals.ts";
import type { VerificationSettings, VerifyPorts, WebhookRequest } from "#lib/webhooks/types.ts";
import { verify } from "#lib/webhooks/verify.ts";

/**
 * What verification found: a verdict beside the request, the checks made, and a refusal when it is not to be accepted.
 */
export type RequestVerification = {
  readonly verification: Verification;
  readonly checks: readonly RequestCheck[];
  readonly refusal: Refusal | null;
  /** Index of the secret that matched, or null. */
  readonly secretIndex: number | null;
};

/**
 * Verifies a request by its endpoint's settings. `publicUrl` is where the endpoint is reached unless the owner said
 * otherwise.
 */
export async function verifyRequest(
  receiver: Receiver,
  request: WebhookRequest,
  publicUrl: string,
  ports: VerifyPorts,
): Promise<RequestVerification> {
  if (receiver.settings.verification === "off") {
    const message = "No signature check is set up: whoever knows the address can send here.";
    return {
      verification: "not configured",
      checks: [{ id: "secret", status: "not-configured", message }],
      refusal: null,
      secretIndex: null,
    };
  }
  const result = await verify(receiver.provider, request, verificationSettings(receiver, publicUrl), ports);
  switch (result.kind) {
    case "verified":
      return { verification: "verified", checks: result.checks, refusal: null, secretIndex: result.secretIndex };
    case "not-configured":
      return { verification: "not configured", checks: result.checks, refusal: null, secretIndex: null };
    case "rejected":
      return {
        verification: "not verified",
        checks: result.checks,
        refusal: refuse(result.reason, result.message),
        secretIndex: null,
      };
    case "unavailable":
      return {
        verification: "not verified",
        checks: result.checks,
        refusal: refuse("keys-unavailable", result.message, [["retry-after", "30"]]),
        secretIndex: null,
      };
  }
}

/** An endpoint's settings in the verifier's terms. */
export function verificationSettings(receiver: Receiver, publicUrl: string): VerificationSettings {
  const { settings } = receiver;
  return {
    secrets: receiver.secrets.map((secret) => secret.text),
    publicUrl: settings.publicUrl ?? publicUrl,
    options: settings.options,
    ...(settings.scheme === null ? {} : { scheme: settings.scheme }),
    ...(settings.toleranceSeconds === null ? {} : { toleranceSeconds: settings.toleranceSeconds }),
  };
}

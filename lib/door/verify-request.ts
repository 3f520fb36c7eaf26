import type { Verification } from "#lib/core/states.ts";
import { isCredentialGone } from "#lib/door/check-kept.ts";
import { nameUnproven } from "#lib/door/name-unproven.ts";
import { type Passing, type Stage, uncertain } from "#lib/door/passing.ts";
import type { Receiver, RequestCheck } from "#lib/door/receiver.ts";
import { type Refusal, refuse } from "#lib/door/refusals.ts";
import { secretUsed } from "#lib/door/secret-words.ts";
import type { Verdict } from "#lib/door/verdict.ts";
import type { VerificationSettings, VerifyResult } from "#lib/webhooks/types.ts";
import { verify } from "#lib/webhooks/verify.ts";

/**
 * Refuses a request whose sender does not prove itself, and remembers what was found. A stored one may lack its proof.
 */
export const verifySender: Stage = (passing) => {
  const { receiver, request, head, ports } = passing;
  if (receiver.settings.verification === "off") return conclude(passing, OFF);
  const settings = verificationSettings(receiver, ports.publicUrl(head.token));
  const verifying = verify(receiver.provider, request, settings, {
    now: head.receivedAt,
    fetchText: ports.fetchText,
  });
  return verifying.then((result) => conclude(passing, findingOf(result)));
};

/** What verification found; `secretIndex` is the secret that matched, or null. */
type Finding = {
  readonly verification: Verification;
  readonly checks: readonly RequestCheck[];
  readonly refusal: Refusal | null;
  readonly secretIndex: number | null;
};

const OFF: Finding = {
  verification: "not configured",
  checks: [
    {
      id: "secret",
      status: "not-configured",
      message: "No signature check is set up: whoever knows the address can send here.",
    },
  ],
  refusal: null,
  secretIndex: null,
};

function conclude(passing: Passing, { verification, checks, refusal, secretIndex }: Finding): Verdict | null {
  const { receiver, kept } = passing;
  passing.checks.push(...checks);
  passing.verification = verification;
  passing.secretIndex = secretIndex;
  const secret = secretIndex === null ? undefined : receiver.secrets[secretIndex];
  if (secret !== undefined) passing.checks.push(secretUsed(secret));
  if (refusal === null) return null;
  if (kept !== null && refusal.reason === "keys-unavailable") return uncertain({ kind: "keys-unavailable" });
  if (kept !== null && isCredentialGone(receiver, kept))
    return kept.trusted ? null : uncertain({ kind: "credential-removed" });
  passing.eventType = nameUnproven(receiver, passing.readable);
  return { kind: "refused", refusal };
}

function findingOf(result: VerifyResult): Finding {
  const { checks } = result;
  switch (result.kind) {
    case "verified":
      return { verification: "verified", checks, refusal: null, secretIndex: result.secretIndex };
    case "not-configured":
      return { verification: "not configured", checks, refusal: null, secretIndex: null };
    case "rejected":
      return {
        verification: "not verified",
        checks,
        refusal: refuse(result.reason, result.message),
        secretIndex: null,
      };
    case "unavailable":
      return {
        verification: "not verified",
        checks,
        refusal: refuse("keys-unavailable", result.message, [["retry-after", "30"]]),
        secretIndex: null,
      };
  }
}

/**
 * An endpoint's settings in the verifier's terms. `publicUrl` is where it is reached unless its owner said otherwise.
 */
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

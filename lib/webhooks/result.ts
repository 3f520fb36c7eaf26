import type { Check, Rejected, RejectReason, Unavailable, Verified } from "#lib/webhooks/types.ts";

/** A rejection whose last check is the one that failed. */
export function rejected(
  scheme: string,
  reason: RejectReason,
  message: string,
  passed: readonly Check[],
  check: Check["id"],
  detail?: string,
): Rejected {
  const checks: Check[] = [...passed, { id: check, status: "failed", message }];
  return detail === undefined
    ? { kind: "rejected", scheme, reason, message, checks }
    : { kind: "rejected", scheme, reason, message, detail, checks };
}

/** A check that passed. */
export function passed(id: Check["id"], message: string): Check {
  return { id, status: "passed", message };
}

/** A proof of origin. */
export function verified(
  scheme: string,
  secretIndex: number,
  signedAt: Date | null,
  checks: readonly Check[],
): Verified {
  return { kind: "verified", scheme, secretIndex, signedAt, checks };
}

/** A verification that could not be done for a reason on our side. */
export function unavailable(
  scheme: string,
  reason: Unavailable["reason"],
  message: string,
  passedChecks: readonly Check[],
  detail: string,
): Unavailable {
  return {
    kind: "unavailable",
    scheme,
    reason,
    message,
    detail,
    checks: [...passedChecks, { id: "certificate", status: "failed", message }],
  };
}

/** The rejection every scheme gives when no secret is configured: nothing verifies against an empty one. */
export function noSecret(scheme: string): Rejected {
  return rejected(scheme, "secret-missing", "No secret is configured, so nothing can verify.", [], "secret");
}

/** Which check a reason belongs to. */
export function checkOf(reason: RejectReason): Check["id"] {
  if (reason.startsWith("signature-")) return "signature-present";
  if (reason.startsWith("timestamp-")) return "timestamp-present";
  if (reason === "secret-missing" || reason === "secret-unusable" || reason === "setting-missing") return "secret";
  return "fields";
}

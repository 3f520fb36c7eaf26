import type { ChaosDelivery } from "#lib/webhooks/chaos-deliveries.ts";

/**
 * Says whether an answer's status is what a good receiver gives; null: no answer came, which is right for a body that
 * is too large.
 */
export function isExpectedStatus(expected: ChaosDelivery["expected"], status: number | null): boolean {
  // An answer sent before the body was read whole may reach the sender as a broken connection.
  if (status === null) return expected === "too-large";
  switch (expected) {
    case "accepted":
    case "accepted-once":
      return status >= 200 && status < 300;
    case "refused":
      return status === 401 || status === 403;
    case "too-large":
      return status === 413;
  }
}

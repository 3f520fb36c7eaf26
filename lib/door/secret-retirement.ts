import { HOUR } from "#lib/core/units.ts";

/** What of an active secret decides when it retires by itself. */
export type SecretUse = {
  readonly id: string;
  readonly createdAt: Date;
  readonly verifiedCount: number;
  readonly lastVerifiedAt: Date | null;
};

/**
 * Whether a secret retires by itself: never, not before a newer one has proven itself, or at a time unless it is used.
 */
export type Retirement =
  | { readonly kind: "stays" }
  | { readonly kind: "waits" }
  | { readonly kind: "due"; readonly at: Date };

/**
 * When a secret retires by itself. `active` are the endpoint's active secrets, newest first. The newest stays. An older
 * one waits until a newer one has verified a request later than it did itself: until then its sender may not have
 * changed over. Then it has `hours` from its own last use, or from the newer one's making when that is later.
 */
export function retirementOf(secret: SecretUse, active: readonly SecretUse[], hours: number | null): Retirement {
  const place = active.findIndex(({ id }) => id === secret.id);
  if (hours === null || place <= 0) return { kind: "stays" };
  const lastMs = secret.lastVerifiedAt?.getTime() ?? Number.NEGATIVE_INFINITY;
  const proven = active
    .slice(0, place)
    .filter(
      ({ verifiedCount, lastVerifiedAt }) =>
        verifiedCount > 0 && lastVerifiedAt !== null && lastVerifiedAt.getTime() > lastMs,
    );
  if (proven.length === 0) return { kind: "waits" };
  const quietSinceMs = Math.max(lastMs, Math.min(...proven.map(({ createdAt }) => createdAt.getTime())));
  return { kind: "due", at: new Date(quietSinceMs + hours * HOUR) };
}

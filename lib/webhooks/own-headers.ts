import type { AsymmetricScheme, HmacScheme } from "#lib/webhooks/scheme-types.ts";
import type { VerificationSettings } from "#lib/webhooks/types.ts";

/**
 * The scheme with the header names its owner entered (Grafana lets people choose both). Whoever names a header for the
 * time insists on it: a delivery without one is then refused.
 */
export function withOwnHeaders<Given extends HmacScheme | AsymmetricScheme>(
  scheme: Given,
  settings: Pick<VerificationSettings, "options">,
): Given {
  const { signature, timestamp } = scheme;
  if (signature.headerOption === undefined && timestamp?.headerOption === undefined) return scheme;
  const own = (option: string | undefined): string =>
    (option === undefined ? "" : (settings.options?.[option] ?? "")).trim().toLowerCase();
  const signatureHeader = own(signature.headerOption);
  const timestampHeader = own(timestamp?.headerOption);
  return {
    ...scheme,
    ...(signatureHeader === "" ? {} : { signature: { ...signature, header: signatureHeader } }),
    ...(timestamp === undefined || timestampHeader === ""
      ? {}
      : { timestamp: { ...timestamp, header: timestampHeader, optional: false } }),
  };
}

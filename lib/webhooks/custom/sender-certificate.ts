import { createPublicKey, type KeyObject, X509Certificate } from "node:crypto";
import type { FetchTextResult } from "#lib/webhooks/types.ts";

/** A sender's RSA key out of what its certificate address serves, or why it cannot be used. */
export type CertificateReading =
  | { readonly kind: "key"; readonly key: KeyObject }
  | { readonly kind: "not-trusted"; readonly message: string }
  | { readonly kind: "unreadable" };

/**
 * Reads the first certificate of a fetched text: RSA, valid at `now`, and, where the sender documents it, of this
 * common name and not signed by itself. Both senders serve that one certificate without its issuers, so there is no
 * chain to walk: it is trusted because its address is the sender's own, over HTTPS. A key that the caller vouches for
 * (`pinned`) need only be unexpired: recorded deliveries are checked at the clock they were recorded with.
 */
export function readSenderCertificate(
  fetched: Extract<FetchTextResult, { kind: "ok" }>,
  sender: string,
  now: Date,
  commonName?: RegExp,
): CertificateReading {
  try {
    // A recorded delivery may carry the bare public key, which names no end of its validity.
    if (fetched.pinned && fetched.text.includes("-----BEGIN PUBLIC KEY-----"))
      return rsaOnly(createPublicKey(fetched.text));
    const certificate = new X509Certificate(fetched.text);
    if (certificate.validToDate.getTime() < now.getTime())
      return { kind: "not-trusted", message: `The certificate of ${sender} has expired.` };
    if (!fetched.pinned) {
      if (certificate.validFromDate.getTime() > now.getTime())
        return { kind: "not-trusted", message: `The certificate of ${sender} is not valid yet.` };
      if (
        commonName !== undefined &&
        (!commonName.test(commonNameOf(certificate)) || certificate.checkIssued(certificate))
      )
        return { kind: "not-trusted", message: `The certificate is not one that an authority made for ${sender}.` };
    }
    return rsaOnly(certificate.publicKey);
  } catch {
    return { kind: "unreadable" };
  }
}

/** The common name of the subject; "" when it has none or several. */
function commonNameOf(certificate: X509Certificate): string {
  const names = certificate.subject.split("\n").filter((part) => part.startsWith("CN="));
  return names.length === 1 ? (names[0]?.slice("CN=".length) ?? "") : "";
}

function rsaOnly(key: KeyObject): CertificateReading {
  return key.asymmetricKeyType === "rsa" ? { kind: "key", key } : { kind: "unreadable" };
}

import type { ConnectFailed } from "./open-checked-socket.ts";

/** A failed connection in plain words. `code` is Hookline's own and stable. */
export type ConnectExplanation = { code: string; message: string; retryable: boolean };

/**
 * Says why no connection to `host` came about. A certificate that names another host or nobody trusts is not tried
 * again.
 */
export function explainConnectFailure(failure: ConnectFailed, host: string): ConnectExplanation {
  const [code, sentence, retryable] = explain(failure, host);
  const cause = failure.code === "EUNKNOWN" ? "" : ` (${failure.code})`;
  return { code, message: `${sentence}${cause}. Nothing was sent.`, retryable };
}

function explain({ code, phase }: ConnectFailed, host: string): [code: string, sentence: string, retryable: boolean] {
  if (phase === "lookup") {
    if (code === "ENOTFOUND") return ["host-not-found", `There is no host named ${host}`, true];
    if (code === "ETIMEDOUT") return ["dns-timeout", `Looking up ${host} took too long`, true];
    return ["dns-failed", `Looking up ${host} failed`, true];
  }
  if (code === "ETIMEDOUT") return ["connect-timeout", `${host} did not accept the connection in time`, true];
  if (phase === "tls") return explainTls(code, host);
  switch (code) {
    case "ECONNREFUSED":
      return ["connection-refused", `${host} refused the connection: nothing listens on that port`, true];
    case "ENETUNREACH":
    case "EHOSTUNREACH":
    case "EADDRNOTAVAIL":
      return ["unreachable", `${host} cannot be reached from this machine's network`, true];
    default:
      return ["connect-failed", `The connection to ${host} failed`, true];
  }
}

function explainTls(code: string, host: string): [code: string, sentence: string, retryable: boolean] {
  switch (code) {
    case "CERT_HAS_EXPIRED":
      return ["certificate-expired", `The certificate of ${host} has expired`, true];
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return ["certificate-other-host", `The certificate does not name ${host}`, false];
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
    case "SELF_SIGNED_CERT_IN_CHAIN":
      return [
        "certificate-self-signed",
        `The certificate of ${host} is self-signed; the operator can trust its authority with NODE_EXTRA_CA_CERTS`,
        false,
      ];
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
    case "UNABLE_TO_GET_ISSUER_CERT":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
      return [
        "certificate-untrusted",
        `The certificate of ${host} comes from an authority this machine does not know`,
        false,
      ];
    case "ERR_SSL_WRONG_VERSION_NUMBER":
    case "ERR_SSL_PACKET_LENGTH_TOO_LONG":
      return ["not-tls", `${host} answered, but not with TLS`, false];
    case "ERR_SSL_UNSUPPORTED_PROTOCOL":
    case "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION":
      return ["tls-too-old", `${host} offers no TLS of version 1.2 or newer`, false];
    default:
      return ["tls-failed", `The TLS handshake with ${host} failed`, true];
  }
}

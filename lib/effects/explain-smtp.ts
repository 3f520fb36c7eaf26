import type { SmtpSent, SmtpServer } from "#lib/platform/egress/send-smtp.ts";

/** A failed SMTP conversation in plain words; `detail` is the server's own, for those who want it. */
export type SmtpExplanation = {
  kind: "failed" | "unknown";
  code: string;
  message: string;
  detail: string;
  retryable: boolean;
};

/** A conversation that did not come to its end. */
export type SmtpFailure = Extract<SmtpSent, { kind: "not-connected" | "not-offered" | "rejected" | "broken" }>;

const NOTHING = "Nothing was sent.";

/**
 * Says what went wrong, why, and what to do. Permanent refusals (5xx) are not tried again; everything before the
 * hand-over else is.
 */
export function explainSmtp(failure: SmtpFailure, server: SmtpServer): SmtpExplanation {
  switch (failure.kind) {
    case "not-connected":
      return notConnected(failure, server);
    case "not-offered":
      return notOffered(failure, server);
    case "rejected":
      return rejected(failure, server);
    case "broken":
      return broken(failure, server);
  }
}

function notConnected(failure: Extract<SmtpFailure, { kind: "not-connected" }>, server: SmtpServer): SmtpExplanation {
  if (failure.code === "not-tls")
    return {
      kind: "failed",
      code: "smtp-wants-starttls",
      message:
        `${server.host} answered on port ${server.port}, but not with TLS: it begins unencrypted and may then ` +
        `switch (STARTTLS); this connection is set to TLS from the start. ${NOTHING}`,
      detail: failure.message,
      retryable: false,
    };
  return {
    kind: "failed",
    code: failure.code,
    message: failure.message,
    detail: failure.message,
    retryable: failure.retryable,
  };
}

function notOffered(
  { what, detail }: Extract<SmtpFailure, { kind: "not-offered" }>,
  server: SmtpServer,
): SmtpExplanation {
  const at = `${server.host}:${server.port}`;
  const base = { kind: "failed" as const, detail, retryable: false };
  switch (what) {
    case "sign-in":
      return {
        ...base,
        code: "smtp-no-sign-in",
        message:
          `${at} offers no sign-in at all, so the name and password were not tried. Leave them empty if it takes ` +
          `mail without, or use the port for signed-in mail (587 or 465). ${NOTHING}`,
      };
    case "sign-in-without-tls":
      return {
        ...base,
        code: "smtp-needs-tls",
        message:
          `${at} lets nobody sign in unencrypted, so the name and password were not tried: set the connection's ` +
          `encryption to STARTTLS. ${NOTHING}`,
      };
    case "method":
      return {
        ...base,
        code: "smtp-no-password-sign-in",
        message: `${at} offers no sign-in with a name and password, only: ${detail}. ${NOTHING}`,
      };
    case "utf8-addresses":
      return {
        ...base,
        code: "smtp-no-utf8-addresses",
        message:
          `${at} accepts no addresses with non-ASCII letters before the @ (it does not offer SMTPUTF8): ` +
          `${detail}. ${NOTHING}`,
      };
  }
}

function rejected(failure: Extract<SmtpFailure, { kind: "rejected" }>, server: SmtpServer): SmtpExplanation {
  const { responseCode, response, stage } = failure;
  const retryable = responseCode < 500;
  const said = `said ${response === "" ? responseCode : response.slice(0, 300)}`;
  const base = { kind: "failed" as const, detail: response, retryable };
  if (responseCode === 538 || (responseCode === 530 && /starttls|tls|encrypt|ssl/i.test(response)))
    return {
      ...base,
      code: "smtp-needs-tls",
      message:
        `The server requires encryption first: ${server.host} ${said}. Set the connection's encryption to STARTTLS ` +
        `or TLS. ${NOTHING}`,
    };
  if (responseCode === 530)
    return {
      ...base,
      code: "smtp-wants-sign-in",
      message:
        `The server requires a sign-in first: ${server.host} ${said}. Enter a ` +
        `name and password in the connection. ${NOTHING}`,
    };
  if (stage === "sign-in") return signInRefused(base, responseCode, `${server.host} ${said}`);
  if (stage === "envelope")
    return {
      ...base,
      code: `smtp-${responseCode}`,
      message: `The server refused the sender or every recipient: ${server.host} ${said}. ${NOTHING}`,
    };
  if (stage === "greeting")
    return {
      ...base,
      code: `smtp-${responseCode}`,
      message: `The server refused the connection: ${server.host} ${said}. ${NOTHING}`,
    };
  return {
    ...base,
    code: `smtp-${responseCode}`,
    message: `The server refused the mail: ${server.host} ${said}. ${NOTHING}`,
  };
}

function signInRefused(
  base: Pick<SmtpExplanation, "kind" | "detail" | "retryable">,
  responseCode: number,
  said: string,
): SmtpExplanation {
  if (responseCode < 500)
    return {
      ...base,
      code: "smtp-sign-in-later",
      message: `The server cannot check the password now: ${said}. ${NOTHING}`,
    };
  if ([500, 502, 503, 504].includes(responseCode))
    return {
      ...base,
      code: "smtp-no-sign-in",
      message:
        `The server does not know this way to sign in: ${said}. ` + `The name and password were not judged. ${NOTHING}`,
    };
  return {
    ...base,
    code: "smtp-sign-in",
    message:
      `The server refused the name or password: ${said}. ` + `Gmail and Microsoft 365 want an app password. ${NOTHING}`,
  };
}

function broken(failure: Extract<SmtpFailure, { kind: "broken" }>, server: SmtpServer): SmtpExplanation {
  const detail = `${failure.detail} (${failure.code})`;
  const at = `${server.host}:${server.port}`;
  if (failure.stage === "handed-over")
    return {
      kind: "unknown",
      code: failure.code === "ETIMEDOUT" ? "smtp-no-answer" : "smtp-connection-lost",
      message:
        `We cannot tell whether this mail went out: the connection to ${at} broke after the mail was handed ` +
        "over. Sending again may deliver it twice.",
      detail,
      retryable: false,
    };
  const base = { kind: "failed" as const, detail, retryable: true };
  const isCertificate = failure.stage === "greeting" && /certificate|self-signed|altname|CERT_/i.test(failure.detail);
  if (failure.code === "ETLS" || isCertificate) {
    const words = isCertificate ? "its certificate is not trusted here" : "it did not switch to TLS (STARTTLS)";
    return {
      ...base,
      retryable: false,
      code: "smtp-starttls",
      message: `${at} answered, but ${words}: ${failure.detail}. ${NOTHING}`,
    };
  }
  if (failure.code === "EAUTH")
    return {
      ...base,
      retryable: false,
      code: "smtp-sign-in",
      message: `Signing in to ${at} did not work: ${failure.detail}. ${NOTHING}`,
    };
  if (failure.code === "EENVELOPE")
    return {
      ...base,
      retryable: false,
      code: "smtp-bad-address",
      message: `An address of this mail cannot be used: ${failure.detail}. ${NOTHING}`,
    };
  if (failure.code === "EMESSAGE")
    return {
      ...base,
      retryable: false,
      code: "smtp-too-large",
      message: `${at} does not take a mail of this size. ${NOTHING}`,
    };
  if (failure.code === "ETIMEDOUT") {
    const hint =
      failure.stage === "greeting" && server.security !== "tls"
        ? " A server that expects TLS from the start stays silent like this."
        : "";
    return { ...base, code: "smtp-timeout", message: `${at} did not answer in time.${hint} ${NOTHING}` };
  }
  return { ...base, code: "smtp-broken", message: `The connection to ${at} broke: ${failure.detail}. ${NOTHING}` };
}

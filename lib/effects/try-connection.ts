import { databaseNow } from "#lib/core/database-time.ts";
import type { WorkspaceId } from "#lib/core/ids.ts";
import type { OpenConnection } from "#lib/engine/connections/connection-kind.ts";
import { credentialHeader, findConnectionKind } from "#lib/engine/connections/connection-kinds.ts";
import { kind as smtp } from "#lib/engine/connections/kinds/smtp.ts";
import type { HttpEffect } from "#lib/engine/effect.ts";
import type { EgressRefusal } from "#lib/platform/egress/egress-refused.ts";
import type { EgressRules } from "#lib/platform/egress/egress-rules.ts";
import { resolveHost } from "#lib/platform/egress/resolve-host.ts";
import { sendSmtp } from "#lib/platform/egress/send-smtp.ts";
import { explainSmtp } from "./explain-smtp.ts";
import { performHttp } from "./http-effect.ts";

/**
 * What trying a connection came to, in plain words. `code` is stable; `transcript` is what was said to a mail server.
 */
export type ConnectionTrial = {
  ok: boolean;
  code: string;
  message: string;
  transcript: string[];
  /** Set when the egress guard refused; `allowable` ones can be opened by an owner or admin. */
  refusal: EgressRefusal | null;
};

type TryOptions = { url: string; rules: EgressRules; publicHost: string };

const TIMEOUT_MS = 20_000;

/** Signs in to a mail server, or calls `url` with the credential; sends nothing to anybody and changes nothing. */
export async function tryConnection(connection: OpenConnection, options: TryOptions): Promise<ConnectionTrial> {
  const trial = findConnectionKind(connection.kind)?.trial;
  switch (trial?.kind) {
    case "mail server":
      return trySmtp(connection, options);
    case "call":
      return tryHttp(connection, options);
    case "nothing":
      return said(true, "ok", trial.message);
    case undefined:
      return said(
        false,
        "unknown-kind",
        `This version of Hookline knows no connections of the kind ${connection.kind}.`,
      );
  }
}

async function trySmtp(connection: OpenConnection, { rules, publicHost }: TryOptions): Promise<ConnectionTrial> {
  const server = { ...smtp.config.parse(connection.config), password: connection.secrets.password ?? "" };
  const sent = await sendSmtp(server, null, {
    rules,
    resolve: resolveHost,
    publicHost,
    timeoutMs: TIMEOUT_MS,
    signal: new AbortController().signal,
  });
  if (sent.kind === "refused")
    return { ...said(false, `egress-${sent.refusal.reason}`, sent.refusal.message), refusal: sent.refusal };
  if (sent.kind !== "sent") {
    const words = explainSmtp(sent, server);
    return { ...said(false, words.code, words.message), transcript: sent.transcript };
  }
  const how = server.security === "none" ? "unencrypted" : "encrypted";
  const signedIn = server.user === "" ? "without a sign-in" : `and let ${server.user} in`;
  return {
    ...said(true, "ok", `${server.host}:${server.port} answered ${signedIn}, ${how}. No mail was sent.`),
    transcript: sent.transcript,
  };
}

async function tryHttp(connection: OpenConnection, { url, rules, publicHost }: TryOptions): Promise<ConnectionTrial> {
  if (url.trim() === "")
    return said(false, "no-url", "Enter a URL that needs this credential; it is called once with GET.");
  const credential = credentialHeader(connection);
  const effect: HttpEffect = {
    kind: "http",
    method: "GET",
    url: url.trim(),
    headers: [...(credential === null ? [] : [credential]), ["Accept", "*/*"]],
    body: null,
    timeoutMs: TIMEOUT_MS,
    redirectsMax: 0,
    responseBytesMax: 65_536,
  };
  const outcome = await performHttp(effect, {
    // Only ports that read: no workspace is involved beyond its rules.
    workspaceId: "" as WorkspaceId,
    mayRepeat: true,
    signal: new AbortController().signal,
    now: databaseNow,
    publicHost,
    ports: {
      findConnection: async () => connection,
      findEgressRules: async () => rules,
      answerSender: async () => "nobody-waits",
      keepMail: async () => {
        throw new Error("a test sends no mail");
      },
    },
  });
  if (outcome.kind === "done")
    return said(
      true,
      "ok",
      `${new URL(effect.url).host} accepted the credential: it answered ${statusOf(outcome.answer) ?? "well"}.`,
    );
  if (outcome.code === "http-401" || outcome.code === "http-403")
    return said(false, outcome.code, `${outcome.message}: it does not accept this credential for that address.`);
  const refusal = (outcome.answer as { refusal?: EgressRefusal } | null)?.refusal ?? null;
  return { ...said(false, outcome.code, outcome.message), refusal };
}

function statusOf(answer: unknown): number | null {
  const status = (answer as { status?: unknown } | null)?.status;
  return typeof status === "number" ? status : null;
}

function said(ok: boolean, code: string, message: string): ConnectionTrial {
  return { ok, code, message, transcript: [], refusal: null };
}

import type { AddressInfo } from "node:net";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { onTestFinished } from "vitest";
import type { WorkspaceId } from "#lib/core/ids.ts";
import type { JsonObject } from "#lib/core/json.ts";
import type { EffectContext } from "#lib/effects/effect-context.ts";
import { performEmail } from "#lib/effects/email-effect.ts";
import type { OpenConnection } from "#lib/engine/connections/connection-kind.ts";
import type { EmailEffect } from "#lib/engine/effect.ts";

/** The bytes of the mail, with a line that begins with a dot. */
export const message = [
  "From: Hooks <hooks@acme.dev>",
  "To: ada@example.com",
  "Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=",
  "Date: Mon, 23 Nov 2026 10:00:00 +0000",
  "Message-ID: <key1@hooks.test>",
  "X-Idempotency-Key: key1",
  "MIME-Version: 1.0",
  "Content-Type: text/plain; charset=utf-8",
  "Content-Transfer-Encoding: 8bit",
  "",
  "Hello Ada äö",
  ".a line that begins with a dot",
  "",
].join("\r\n");

const mail: EmailEffect = {
  kind: "email",
  connectionId: "m1",
  messageId: "<key1@hooks.test>",
  envelope: { from: "hooks@acme.dev", to: ["ada@example.com", "bcc@example.com"] },
  subject: "Grüße",
  message,
};

type Heard = { from: string; to: string[]; raw: string; secure: boolean };

/** A mail server that takes everything and keeps what it heard; it ends with the test. */
export async function startSmtp(options: SMTPServerOptions = {}): Promise<{ port: number; heard: Heard[] }> {
  const heard: Heard[] = [];
  const server = new SMTPServer({
    disabledCommands: ["STARTTLS"],
    authOptional: true,
    onAuth: (auth, _session, done) =>
      auth.username === "ada" && auth.password === "corr3ct-horse"
        ? done(null, { user: "ada" })
        : done(new Error("no")),
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const from = session.envelope.mailFrom;
        heard.push({
          from: from === false ? "" : from.address,
          to: session.envelope.rcptTo.map((to) => to.address),
          raw: Buffer.concat(chunks).toString("utf8"),
          secure: session.secure,
        });
        done();
      });
    },
    ...options,
  });
  server.on("error", () => undefined);
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { port: (server.server.address() as AddressInfo).port, heard };
}

/** Sends the mail over the connection "m1" to a server on a port of this machine. */
export function perform(
  port: number,
  config: JsonObject = {},
  over: Partial<EmailEffect> = {},
  signal = new AbortController().signal,
  allow = ["127.0.0.1/32"],
) {
  const connection: OpenConnection = {
    id: "m1",
    kind: "smtp",
    name: "Mail",
    version: 1,
    config: { host: "127.0.0.1", port, security: "none", user: "", from: "hooks@acme.dev", fromName: "", ...config },
    secrets: { password: "corr3ct-horse" },
  };
  const context: EffectContext = {
    workspaceId: "w" as WorkspaceId,
    mayRepeat: false,
    signal,
    now: () => new Date(),
    publicHost: "hooks.test",
    ports: {
      findConnection: async (id) => (id === "m1" ? connection : null),
      findEgressRules: async () => ({ allow, permissions: [], locked: false }),
      answerSender: async () => "nobody-waits",
      keepMail: async (kept) => ({ mailId: `kept ${kept.messageId}` }),
    },
  };
  return performEmail({ ...mail, ...over }, context);
}

import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type ParsedMail, simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";

/** One mail as the server took it: envelope, exact bytes, and the bytes read by another program's parser. */
export type ReceivedMail = { from: string; to: string[]; raw: Buffer; parsed: ParsedMail };

/** A real SMTP server on loopback that keeps every mail. */
export type MailServer = { port: number; mails: ReceivedMail[]; stop(): Promise<void> };

/** Starts it; with `login`, only that user and password may send. */
export async function startMailServer(login?: { user: string; password: string }): Promise<MailServer> {
  const mails: ReceivedMail[] = [];
  const server = new SMTPServer({
    disabledCommands: login === undefined ? ["STARTTLS", "AUTH"] : ["STARTTLS"],
    allowInsecureAuth: true,
    authOptional: login === undefined,
    onAuth(auth, _session, answer) {
      if (auth.username === login?.user && auth.password === login?.password) answer(null, { user: auth.username });
      else answer(new Error("wrong user or password"));
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const raw = Buffer.concat(chunks);
        const from = session.envelope.mailFrom === false ? "" : session.envelope.mailFrom.address;
        const to = session.envelope.rcptTo.map((recipient) => recipient.address);
        simpleParser(raw).then(
          (parsed) => {
            mails.push({ from, to, raw, parsed });
            done();
          },
          (error: Error) => done(error),
        );
      });
    },
  });
  server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

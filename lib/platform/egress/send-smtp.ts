import net from "node:net";
import { Readable } from "node:stream";
import SMTPConnection from "nodemailer/lib/smtp-connection";
import { createRedactor } from "#lib/platform/redact.ts";
import { type EgressRefusal, EgressRefused } from "./egress-refused.ts";
import type { EgressRules } from "./egress-rules.ts";
import { explainConnectFailure } from "./explain-connect-failure.ts";
import { ConnectFailed, openCheckedSocket } from "./open-checked-socket.ts";
import type { ResolveHost } from "./resolve-host.ts";

/** How to reach and sign in to a mail server. */
export type SmtpServer = {
  host: string;
  port: number;
  security: "starttls" | "tls" | "none";
  user: string;
  password: string;
};

/** A composed mail: who it is from and for on the wire, and its bytes. */
export type SmtpMail = { envelope: { from: string; to: readonly string[] }; message: string };

/** How far the conversation had come when it ended. */
export type SmtpStage = "connect" | "greeting" | "sign-in" | "envelope" | "message" | "handed-over";

/** A recipient the server did not take: for now (4xx) or for good (5xx). */
export type SmtpRefusal = { address: string; responseCode: number; response: string };

/** What became of a mail, or of a try to sign in. `transcript`: what was said, credentials removed. */
export type SmtpSent = {
  transcript: string[];
} /** The mail was handed over for `accepted`; the server did not take `rejected`. */ & (
  | { kind: "sent"; response: string; accepted: string[]; rejected: SmtpRefusal[] }
  | { kind: "refused"; refusal: EgressRefusal }
  | { kind: "not-connected"; code: string; message: string; retryable: boolean }
  /** The server said no; `recipients`: to each of them by itself, where that was why. */
  | { kind: "rejected"; stage: SmtpStage; responseCode: number; response: string; recipients: SmtpRefusal[] }
  /** Its greeting does not offer what this mail or sign-in needs: nothing further was said to it. */
  | { kind: "not-offered"; what: "sign-in" | "sign-in-without-tls" | "method" | "utf8-addresses"; detail: string }
  /** The conversation broke, before the whole mail was handed over or after. */
  | { kind: "broken"; stage: SmtpStage; code: string; detail: string }
);

/** What the conversation needs besides server and mail. */
export type SmtpOptions = {
  rules: EgressRules;
  resolve: ResolveHost;
  publicHost: string;
  timeoutMs: number;
  signal: AbortSignal;
};

const CONNECT_TIMEOUT_MS = 15_000;
const TRANSCRIPT_LINES_MAX = 60;
/** Ways to sign in with a name and password. */
const SIGN_IN_METHODS: ReadonlySet<string> = new Set(["PLAIN", "LOGIN", "CRAM-MD5"]);

/**
 * Speaks SMTP over a guarded connection: signs in, and sends `mail` unless it is null. `timeoutMs` is the total. Never
 * throws.
 */
export async function sendSmtp(server: SmtpServer, mail: SmtpMail | null, options: SmtpOptions): Promise<SmtpSent> {
  const transcript: string[] = [];
  const deadline = AbortSignal.any([options.signal, AbortSignal.timeout(options.timeoutMs)]);
  let socket: net.Socket;
  try {
    socket = await openCheckedSocket({
      purpose: "smtp",
      host: server.host,
      port: server.port,
      secure: server.security === "tls",
      rules: options.rules,
      resolve: options.resolve,
      timeoutMs: Math.min(CONNECT_TIMEOUT_MS, options.timeoutMs),
      signal: deadline,
    });
  } catch (error) {
    if (error instanceof EgressRefused) return { kind: "refused", refusal: error.refusal, transcript };
    if (error instanceof ConnectFailed)
      return { kind: "not-connected", ...explainConnectFailure(error, server.host), transcript };
    throw error;
  }
  const conversation = new Conversation(server, socket, options.publicHost, transcript);
  const stop = () => conversation.cut();
  deadline.addEventListener("abort", stop, { once: true });
  try {
    if (deadline.aborted) stop();
    return await conversation.run(mail);
  } finally {
    deadline.removeEventListener("abort", stop);
    conversation.close();
  }
}

type SmtpError = Error & {
  code?: string;
  command?: string;
  responseCode?: number;
  response?: string;
  recipient?: string;
  rejectedErrors?: unknown;
};

class Conversation {
  readonly #connection: SMTPConnection;
  readonly #socket: net.Socket;
  readonly #server: SmtpServer;
  readonly #transcript: string[];
  readonly #clean: (text: string) => string;
  #stage: SmtpStage = "greeting";
  #timedOut = false;
  #fail: (error: SmtpError) => void = () => undefined;

  constructor(server: SmtpServer, socket: net.Socket, publicHost: string, transcript: string[]) {
    this.#server = server;
    this.#socket = socket;
    this.#transcript = transcript;
    this.#clean = createRedactor([server.password]).text;
    this.#connection = new SMTPConnection({
      host: server.host,
      port: server.port,
      connection: socket,
      secure: server.security === "tls",
      secured: server.security === "tls",
      requireTLS: server.security === "starttls",
      ignoreTLS: server.security === "none",
      name: publicHost,
      tls: { minVersion: "TLSv1.2", ...(net.isIP(server.host) === 0 ? { servername: server.host } : {}) },
      transactionLog: true,
      logger: this.#logger() as never,
      maxResponseSize: 65_536,
    });
    this.#connection.on("error", (error) => this.#fail(error as SmtpError));
  }

  async run(mail: SmtpMail | null): Promise<SmtpSent> {
    try {
      await this.#connect();
      const missing = this.#findMissing(mail);
      if (missing !== null) return { kind: "not-offered", ...missing, transcript: this.#transcript };
      this.#stage = "sign-in";
      if (this.#server.user !== "") await this.#signIn();
      this.#stage = "envelope";
      if (mail === null)
        return { kind: "sent", response: "", accepted: [], rejected: [], transcript: this.#transcript };
      return await this.#send(mail);
    } catch (error) {
      return this.#ended(error as SmtpError);
    }
  }

  cut(): void {
    this.#timedOut = true;
    this.#fail(Object.assign(new Error("took too long"), { code: "ETIMEDOUT" }));
    this.#socket.destroy();
  }

  close(): void {
    if (this.#timedOut) this.#connection.close();
    else this.#connection.quit();
    const end = setTimeout(() => this.#socket.destroy(), 2_000);
    end.unref();
    this.#socket.once("close", () => clearTimeout(end));
  }

  #connect(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#fail = reject;
      this.#connection.connect((error) => (error ? reject(error) : resolve()));
    });
  }

  #signIn(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#fail = reject;
      const auth = {
        user: this.#server.user,
        pass: this.#server.password,
        credentials: { user: this.#server.user, pass: this.#server.password },
      };
      this.#connection.login(auth, (error) => (error ? reject(error) : resolve()));
    });
  }

  #send(mail: SmtpMail): Promise<SmtpSent> {
    return new Promise((resolve, reject) => {
      this.#fail = reject;
      const bytes = Buffer.from(mail.message, "utf8");
      const source = Readable.from(this.#handOver(bytes), { objectMode: false });
      const envelope = {
        from: mail.envelope.from,
        to: [...mail.envelope.to],
        size: bytes.length,
        use8BitMime: bytes.some((byte) => byte > 127),
      };
      this.#connection.send(envelope, source, (error, info) => {
        if (error) return reject(error);
        const rejected = refusalsOf(info.rejectedErrors, this.#clean);
        const accepted = (info.accepted as unknown[]).map(String);
        return resolve({
          kind: "sent",
          response: info.response ?? "",
          accepted,
          rejected,
          transcript: this.#transcript,
        });
      });
    });
  }

  /**
   * What the server's greeting (EHLO, RFC 5321 4.1.1.1) does not offer of what is needed; null when nothing is missing.
   */
  #findMissing(mail: SmtpMail | null): Pick<Extract<SmtpSent, { kind: "not-offered" }>, "what" | "detail"> | null {
    const said: unknown = Reflect.get(this.#connection, "lastServerResponse");
    const offers = typeof said === "string" ? said : "";
    const methods =
      /^250[ -]AUTH[ =](.*)$/im
        .exec(offers)?.[1]
        ?.trim()
        .toUpperCase()
        .split(/[\s=]+/) ?? null;
    if (this.#server.user !== "") {
      const encrypts = this.#server.security === "none" && /^250[ -]STARTTLS\b/im.test(offers);
      if (methods === null) return { what: encrypts ? "sign-in-without-tls" : "sign-in", detail: "" };
      const usable = methods.some((method) => SIGN_IN_METHODS.has(method));
      if (!usable) return { what: encrypts ? "sign-in-without-tls" : "method", detail: methods.join(", ") };
    }
    const wide = mail === null ? [] : [mail.envelope.from, ...mail.envelope.to].filter((one) => /[^\0-\x7f]/.test(one));
    if (wide.length > 0 && !/^250[ -]SMTPUTF8\b/im.test(offers))
      return { what: "utf8-addresses", detail: wide.slice(0, 5).join(", ") };
    return null;
  }

  /** The mail's bytes; once the last is taken, the final dot follows at once and the server may have accepted. */
  async *#handOver(bytes: Buffer): AsyncGenerator<Buffer> {
    this.#stage = "message";
    const last = Math.max(bytes.length - 1, 0);
    if (last > 0) yield bytes.subarray(0, last);
    this.#stage = "handed-over";
    yield bytes.subarray(last);
  }

  #ended(error: SmtpError): SmtpSent {
    const transcript = this.#transcript;
    const clean = this.#clean;
    const response = clean(error.response ?? "");
    if (error.code !== "ETLS" && error.responseCode !== undefined && error.responseCode >= 400) {
      const recipients = refusalsOf(error.rejectedErrors, clean);
      return {
        kind: "rejected",
        // The answer to DATA is about the mail, although nothing of it was handed over.
        stage: this.#stage === "envelope" && error.command === "DATA" ? "message" : this.#stage,
        responseCode: error.responseCode,
        response,
        recipients,
        transcript,
      };
    }
    const code = this.#timedOut ? "ETIMEDOUT" : (error.code ?? "EUNKNOWN");
    return { kind: "broken", stage: this.#stage, code, detail: clean(error.message), transcript };
  }

  #logger() {
    const clean = this.#clean;
    const add = (entry: { tnx?: string }, text: unknown) => {
      if ((entry.tnx !== "client" && entry.tnx !== "server") || this.#transcript.length >= TRANSCRIPT_LINES_MAX) return;
      const line = clean(String(text)).trim().slice(0, 1_000);
      this.#transcript.push(`${entry.tnx === "client" ? "C" : "S"}: ${line}`);
    };
    const none = () => undefined;
    return { level: none, trace: none, debug: add, info: none, warn: none, error: none, fatal: none };
  }
}

/** What the library notes of recipients that were not taken. */
function refusalsOf(errors: unknown, clean: (text: string) => string): SmtpRefusal[] {
  if (!Array.isArray(errors)) return [];
  return (errors as SmtpError[]).map(({ recipient, response, responseCode }) => ({
    address: recipient ?? "",
    responseCode: responseCode ?? 0,
    response: clean(response ?? ""),
  }));
}

import type { Json } from "#lib/core/json.ts";
import type { Written } from "#lib/core/json-text.ts";

/**
 * A place in a planned effect where the executor puts a secret when it sends. The plan never holds the secret itself.
 * `field` names what the connection's kind offers: "basic" (base64 of user:password), "token", "key", "password".
 */
export type SecretSlot = { slot: { connectionId: string; version: number; field: string } };

/** Text with secret slots in it, in order; a plain string where there is none. */
export type SlottedText = string | ReadonlyArray<string | SecretSlot>;

/** One HTTP call: exactly these bytes go out. Idempotency-Key is among the headers. */
export type HttpEffect = {
  kind: "http";
  method: string;
  /** Absolute http(s) URL, already encoded, without userinfo. */
  url: string;
  /** In wire order; Host, Content-Length and connection headers are the executor's. */
  headers: ReadonlyArray<readonly [name: string, value: SlottedText]>;
  /** null = no body. A text goes out in UTF-8, or in the character set named, which has all its characters. */
  body: { text: string; charset?: string } | { base64: string } | null;
  timeoutMs: number;
  /** 0 = not followed. */
  redirectsMax: number;
  responseBytesMax: number;
};

/** How long one attempt at handing over a mail may take where its step does not say. */
export const MAIL_TIMEOUT_MS = 60_000;

/** One mail: the whole MIME message is frozen, Date, boundary and Message-ID included. */
export type EmailEffect = {
  kind: "email";
  /** null = the workspace's built-in Outbox. */
  connectionId: string | null;
  messageId: string;
  /** `to`: those who are still to get it. */
  envelope: { from: string; to: readonly string[] };
  /** Recipients that earlier tries have settled: the server took the mail for them, or refused them for good. */
  settled?: readonly MailFate[];
  subject: string;
  /** The MIME message, CRLF line ends; Bcc is in the envelope only. */
  message: string;
  /** How long one attempt may take; left out: `MAIL_TIMEOUT_MS`. */
  timeoutMs?: number;
};

/** What a mail server said to one recipient: taken, put off for now (4xx), or refused for good (5xx). */
export type MailFate = { address: string; fate: "accepted" | "put off" | "refused"; response: string };

/** Nothing happens outside: the step's output is known at planning time. */
export type ValueEffect = { kind: "value"; output: Written };

/**
 * What the sender of the run's event is told, if it still waits. Headers are allowed names only; content-type is among
 * them.
 */
export type AnswerEffect = {
  kind: "answer";
  status: number;
  headers: ReadonlyArray<readonly [name: string, value: string]>;
  body: string;
};

/** What an action would do to the world. */
export type Effect = HttpEffect | EmailEffect | AnswerEffect | ValueEffect;

/** What became of performing an effect. */
export type EffectOutcome =
  /** It happened; `output` is what later steps see, `answer` what the run page shows. */
  | { kind: "done"; output: Written; answer: Json }
  /**
   * It did not happen, or the target said no. `retryAfterMs` is the target's own wish, null when it had none. `rest`:
   * what of it is still to be done, where a part was done; later tries do only that.
   */
  | {
      kind: "failed";
      code: string;
      message: string;
      retryable: boolean;
      retryAfterMs: number | null;
      answer: Json;
      rest?: Effect;
    }
  /**
   * A setting does not let it out: nothing was sent, and a person can allow it, try again or give up. `rest`: what is
   * still to be done, where the target was called and sent the call on to an address that is not let out.
   */
  | { kind: "held"; code: string; message: string; answer: Json; rest?: Effect }
  /** The connection broke after the effect may have happened. */
  | { kind: "unknown"; code: string; message: string; answer: Json; rest?: Effect };

import type { RequestCheck } from "#lib/door/receiver.ts";
import type { RejectReason } from "#lib/webhooks/types.ts";

/** Why a request was not accepted although its endpoint exists. */
export type RefusalReason =
  | "endpoint-deleted"
  | "path-appended"
  | "path-case"
  | "http-malformed"
  | "headers-too-large"
  | "address-too-long"
  | "body-broken"
  | "too-slow"
  | "method-not-allowed"
  | "https-required"
  | "address-not-allowed"
  | "rate-limited"
  | "body-too-large"
  | "coding-unsupported"
  | "loop"
  | "keys-unavailable"
  | "event-unstorable"
  | "origin-not-allowed"
  | "honeypot-filled"
  | "sent-too-fast"
  | "schema-misfit"
  | "schema-unchecked"
  | "body-unread"
  | RejectReason;

/** A refusal: what is recorded, and what the sender is told in one plain sentence. */
export type Refusal = {
  readonly kind: "refused";
  readonly reason: RefusalReason;
  readonly status: number;
  readonly message: string;
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>;
};

/** A refusal with the status its reason always has. */
export function refuse(reason: RefusalReason, message: string, headers: Refusal["headers"] = []): Refusal {
  return { kind: "refused", reason, status: statusOf(reason), message, headers };
}

function statusOf(reason: RefusalReason): number {
  switch (reason) {
    case "endpoint-deleted":
    case "path-appended":
    case "path-case":
      return 404;
    case "http-malformed":
    case "body-broken":
      return 400;
    case "too-slow":
      return 408;
    case "address-too-long":
      return 414;
    case "headers-too-large":
      return 431;
    case "method-not-allowed":
      return 405;
    case "https-required":
    case "address-not-allowed":
    case "origin-not-allowed":
      return 403;
    case "rate-limited":
      return 429;
    case "body-too-large":
      return 413;
    case "coding-unsupported":
      return 415;
    case "event-unstorable":
    case "loop":
    case "schema-misfit":
      return 422;
    case "keys-unavailable":
    case "schema-unchecked":
    case "body-unread":
      return 503;
    default:
      return 401;
  }
}

/** The check a refusal leaves behind. */
export function failed(refusal: Refusal): RequestCheck {
  return { id: CHECK_OF[refusal.reason] ?? refusal.reason, status: "failed", message: refusal.message };
}

const CHECK_OF: Partial<Record<RefusalReason, string>> = {
  "endpoint-deleted": "endpoint",
  "path-appended": "address",
  "path-case": "address",
  "address-too-long": "address",
  "headers-too-large": "headers",
  "http-malformed": "http",
  "body-broken": "body",
  "too-slow": "body",
  "method-not-allowed": "method",
  "https-required": "https",
  "address-not-allowed": "address",
  "rate-limited": "rate",
  "body-too-large": "size",
  "coding-unsupported": "coding",
  loop: "loop",
  "origin-not-allowed": "origin",
  "honeypot-filled": "honeypot",
  "sent-too-fast": "open-time",
  "schema-misfit": "schema",
  "schema-unchecked": "schema",
};

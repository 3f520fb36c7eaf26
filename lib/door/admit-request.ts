import { mayBelongToPage } from "#lib/door/ask-first.ts";
import { isInRanges } from "#lib/door/client-address.ts";
import type { Receiver, RequestCheck } from "#lib/door/receiver.ts";
import { type Refusal, refuse } from "#lib/door/refusals.ts";
import type { RequestHead } from "#lib/door/request-head.ts";
import type { TokenBuckets } from "#lib/door/token-bucket.ts";
import { headerValue, readHeader } from "#lib/webhooks/headers.ts";

/** Whether a request may be read, before a byte of its body is. */
export type Admission =
  | { readonly kind: "admitted"; readonly checks: readonly RequestCheck[] }
  | { readonly kind: "not-admitted"; readonly refusal: Refusal; readonly checks: readonly RequestCheck[] };

/** What admission needs beyond the request: the buckets of this process and a clock that only goes forward. */
export type AdmissionPorts = {
  readonly buckets: TokenBuckets;
  readonly nowMs: number;
  readonly workspaceRatePerSecond: number;
};

/**
 * Judges everything about a request that needs no body, in this order: deleted, method, HTTPS, address, declared
 * size, content coding, rate.
 */
export function admitRequest(receiver: Receiver, head: RequestHead, ports: AdmissionPorts): Admission {
  const checks: RequestCheck[] = [];
  for (const check of [checkDeleted, checkMethodEarly, checkHttps, checkAddress, checkSize, checkCoding]) {
    const outcome = check(receiver, head);
    if (outcome === null) continue;
    if ("kind" in outcome) return { kind: "not-admitted", refusal: outcome, checks: [...checks, failed(outcome)] };
    checks.push(outcome);
  }
  const limited = checkRate(receiver, ports);
  if (limited !== null) return { kind: "not-admitted", refusal: limited, checks: [...checks, failed(limited)] };
  return { kind: "admitted", checks };
}

/** The refusal of a body larger than the endpoint takes. */
export function refuseTooLarge(receiver: Receiver): Refusal {
  return refuse(
    "body-too-large",
    `The body is larger than the ${receiver.bodyBytesMax.toLocaleString("en")} bytes this address takes.`,
  );
}

/** The check a refusal leaves behind. */
export function failed(refusal: Refusal): RequestCheck {
  return { id: CHECK_OF[refusal.reason] ?? refusal.reason, status: "failed", message: refusal.message };
}

const CHECK_OF: Partial<Record<Refusal["reason"], string>> = {
  "endpoint-deleted": "endpoint",
  "method-not-allowed": "method",
  "https-required": "https",
  "address-not-allowed": "address",
  "rate-limited": "rate",
  "body-too-large": "size",
  "coding-unsupported": "coding",
  "origin-not-allowed": "origin",
  "honeypot-filled": "honeypot",
  "sent-too-fast": "open-time",
};

function checkDeleted(receiver: Receiver): Refusal | null {
  return receiver.deleted ? refuse("endpoint-deleted", "There is no endpoint at this address.") : null;
}

/**
 * A method that only a handshake or the page that asks first uses is judged later, once it is known not to be of them.
 */
function checkMethodEarly(receiver: Receiver, head: RequestHead): Refusal | RequestCheck | null {
  const shaken =
    mayBelongToPage(receiver.settings, head.method) ||
    receiver.provider.handshakes.some(({ when }) => when.methods === undefined || when.methods.includes(head.method));
  const outcome = checkMethod(receiver, head);
  return shaken && "kind" in outcome ? null : outcome;
}

/** Says whether the endpoint takes this method for events. */
export function checkMethod(receiver: Receiver, head: RequestHead): Refusal | RequestCheck {
  const methods: readonly string[] = receiver.settings.methods;
  if (methods.includes(head.method)) return { id: "method", status: "passed", message: `${head.method} is allowed.` };
  const allow = methods.join(", ");
  return refuse("method-not-allowed", `This address takes ${allow} requests only, not ${head.method}.`, [
    ["allow", allow],
  ]);
}

/** Written down even where it does not matter, so that requiring HTTPS can be tried on what came before. */
function checkHttps(receiver: Receiver, head: RequestHead): Refusal | RequestCheck | null {
  if (!receiver.settings.httpsRequired) return head.https ? HTTPS_SEEN : PLAIN_HTTP_SEEN;
  if (head.https) return HTTPS_SEEN;
  return refuse("https-required", "This address takes requests over HTTPS only.");
}

const HTTPS_SEEN: RequestCheck = { id: "https", status: "passed", message: "It came over HTTPS." };
const PLAIN_HTTP_SEEN: RequestCheck = {
  id: "https",
  status: "not-configured",
  message: "It came over plain HTTP, which is allowed.",
};

function checkAddress(receiver: Receiver, head: RequestHead): Refusal | RequestCheck | null {
  if (receiver.allowedRanges.length === 0) return null;
  const read = head.through === null ? "" : `, read from X-Forwarded-For through the trusted proxy ${head.through}`;
  const ip = head.clientIp ?? "an unknown address";
  if (head.clientIp !== null && isInRanges(head.clientIp, receiver.allowedRanges)) {
    return { id: "address", status: "passed", message: `${ip} is on the list${read}.` };
  }
  return refuse("address-not-allowed", `${ip} is not on the list of addresses that may send here${read}.`);
}

function checkSize(receiver: Receiver, head: RequestHead): Refusal | null {
  const declared = Number(headerValue(head.headers, "content-length") ?? 0);
  return declared > receiver.bodyBytesMax ? refuseTooLarge(receiver) : null;
}

const CODINGS = ["", "identity", "gzip", "x-gzip", "deflate", "br"];

function checkCoding(_receiver: Receiver, head: RequestHead): Refusal | null {
  const reading = readHeader(head.headers, "content-encoding");
  const coding =
    reading.kind === "one" ? reading.value.trim().toLowerCase() : reading.kind === "missing" ? "" : "several at once";
  if (CODINGS.includes(coding)) return null;
  return refuse("coding-unsupported", "Send the body uncompressed or as one of gzip, deflate or br.", [
    ["accept-encoding", "gzip, deflate, br"],
  ]);
}

function checkRate(receiver: Receiver, ports: AdmissionPorts): Refusal | null {
  const own = ports.buckets.take(`endpoint:${receiver.endpointId}`, receiver.ratePerSecond, ports.nowMs);
  const shared =
    own.kind === "taken"
      ? ports.buckets.take(`workspace:${receiver.workspaceId}`, ports.workspaceRatePerSecond, ports.nowMs)
      : own;
  if (shared.kind === "taken") return null;
  const who = shared === own ? "This address" : "This workspace";
  return refuse(
    "rate-limited",
    `${who} takes no more requests right now; try again in ${shared.retryAfterSeconds} s.`,
    [["retry-after", String(shared.retryAfterSeconds)]],
  );
}

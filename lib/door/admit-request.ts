import { unreadableCoding } from "#lib/bodies/undo-codings.ts";
import { isInRanges } from "#lib/core/address-range.ts";
import { KIB } from "#lib/core/units.ts";
import { mayBelongToPage } from "#lib/door/ask-first.ts";
import { type Passing, refusedBy, type Stage } from "#lib/door/passing.ts";
import type { Receiver, RequestCheck } from "#lib/door/receiver.ts";
import { type Refusal, refuse } from "#lib/door/refusals.ts";
import type { Verdict } from "#lib/door/verdict.ts";
import { isInOtherCase } from "#lib/door/webhook-address.ts";
import { headerValue, listHeader } from "#lib/webhooks/headers.ts";

/** Refuses what comes to an endpoint that is gone. */
export const checkDeleted: Stage = (passing) =>
  passing.receiver.deleted
    ? refusedBy(passing, refuse("endpoint-deleted", "There is no endpoint at this address."))
    : null;

/**
 * Refuses an address with something after its token, or in capitals: it leads to nothing, and taken silently nobody
 * would notice.
 */
export const checkAppended: Stage = (passing) => {
  const { appended, target } = passing.head;
  if (!target.startsWith("/in/") && isInOtherCase(target))
    return refusedBy(passing, refuse("path-case", 'The address begins with "/in/" in small letters.'));
  if (appended === "") return null;
  const message = `The address goes on after its token ("${appended.slice(0, 80)}"): send to it as it was given.`;
  return refusedBy(passing, refuse("path-appended", message));
};

/** The most that path and query may have. */
export const TARGET_BYTES_MAX = 16 * KIB;

/** The most that all headers together may have, each with its colon, space and line break. */
export const HEADER_BYTES_MAX = 64 * KIB;

/** Refuses an address or headers larger than anybody needs. */
export const checkHeadSize: Stage = (passing) => {
  const { target, headers } = passing.head;
  if (target.length > TARGET_BYTES_MAX) {
    const message = `The address with its query is longer than ${TARGET_BYTES_MAX.toLocaleString("en")} bytes.`;
    return refusedBy(passing, refuse("address-too-long", message));
  }
  let bytes = 0;
  // A colon, a space and a line break.
  for (const [name, value] of headers) bytes += name.length + value.length + 4;
  if (bytes <= HEADER_BYTES_MAX) return null;
  const message = `The headers are larger than ${HEADER_BYTES_MAX.toLocaleString("en")} bytes.`;
  return refusedBy(passing, refuse("headers-too-large", message));
};

/**
 * A method that only a handshake or the page that asks first uses is judged later, when it is known not to be of them.
 */
export const checkMethodEarly: Stage = (passing) => {
  const { receiver, head } = passing;
  const outcome = judgeMethod(receiver, head.method);
  if (!("kind" in outcome)) return noted(passing, outcome);
  const mayBeShaken =
    mayBelongToPage(receiver.settings, head.method) ||
    receiver.provider.handshakes.some(({ when }) => when.methods?.includes(head.method) ?? true);
  return mayBeShaken ? null : refusedBy(passing, outcome);
};

/** Refuses a method the endpoint does not take for events; the button of the page that asks first is always taken. */
export const checkMethod: Stage = (passing) => {
  if (passing.pressedNonce !== null) return null;
  const outcome = judgeMethod(passing.receiver, passing.head.method);
  return "kind" in outcome ? refusedBy(passing, outcome) : null;
};

function judgeMethod({ settings }: Receiver, method: string): Refusal | RequestCheck {
  const methods: readonly string[] = settings.methods;
  if (methods.includes(method)) return { id: "method", status: "passed", message: `${method} is allowed.` };
  const allow = methods.join(", ");
  return refuse("method-not-allowed", `This address takes ${allow} requests only, not ${method}.`, [["allow", allow]]);
}

/** Written down even where it does not matter, so that requiring HTTPS can be tried on what came before. */
export const checkHttps: Stage = (passing) => {
  if (passing.head.https) return noted(passing, HTTPS_SEEN);
  if (!passing.receiver.settings.httpsRequired) return noted(passing, PLAIN_HTTP_SEEN);
  return refusedBy(passing, refuse("https-required", "This address takes requests over HTTPS only."));
};

const HTTPS_SEEN: RequestCheck = { id: "https", status: "passed", message: "It came over HTTPS." };
const PLAIN_HTTP_SEEN: RequestCheck = {
  id: "https",
  status: "not-configured",
  message: "It came over plain HTTP, which is allowed.",
};

/** Refuses addresses that are not on the endpoint's list; an empty list lets everybody in. */
export const checkAddress: Stage = (passing) => {
  const { receiver, head } = passing;
  if (receiver.allowedRanges.length === 0) return null;
  const read = head.through === null ? "" : `, read from X-Forwarded-For through the trusted proxy ${head.through}`;
  const ip = head.clientIp ?? "an unknown address";
  if (head.clientIp !== null && isInRanges(head.clientIp, receiver.allowedRanges))
    return noted(passing, { id: "address", status: "passed", message: `${ip} is on the list${read}.` });
  const message = `${ip} is not on the list of addresses that may send here${read}.`;
  return refusedBy(passing, refuse("address-not-allowed", message));
};

/** Refuses a body that announces itself as larger than the endpoint takes. */
export const checkDeclaredSize: Stage = (passing) => {
  const declared = Number(headerValue(passing.head.headers, "content-length") ?? 0);
  return declared > passing.receiver.bodyBytesMax ? tooLarge(passing) : null;
};

/** The verdict on a body larger than the endpoint takes. */
export function tooLarge(passing: Passing): Verdict {
  const most = passing.receiver.bodyBytesMax.toLocaleString("en");
  return refusedBy(passing, refuse("body-too-large", `The body is larger than the ${most} bytes this address takes.`));
}

/** Refuses codings that nobody here can undo. */
export const checkCoding: Stage = (passing) => {
  const codings = listHeader(passing.head.headers, "content-encoding");
  if (codings === null || unreadableCoding(codings) === null) return null;
  const refusal = refuse("coding-unsupported", "Send the body uncompressed or as one of gzip, deflate, br or zstd.", [
    ["accept-encoding", "gzip, deflate, br, zstd"],
  ]);
  return refusedBy(passing, refusal);
};

/** Refuses what comes faster than the endpoint, or its whole workspace, takes. */
export const checkRate: Stage = (passing) => {
  const taking = passing.ports.takeRate(passing.receiver);
  if (taking.kind === "taken") return null;
  const who = taking.of === "endpoint" ? "This address" : "This workspace";
  const seconds = String(taking.retryAfterSeconds);
  const message = `${who} takes no more requests right now; try again in ${seconds} s.`;
  return refusedBy(passing, refuse("rate-limited", message, [["retry-after", seconds]]));
};

function noted(passing: Passing, check: RequestCheck): null {
  passing.checks.push(check);
  return null;
}

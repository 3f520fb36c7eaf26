import type { StoredHead } from "#lib/db/stored-requests.ts";
import { admitRequest, checkMethod, refuseTooLarge } from "#lib/door/admit-request.ts";
import { askFirst, asksFirst } from "#lib/door/ask-first.ts";
import { checkForm, isFormChecked } from "#lib/door/check-form.ts";
import { type DeliveryKey, deliveryKey } from "#lib/door/delivery-key.ts";
import { REMOVED } from "#lib/door/kept-headers.ts";
import { nameRequest } from "#lib/door/name-request.ts";
import type { Receiver } from "#lib/door/receiver.ts";
import { type Refusal, refuse } from "#lib/door/refusals.ts";
import type { RequestHead } from "#lib/door/request-head.ts";
import { type SplitOutcome, splitOf } from "#lib/door/split-event.ts";
import type { TokenBuckets } from "#lib/door/token-bucket.ts";
import { verifyRequest } from "#lib/door/verify-request.ts";
import { checkSchema } from "#lib/reception/check-schema.ts";
import { fetchVerificationKeys } from "#lib/reception/fetch-verification-keys.ts";
import { isReadApart, readApart } from "#lib/reception/read-delivery.ts";
import { readableRequest } from "#lib/reception/readable-request.ts";
import { answerHandshake } from "#lib/webhooks/handshake.ts";
import { headerValue, queryValue } from "#lib/webhooks/headers.ts";
import type { HeaderList, WebhookRequest } from "#lib/webhooks/types.ts";

/** What the door would do with a stored request under some settings. "untold": what is kept does not say. */
export type StoredVerdict =
  | { readonly kind: "refused"; readonly refusal: Refusal }
  | { readonly kind: "handshake" }
  /** Shown the page that asks first. */
  | { readonly kind: "asked" }
  | { readonly kind: "untold"; readonly why: string }
  | {
      readonly kind: "accepted";
      readonly eventType: string | null;
      readonly delivery: DeliveryKey;
      readonly split: SplitOutcome;
      /** The failed check of the schema where misfits are only marked. */
      readonly misfit: string | null;
    };

/** One side of a comparison: an endpoint under some settings, with a rate bucket of its own. */
export type Side = {
  readonly receiver: Receiver;
  readonly token: string;
  readonly url: string;
  readonly buckets: TokenBuckets;
  /**
   * Whether a request whose credential was not kept counts as verified, because it was then and nothing about it
   * changed.
   */
  readonly trusts: (stored: StoredHead) => boolean;
};

/** A stored request as the door saw it, without its body. */
export type StoredRequestHead = {
  readonly stored: StoredHead;
  readonly head: RequestHead;
  readonly https: boolean | null;
};

/** The head of a stored request; null when its content has expired. */
export function toHead(stored: StoredHead, token: string): StoredRequestHead | null {
  if (stored.headers === null || stored.checks === null || stored.path === null) return null;
  const https = wasHttps(stored.checks);
  const head: RequestHead = {
    token,
    method: stored.method,
    target: stored.query === null || stored.query === "" ? stored.path : `${stored.path}?${stored.query}`,
    headers: JSON.parse(stored.headers) as HeaderList,
    clientIp: stored.clientIp,
    through: null,
    https: https ?? true,
    requestId: "",
    receivedAt: stored.receivedAt,
  };
  return { stored, head, https };
}

/**
 * What the door says before it reads the body; null when it reads on. Call in the order of arrival: each call takes a
 * token of the side's bucket, as the request did.
 */
export function judgeHead(side: Side, { stored, head, https }: StoredRequestHead): StoredVerdict | null {
  const { receiver, buckets } = side;
  const ports = { buckets, nowMs: stored.receivedAt.getTime(), workspaceRatePerSecond: Number.MAX_SAFE_INTEGER };
  const admission = admitRequest(receiver, head, ports);
  if (admission.kind === "not-admitted") return { kind: "refused", refusal: admission.refusal };
  if (https === null && receiver.settings.httpsRequired)
    return { kind: "untold", why: "Whether it came over HTTPS was not recorded." };
  if (stored.bodyBytes > receiver.bodyBytesMax) return { kind: "refused", refusal: refuseTooLarge(receiver) };
  if (stored.bodyBytes > stored.keptBytes)
    return { kind: "untold", why: "Only the first bytes of its body were kept." };
  return stored.whole ? null : { kind: "untold", why: "Its body was not read." };
}

/** What the door says once it has the body, in the door's own order; nothing is stored, answered or performed. */
export async function judgeBody(
  side: Side,
  { stored, head }: StoredRequestHead,
  body: Uint8Array,
): Promise<StoredVerdict> {
  const { receiver } = side;
  const request: WebhookRequest = { method: head.method, url: head.target, headers: head.headers, body };
  const shaken = await judgeHandshake(side, stored, request);
  if (shaken !== null) return shaken;
  const asked = judgeAskFirst(receiver, request);
  if (asked !== null) return asked;
  const method = checkMethod(receiver, head);
  if ("kind" in method) return { kind: "refused", refusal: method };
  const refusal = await judgeVerification(side, stored, request);
  if (refusal !== null) return refusal;

  const readable = await readableRequest(request);
  const large = isReadApart(receiver, readable)
    ? await readApart(receiver, readable, stored.receivedAt, stored.id)
    : null;
  if (large?.kind === "unread") return { kind: "untold", why: large.refusal.message };
  const form = isFormChecked(receiver.settings) ? (large?.form ?? checkForm(receiver.settings, readable)) : null;
  if (form !== null && form.refusal !== null) return { kind: "refused", refusal: form.refusal };
  const fitting = await checkSchema(receiver, request);
  if (fitting?.refusal?.reason === "schema-unchecked") return { kind: "untold", why: fitting.refusal.message };
  if (fitting?.refusal) return { kind: "refused", refusal: fitting.refusal };
  if (isKeyGone(receiver, readable)) return { kind: "untold", why: "A value chosen to know repeats by was not kept." };
  const split = large?.split ?? splitOf(receiver.settings, receiver.provider, readable);
  return {
    kind: "accepted",
    eventType: large === null ? nameRequest(receiver, readable) : large.eventType,
    delivery: large?.key ?? deliveryKey(receiver, readable, stored.id, stored.receivedAt, split.kind === "items"),
    split,
    misfit: fitting?.check.status === "failed" ? fitting.check.message : null,
  };
}

/**
 * Whether a side's secrets verify a request; "unsigned" when it carries nothing to verify: no sign that a secret is
 * wrong.
 */
export async function judgeSecret(
  side: Side,
  { stored, head }: StoredRequestHead,
  body: Uint8Array,
): Promise<"verified" | "refused" | "unsigned" | "untold"> {
  if (stored.bodyBytes > stored.keptBytes || !stored.whole) return "untold";
  const request: WebhookRequest = { method: head.method, url: head.target, headers: head.headers, body };
  const verdict = await judgeVerification(side, stored, request);
  if (verdict === null) return "verified";
  if (verdict.kind !== "refused") return "untold";
  return UNSIGNED.includes(verdict.refusal.reason) ? "unsigned" : "refused";
}

const UNSIGNED: readonly Refusal["reason"][] = [
  "signature-missing",
  "credential-missing",
  "header-missing",
  "timestamp-missing",
];

async function judgeHandshake(side: Side, stored: StoredHead, request: WebhookRequest): Promise<StoredVerdict | null> {
  const { receiver } = side;
  if (receiver.provider.handshakes.length === 0) return null;
  const settings = { secrets: receiver.secrets.map((secret) => secret.text), options: receiver.settings.options };
  const answer = answerHandshake(receiver.provider, request, settings);
  if (answer === null || (receiver.paused && !answer.worksWhilePaused)) return null;
  const methods: readonly string[] = receiver.settings.methods;
  if (answer.probe && methods.includes(request.method)) return null;
  if (answer.verifyFirst) {
    const refusal = await judgeVerification(side, stored, request);
    if (refusal !== null) return refusal;
  }
  if (answer.status >= 400)
    return { kind: "refused", refusal: { ...refuse("field-mismatch", answer.body), status: answer.status } };
  return { kind: "handshake" };
}

/** A page's button carries a proof that only counts for half an hour, so a stored press cannot be judged again. */
function judgeAskFirst(receiver: Receiver, request: WebhookRequest): StoredVerdict | null {
  if (!asksFirst(receiver.settings)) return null;
  if (request.method === "GET" || request.method === "HEAD") return { kind: "asked" };
  const asked = askFirst(receiver, request, { key: NO_KEY, now: new Date(0), nonce: "" });
  return asked.kind === "ordinary"
    ? null
    : { kind: "untold", why: "It pressed the button of a page, which counts for half an hour only." };
}

const NO_KEY = new Uint8Array(32);

/**
 * Null when it is verified or need not be. What refuses for want of a removed credential refuses nothing: it cannot be
 * told.
 */
async function judgeVerification(
  side: Side,
  stored: StoredHead,
  request: WebhookRequest,
): Promise<StoredVerdict | null> {
  const { receiver } = side;
  const { refusal } = await verifyRequest(receiver, request, side.url, {
    now: stored.receivedAt,
    fetchText: fetchVerificationKeys,
  });
  if (refusal === null) return null;
  if (refusal.reason === "keys-unavailable") return { kind: "untold", why: "The sender's keys could not be fetched." };
  if (!isCredentialGone(receiver, request)) return { kind: "refused", refusal };
  return side.trusts(stored)
    ? null
    : { kind: "untold", why: "Its credential was not kept, so it cannot be checked again." };
}

/** Whether something the sender's schemes look at was taken out before the request was stored. */
function isCredentialGone(receiver: Receiver, request: WebhookRequest): boolean {
  if (request.url.includes(REMOVED)) return true;
  const gone = request.headers.filter(([, value]) => value.includes(REMOVED)).map(([name]) => name.toLowerCase());
  if (gone.length === 0) return false;
  const { schemes } = receiver.provider;
  if (schemes.some((scheme) => scheme.kind === "custom" && scheme.verifier !== "configurable-hmac")) return true;
  const looksAt = JSON.stringify([schemes, receiver.settings.options]).toLowerCase();
  return gone.some((name) => looksAt.includes(name));
}

/** Whether a header or parameter that tells repeats was taken out: what stands there now is the same for all. */
function isKeyGone({ settings: { dedupe } }: Receiver, { headers, url }: WebhookRequest): boolean {
  const chosen = dedupe.kind === "fields" ? dedupe.fields : dedupe.kind === "source" ? [dedupe.source] : [];
  return chosen.some((one) => {
    if (one.from === "body") return false;
    const value = one.from === "header" ? headerValue(headers, one.name) : queryValue(url, one.name);
    return value?.includes(REMOVED) === true;
  });
}

function wasHttps(checks: string): boolean | null {
  const check = (JSON.parse(checks) as Array<{ id: string; status: string }>).find(({ id }) => id === "https");
  return check === undefined ? null : check.status === "passed";
}

import { newId } from "#lib/core/ids.ts";
import type { Verification } from "#lib/core/states.ts";
import type { DeliveryReading } from "#lib/door/read-large-delivery.ts";
import type { Receiver, RequestCheck } from "#lib/door/receiver.ts";
import { failed, type Refusal } from "#lib/door/refusals.ts";
import type { RequestHead } from "#lib/door/request-head.ts";
import type { TakeOutcome } from "#lib/door/token-bucket.ts";
import type { Uncertain, Verdict } from "#lib/door/verdict.ts";
import { readableHeaders, readableText } from "#lib/webhooks/headers.ts";
import type { HeaderList, VerifyPorts, WebhookRequest } from "#lib/webhooks/types.ts";

/** Everything a judgement needs that is not in the request: asked of the caller, never reached for. */
export type DoorPorts = {
  /** Where an endpoint is reached unless its owner said otherwise, for signatures over the address. */
  readonly publicUrl: (token: string) => string;
  /** Fetches a sender's certificate or keys. */
  readonly fetchText: NonNullable<VerifyPorts["fetchText"]>;
  /** Takes one from the endpoint's rate, then one from its workspace's; says whose was used up. */
  readonly takeRate: (receiver: Receiver) => RateTaking;
  /** Through how many runs of this instance a request came, by the genuine marks among its headers. */
  readonly hopsOf: (headers: HeaderList) => number;
  /** Key and nonce of a page that asks first. */
  readonly confirm: () => { readonly key: Uint8Array; readonly nonce: string };
  /** The request with its body's coding undone, as far as that goes. */
  readonly unfold: (request: WebhookRequest) => ReadableRequest | Promise<ReadableRequest>;
  /** Reads a body that is too large to be read in place. */
  readonly readLarge: (passing: Passing, eventId: string) => Promise<LargeReading>;
  /** Holds a body against a JSON Schema. */
  readonly checkSchema: (schemaText: string, passing: Passing) => Promise<SchemaFit>;
};

/** One token taken, or whose rate is used up. */
export type RateTaking = TakeOutcome & { readonly of: "endpoint" | "workspace" };

/** What was read of a large body, or why it has to come again. */
export type LargeReading =
  | { readonly kind: "read"; readonly reading: DeliveryReading }
  | { readonly kind: "unread"; readonly refusal: Refusal };

/** Whether a body fits its endpoint's schema; `refusal` says what does not, or why nobody could say. */
export type SchemaFit = { readonly kind: "fits" } | { readonly kind: "unfit"; readonly refusal: Refusal };

/** A request as it is read; `isFolded`: its body could not be undone within the limits, so nothing is read from it. */
export type ReadableRequest = WebhookRequest & { readonly isFolded?: boolean };

/** What a stored request lacks of the one that came. A request at the door lacks nothing. */
export type Kept = {
  /** The event it is, or would be. */
  readonly eventId: string;
  /** Whether it came over HTTPS; null when nobody wrote it down. */
  readonly https: boolean | null;
  /** Bytes that were sent and bytes that are there; `whole` when the body was read to its end. */
  readonly bodyBytes: number;
  readonly keptBytes: number;
  readonly whole: boolean;
  /**
   * Headers (in lower case) whose value, or a part of it, was taken out before it was stored; and the query likewise.
   */
  readonly removedHeaders: ReadonlySet<string>;
  readonly removedFromQuery: boolean;
  /** Whether a removed credential counts as right, because it was when it came and nothing about it has changed. */
  readonly trusted: boolean;
  /** Whether a person takes it as it is: what cannot be told then stands in nobody's way. */
  readonly byHand: boolean;
};

/** A request on its way through the door, with what the stages have found so far. */
export type Passing = {
  readonly receiver: Receiver;
  readonly head: RequestHead;
  readonly ports: DoorPorts;
  /** Null at the door. */
  readonly kept: Kept | null;
  /** The request as sent; its body is empty until it was read. */
  request: WebhookRequest;
  /** The same with its coding undone and its headers read as UTF-8; for names, ids, items, fields, never signatures. */
  readable: ReadableRequest;
  /** What was read of a body too large to be read in place, else null. */
  large: DeliveryReading | null;
  readonly checks: RequestCheck[];
  verification: Verification;
  /** Index of the secret that verified it, or null. */
  secretIndex: number | null;
  eventType: string | null;
  /** Null until somebody asks for it. */
  eventId: string | null;
  /** Of the page that asks first, the same for every press of one page's button; null when none was pressed. */
  pressedNonce: string | null;
  /** What does not fit the schema of an endpoint that only marks misfits. */
  misfit: Refusal | null;
};

/** One step of the door: a verdict that ends the way, or null to go on. */
export type Stage = (passing: Passing) => Verdict | null | Promise<Verdict | null>;

const UNREAD = new Uint8Array(0);

/** A request that stands before the first stage. `kept` says what a stored one lacks; at the door it is null. */
export function beginPassing(receiver: Receiver, head: RequestHead, ports: DoorPorts, kept: Kept | null): Passing {
  const request = { method: head.method, url: head.target, headers: head.headers, body: UNREAD };
  return {
    receiver,
    head,
    ports,
    kept,
    request,
    readable: readableHead(request),
    large: null,
    checks: [],
    verification: "not configured",
    secretIndex: null,
    eventType: null,
    eventId: null,
    pressedNonce: null,
    misfit: null,
  };
}

/** Gives a request its body. */
export function giveBody(passing: Passing, body: Uint8Array): void {
  const { request, readable } = passing;
  passing.request = { ...request, body };
  passing.readable = readable === request ? passing.request : { ...readable, body };
}

/** The same request when its head is ASCII throughout. */
function readableHead(request: WebhookRequest): WebhookRequest {
  const [url, headers] = [readableText(request.url), readableHeaders(request.headers)];
  return url === request.url && headers === request.headers ? request : { ...request, url, headers };
}

/**
 * The id of the event a request becomes: of its moment, and for a stored one the id it is given. The same at each call.
 */
export function eventIdOf(passing: Passing): string {
  passing.eventId ??= passing.kept?.eventId ?? newId(passing.head.receivedAt);
  return passing.eventId;
}

/** A refusal with the check it leaves behind. */
export function refusedBy(passing: Passing, refusal: Refusal): Verdict {
  passing.checks.push(failed(refusal));
  return { kind: "refused", refusal };
}

/** The verdict that nobody can say what the door would do. */
export function uncertain(why: Uncertain): Verdict {
  return { kind: "uncertain", why };
}

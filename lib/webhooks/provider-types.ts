import type { ChosenField } from "#lib/webhooks/fields-key.ts";
import type { Scheme } from "#lib/webhooks/scheme-types.ts";
import type { HeaderList } from "#lib/webhooks/types.ts";

/** Where a value (event type, delivery id) is read; lists of sources are tried in order. */
export type ValueSource =
  | { readonly from: "header"; readonly name: string }
  | { readonly from: "query"; readonly name: string }
  /** Dot path into the parsed body; a number is an array index. */
  | { readonly from: "body"; readonly path: string }
  | { readonly from: "constant"; readonly value: string }
  /** First capture of a pattern in the first 64 KB of the body, for XML. */
  | { readonly from: "text"; readonly pattern: RegExp }
  /** The first top-level key of the body that is none of these (Telegram, X). */
  | { readonly from: "top-level-key"; readonly except: readonly string[] }
  /** The parts of every item of a list, joined: a batch is known by all of its items, never by its first alone. */
  | {
      readonly from: "each";
      readonly list: string;
      readonly parts: ReadonlyArray<ValueSource & { readonly required?: boolean }>;
      readonly separator: string;
    }
  /** All parts that have a value, joined; nothing when a part marked required is empty. */
  | {
      readonly from: "join";
      readonly parts: ReadonlyArray<ValueSource & { readonly required?: boolean }>;
      readonly separator: string;
    };

/**
 * How a redelivered event is recognised. A sender without a delivery id whose content does not tell a repeat from a new
 * event has no fallback: running twice can be undone, an event taken for a duplicate is lost.
 */
export type DedupeSpec = {
  /** The sender's own stable id, first found counts. */
  readonly sources: readonly ValueSource[];
  readonly fallback: ContentFallback | null;
  /** Where neither is there: why, in one sentence, and what an owner who knows better would choose. */
  readonly advice?: { readonly why: string; readonly fields: readonly ChosenField[] };
};

/**
 * Without an id: a hash of these fields, and of the whole body where `wholeBody`, which counts for `windowSeconds`. The
 * required ones (a time, a number that grows) are what tells two events apart; without one of them nothing is
 * recognised.
 */
export type ContentFallback = {
  readonly fields: ReadonlyArray<ValueSource & { readonly required?: boolean }>;
  readonly wholeBody?: boolean;
  readonly windowSeconds: number;
  /**
   * Set where a sender's reminder has the bytes of its retry: how the window keeps them apart, in one sentence. Only
   * such a window may be shorter than a week.
   */
  readonly reminders?: string;
};

/** What must be true of a request for a handshake or a fixed reply to apply; all given parts must hold. */
export type RequestShape = {
  readonly methods?: readonly string[];
  readonly header?: string;
  readonly withoutHeader?: string;
  readonly headerEquals?: readonly [name: string, value: string];
  readonly query?: string;
  readonly noQuery?: boolean;
  readonly emptyBody?: boolean;
  /** Paths that must (not) be there in the parsed body. */
  readonly bodyHas?: string;
  readonly bodyHasNot?: string;
  readonly bodyEquals?: readonly [path: string, value: string | number | boolean];
  /** The path holds an empty list. */
  readonly emptyList?: string;
  /** Top-level keys of the body are exactly these. */
  readonly bodyKeysExactly?: readonly string[];
  /** The whole body, as text, matches; for bodies up to 4 KB. */
  readonly bodyTextMatches?: RegExp;
};

/** One handshake of a provider, as data. */
export type HandshakeSpec = {
  readonly id: string;
  readonly when: RequestShape;
  /** The signature must verify before the answer is given. */
  readonly verifyFirst: boolean;
  /** The sender repeats its challenge, or saves its settings only after it, so a paused endpoint answers too. */
  readonly worksWhilePaused: boolean;
  readonly answer: HandshakeAnswerSpec;
  /** One sentence for the inspector. */
  readonly help: string;
};

/** What a handshake is answered with. */
export type HandshakeAnswerSpec =
  /** The value of a query parameter as plain text; `mustEqual` and `verifyToken` decide between it and 403. */
  | {
      readonly kind: "echo-query";
      readonly param: string;
      readonly mustEqual?: readonly [param: string, value: string];
      readonly verifyToken?: { readonly param: string; readonly option: string };
    }
  | { readonly kind: "echo-body-text"; readonly path: string }
  | { readonly kind: "echo-body-json"; readonly path: string; readonly key: string }
  | { readonly kind: "echo-header-json"; readonly header: string; readonly key: string }
  /** The header comes back as it came; it is the secret of the new subscription and is offered for storing. */
  | { readonly kind: "pair-by-header"; readonly header: string }
  /** The body holds the future secret; it is offered for storing. */
  | { readonly kind: "pair-by-body"; readonly path: string }
  | { readonly kind: "hmac-body-json"; readonly path: string; readonly plainKey: string; readonly macKey: string }
  | { readonly kind: "hmac-query-json"; readonly param: string; readonly key: string; readonly prefix: string }
  | { readonly kind: "cloudevents-options" }
  | { readonly kind: "confirm-subscription"; readonly urlPath: string; readonly topicPath: string }
  /**
   * A plain answer; `probe` says that it only shows the address is alive, so an endpoint that accepts the method takes
   * it as an event.
   */
  | {
      readonly kind: "fixed";
      readonly status: number;
      readonly headers?: HeaderList;
      readonly body?: string;
      readonly probe?: boolean;
    };

/** Fixed answer to every accepted delivery, where the sender insists on one. */
export type FixedReply = {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: string;
  readonly why: string;
  /** Only for requests of this shape; others get `otherwise`, or the usual answer. */
  readonly when?: RequestShape;
  readonly otherwise?: FixedReply;
};

/** Where the items of a batch stand and how each is named; body paths are relative to the item. */
export type BatchSpec = {
  readonly path: string;
  readonly eventType: readonly ValueSource[];
  readonly id: readonly ValueSource[];
  /** One plain noun for what an item is: "e-mail event". */
  readonly itemIs: string;
};

/** Signs of a provider in a request; weights add up, never trusted for verification. */
export type RecognitionHint =
  | { readonly header: string; readonly value?: RegExp; readonly weight: number }
  | { readonly body: string; readonly value?: RegExp; readonly weight: number }
  /** The first 4 KB of the body as text, for XML. */
  | { readonly text: RegExp; readonly weight: number }
  /** A top-level key of the body that matches. */
  | { readonly bodyKey: RegExp; readonly weight: number }
  | { readonly query: string; readonly weight: number };

/** A field of the endpoint form that only this provider needs. */
export type OptionField = {
  readonly id: string;
  readonly label: string;
  readonly help: string;
  readonly kind: "text" | "number" | "select" | "secret";
  readonly choices?: readonly string[];
  readonly defaultValue?: string;
  readonly required: boolean;
};

/** Help text for people; sources and dates differ, so nothing is decided by it. */
export type ProviderHelp = {
  /** Where in the sender's product the URL is pasted. */
  readonly pasteUrl: string;
  /** Where the secret is found, or null when there is none. */
  readonly secretWhere: string | null;
  readonly secretLooksLike: string | null;
  readonly pitfalls: readonly string[];
  readonly docsUrl: string | null;
  /** Event types people usually want. */
  readonly eventsWorthTicking: readonly string[];
  /** The sender's own way to bring its deliveries to a machine without a public address; left out where it has none. */
  readonly forwarder?: ForwarderHelp;
};

/**
 * A command of the sender's own tools. `{url}` is the endpoint on this machine, `{local}` its server, `{path}` and
 * `{port}` their parts.
 */
export type ForwarderHelp = {
  readonly tool: string;
  readonly command: string;
  readonly note: string;
  readonly docsUrl: string;
};

/** The sender's patience, as help text beside our own measured answer times. */
export type DeliveryHelp = {
  /** Seconds until the sender gives up on an answer; null when unknown. */
  readonly ackDeadlineSeconds: number | null;
  readonly answer: string;
  readonly retries: string;
  readonly rotation: string;
};

/** Published sender addresses; `ranges` only where they are short and dated, otherwise `url`. */
export type PublishedAddresses = {
  readonly ranges: readonly string[];
  readonly url: string | null;
  readonly note: string;
  readonly asOf: string;
};

/** A genuine-looking delivery, unsigned: the signer adds the signature. */
export type SampleDelivery = {
  readonly method: string;
  readonly headers: HeaderList;
  readonly body: string;
  readonly eventType: string | null;
};

/** How sure we are of what this file says: read in the sender's own source, agreed by others, or less. */
export type Confidence = "verified" | "cross-checked" | "likely" | "unsure";

/** Everything Hookline knows about one sender. One file per provider exports one. */
export type Provider = {
  readonly id: string;
  readonly name: string;
  readonly category:
    | "payments"
    | "code"
    | "forms"
    | "messaging"
    | "mail"
    | "crm"
    | "commerce"
    | "cloud"
    | "productivity"
    | "identity"
    | "monitoring"
    | "media"
    | "generic";
  readonly confidence: { readonly signing: Confidence; readonly delivery: Confidence };
  /** First is the default. */
  readonly schemes: readonly [Scheme, ...Scheme[]];
  readonly optionFields: readonly OptionField[];
  /** Methods it sends with, for a new endpoint; left out where it is POST alone. */
  readonly methods?: ReadonlyArray<"POST" | "PUT">;
  readonly eventType: readonly ValueSource[];
  readonly dedupe: DedupeSpec;
  readonly handshakes: readonly HandshakeSpec[];
  readonly reply: FixedReply | null;
  /**
   * How several events stand in one request, for owners who want one run per item; null when there is only ever one.
   */
  readonly batch: BatchSpec | null;
  readonly recognition: readonly RecognitionHint[];
  readonly help: ProviderHelp;
  readonly delivery: DeliveryHelp;
  readonly addresses: PublishedAddresses | null;
  readonly sample: SampleDelivery;
};

import type { Verification } from "#lib/core/states.ts";
import type { DeliveryKey } from "#lib/door/delivery-key.ts";
import type { RequestCheck } from "#lib/door/receiver.ts";
import type { Refusal } from "#lib/door/refusals.ts";
import type { SenderAnswer } from "#lib/door/request-head.ts";
import type { SplitOutcome } from "#lib/door/split-event.ts";
import type { HandshakeAnswer } from "#lib/webhooks/handshake.ts";

/** Why nobody can say what the door would do with a stored request. */
export type Uncertain =
  | { readonly kind: "content-expired" }
  | { readonly kind: "https-unknown" }
  | { readonly kind: "body-cut" }
  | { readonly kind: "body-not-read" }
  | { readonly kind: "credential-removed" }
  | { readonly kind: "keys-unavailable" }
  | { readonly kind: "press-outlived" }
  | { readonly kind: "key-removed" }
  | { readonly kind: "body-unread"; readonly message: string }
  | { readonly kind: "schema-unchecked"; readonly message: string };

/** An event the door takes: how it is named, known again and split. */
export type Accepted = {
  readonly kind: "accepted";
  readonly eventId: string;
  readonly eventType: string | null;
  readonly delivery: DeliveryKey;
  readonly split: SplitOutcome;
  readonly verification: Verification;
  readonly checks: readonly RequestCheck[];
  /** What does not fit the schema where misfits are only marked. */
  readonly misfit: Refusal | null;
};

/** What a request turned out to be. The last is said of stored requests only. */
export type Verdict =
  | { readonly kind: "refused"; readonly refusal: Refusal }
  /** Filled in by a program, which is answered as if it had been taken. */
  | { readonly kind: "turned-away"; readonly refusal: Refusal }
  /** A browser asks whether a page's script may post here, and it may. */
  | { readonly kind: "preflight"; readonly answer: SenderAnswer }
  | { readonly kind: "handshake"; readonly handshake: HandshakeAnswer }
  /** Shown the page that asks first. */
  | { readonly kind: "asked"; readonly why: "opened" | "expired" | "wrong"; readonly answer: SenderAnswer }
  | Accepted
  | { readonly kind: "uncertain"; readonly why: Uncertain };

/** In one sentence why nobody can say what the door would do. */
export function uncertainWords(why: Uncertain): string {
  switch (why.kind) {
    case "content-expired":
      return "Its content has expired.";
    case "https-unknown":
      return "Whether it came over HTTPS was not recorded.";
    case "body-cut":
      return "Only the first bytes of its body were kept.";
    case "body-not-read":
      return "Its body was not read.";
    case "credential-removed":
      return "Its credential was not kept, so it cannot be checked again.";
    case "keys-unavailable":
      return "The sender's keys could not be fetched.";
    case "press-outlived":
      return "It pressed the button of a page, which counts for half an hour only.";
    case "key-removed":
      return "A value chosen to know repeats by was not kept.";
    case "body-unread":
    case "schema-unchecked":
      return why.message;
  }
}

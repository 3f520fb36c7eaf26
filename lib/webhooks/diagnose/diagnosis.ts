import type { Provider } from "#lib/webhooks/provider-types.ts";
import type { RejectReason, VerificationSettings, WebhookRequest } from "#lib/webhooks/types.ts";

/** A known way to set a signature up wrongly. */
export type Mistake =
  | "secret-whitespace"
  | "secret-encoding"
  | "secret-entities"
  | "secret-name"
  | "secret-prefix"
  | "secret-case"
  | "public-secret"
  | "empty-secret-at-sender"
  | "signature-encoding"
  | "signature-prefix"
  | "signature-case"
  | "signature-truncated"
  | "algorithm"
  | "no-key"
  | "signed-text"
  | "timestamp-place"
  | "url"
  | "body-reserialised"
  | "body-line-endings"
  | "body-newline"
  | "body-lost"
  | "body-decoded"
  | "body-charset"
  | "other-secret"
  | "other-header"
  | "repeated-header"
  | "other-scheme"
  | "other-provider"
  | "credential-whitespace"
  | "credential-prefix"
  | "credential-case"
  | "credential-place";

/** What the doctor found. Text for the owner only: nothing is ever accepted because of it. */
export type Diagnosis =
  | { readonly kind: "verifies" }
  | {
      readonly kind: "would-match";
      readonly mistake: Mistake;
      readonly message: string;
      readonly advice: string;
      readonly tried: number;
    }
  | {
      readonly kind: "explained";
      readonly reason: RejectReason | "not-configured" | "certificate-unavailable" | "keys-unavailable";
      readonly message: string;
      readonly advice: string;
      readonly tried?: number;
    }
  | { readonly kind: "unknown"; readonly reason: RejectReason; readonly message: string; readonly tried: number };

/** What else the doctor may try, known only to the caller. */
export type DiagnoseHints = {
  /** Retired secrets and those of the owner's other endpoints, each with a name to show. */
  readonly otherSecrets?: ReadonlyArray<{ readonly label: string; readonly secret: string }>;
  /** URLs this endpoint may have been called by, such as its local address. */
  readonly otherUrls?: readonly string[];
};

/** One guess: either a cheap test of its own, or a changed verification. */
export type Trial = { readonly mistake: Mistake; readonly message: string; readonly advice: string } & (
  | { readonly matches: () => boolean }
  | { readonly provider?: Provider; readonly request?: WebhookRequest; readonly settings?: VerificationSettings }
);

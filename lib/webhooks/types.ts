/** Request headers in wire order, names as sent; a repeated header is a repeated pair, never joined. */
export type HeaderList = ReadonlyArray<readonly [name: string, value: string]>;

/** What reached an endpoint, as much of it as verification, handshakes and naming may look at. */
export type WebhookRequest = {
  readonly method: string;
  /** Request target or full URL as it arrived; only its path and query are ever used, and never for trust. */
  readonly url: string;
  readonly headers: HeaderList;
  /** The exact bytes of the body, before any decoding. */
  readonly body: Uint8Array;
};

/** What one endpoint's owner configured: which scheme, which secrets, and the provider's own option fields. */
export type VerificationSettings = {
  /** A scheme id of the provider; left out means the provider's first (its default). */
  readonly scheme?: string;
  /** Newest first. Empty strings never verify anything. */
  readonly secrets: readonly string[];
  /** The endpoint's public URL exactly as it was given to the sender; required by schemes that sign the URL. */
  readonly publicUrl?: string;
  /** Overrides the scheme's tolerance for timestamps; null switches the check off where the owner insists. */
  readonly toleranceSeconds?: number | null;
  /** Values of the provider's `optionFields`, by id. */
  readonly options?: Readonly<Record<string, string>>;
};

/**
 * The answer of the port that fetches a certificate or a key set; the caller caches and guards it. `pinned`: nothing
 * was fetched, the caller vouches for this very text (a recorded delivery brings its own).
 */
export type FetchTextResult =
  | { readonly kind: "ok"; readonly text: string; readonly pinned?: boolean }
  | { readonly kind: "failed"; readonly message: string };

/** `refresh`: skip the cache (the caller limits how often); `post`: send this instead of GET. */
export type FetchTextHow = {
  readonly refresh?: boolean;
  readonly post?: { readonly contentType: string; readonly body: string };
};

/** Everything impure a verification may need. */
export type VerifyPorts = {
  readonly now: Date;
  /**
   * Fetches a certificate or key set over HTTPS through the egress guard; a missing port makes such schemes
   * unavailable.
   */
  readonly fetchText?: (url: string, how?: FetchTextHow) => Promise<FetchTextResult>;
};

/** Why a request was not believed. */
export type RejectReason =
  | "secret-missing"
  | "secret-unusable"
  | "setting-missing"
  | "signature-missing"
  | "signature-repeated"
  | "signature-malformed"
  | "signature-mismatch"
  | "timestamp-missing"
  | "timestamp-repeated"
  | "timestamp-malformed"
  | "timestamp-too-old"
  | "timestamp-in-future"
  | "header-missing"
  | "header-repeated"
  | "credential-missing"
  | "credential-repeated"
  | "credential-malformed"
  | "credential-mismatch"
  | "body-unreadable"
  | "body-hash-mismatch"
  | "token-malformed"
  | "token-algorithm"
  | "token-expired"
  | "token-not-yet-valid"
  | "token-claim"
  | "certificate-not-trusted"
  | "topic-mismatch"
  | "field-mismatch"
  | "unknown-scheme";

/** One step of a verification, for the inspector, in the order it was done. */
export type Check = {
  readonly id:
    | "secret"
    | "signature-present"
    | "timestamp-present"
    | "timestamp-fresh"
    | "signature-matches"
    | "credential-present"
    | "credential-matches"
    | "token-valid"
    | "body-hash"
    | "certificate"
    | "fields";
  readonly status: "passed" | "failed" | "not-configured";
  readonly message: string;
};

/** A request whose sender proved knowledge of a configured secret. */
export type Verified = {
  readonly kind: "verified";
  readonly scheme: string;
  /** Index into the configured secrets of the one that matched; counted for rotation. */
  readonly secretIndex: number;
  /** The time the sender signed, where the scheme has one. */
  readonly signedAt: Date | null;
  readonly checks: readonly Check[];
};

/** A request that failed a check; `message` is one plain sentence for the sender and the owner. */
export type Rejected = {
  readonly kind: "rejected";
  readonly scheme: string;
  readonly reason: RejectReason;
  readonly message: string;
  readonly detail?: string;
  readonly checks: readonly Check[];
};

/** Nothing to verify: the owner chose a provider or scheme that does not sign. */
export type NotConfigured = {
  readonly kind: "not-configured";
  readonly scheme: string;
  readonly message: string;
  readonly checks: readonly Check[];
};

/** We could not check although the request may be genuine: answer 5xx so that the sender tries again. */
export type Unavailable = {
  readonly kind: "unavailable";
  readonly scheme: string;
  readonly reason: "certificate-unavailable" | "keys-unavailable";
  readonly message: string;
  readonly detail?: string;
  readonly checks: readonly Check[];
};

/** The outcome of a verification. Only `verified` is proof. */
export type VerifyResult = Verified | Rejected | NotConfigured | Unavailable;

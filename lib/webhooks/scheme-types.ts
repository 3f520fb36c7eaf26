/** Hashes that senders sign with; SHA-1 only where a sender still does. */
export type HashAlgorithm = "sha1" | "sha256" | "sha384" | "sha512";
/** How digests and signatures are written. */
export type TextEncoding = "hex" | "base64" | "base64url";

/** Where signatures stand: in one header (or several), or in the body. */
export type SignaturePlace = {
  /** Lower-case header name; `headerOption` names the option that holds the owner's own. */
  readonly header?: string;
  readonly headerOption?: string;
  /** Further headers that may each carry a signature, lower-case. */
  readonly moreHeaders?: readonly string[];
  /** Literal text in front of every signature, e.g. "sha256=". */
  readonly prefix?: string;
  /** Body path (JSON or form field) of the signature, for senders that put it there. */
  readonly bodyPath?: string;
  /** Splits the header into items, e.g. "," in `t=1,v1=ab`. */
  readonly itemSeparator?: string;
  /** Splits an item into name and value, e.g. "=" in `v1=ab`. */
  readonly fieldSeparator?: string;
  /** Name of the items that are signatures, e.g. "v1". */
  readonly field?: string;
  /** Spaces after a separator are allowed, e.g. `t=1, v1=ab`. */
  readonly trimItems?: boolean;
};

/** Where the signed timestamp stands and how to read it. */
export type TimestampPlace = {
  /**
   * Lower-case header names; the first present one counts. `headerOption`: when the owner names a header, it must be
   * there.
   */
  readonly header?: string;
  readonly headerOption?: string;
  readonly fallbackHeader?: string;
  /** Item name inside the signature header, e.g. "t". */
  readonly field?: string;
  readonly bodyPath?: string;
  readonly unit?: "s" | "ms";
  readonly format?: "unix" | "iso8601" | "http-date";
  /** Seconds that the timestamp may differ from now, either way; null: read for the template but not judged. */
  readonly toleranceSeconds: number | null;
  /** A missing timestamp is fine and skips the check. */
  readonly optional?: boolean;
};

/** How the pasted secret becomes key bytes. */
export type KeyDecoding = {
  readonly stripPrefixes?: readonly string[];
  readonly decode?: "utf8" | "base64" | "hex";
  /** One field may hold several secrets with this text between them; any of them verifies, the first signs. */
  readonly listSeparator?: string;
  /**
   * The sender turns &amp; &lt; &gt; &quot; &#039; of its stored secret into characters before it signs (WooCommerce).
   */
  readonly htmlEntities?: boolean;
};

type SchemeBase = {
  readonly id: string;
  readonly label: string;
  /** Other names under which test vectors and other products know exactly this scheme. */
  readonly aliases?: readonly string[];
};

/**
 * A keyed digest over a template.
 * Template variables: {body} {timestamp} {url} {method} {sortedFormParams} {header:name} {body:path} {secret}.
 */
export type HmacScheme = SchemeBase & {
  readonly kind: "hmac";
  /** "hash" is the plain digest of a template that contains {secret} (HubSpot v1 and v2). */
  readonly mac?: "hmac" | "hash";
  readonly algorithm: HashAlgorithm;
  readonly encoding: TextEncoding;
  readonly signature: SignaturePlace;
  readonly timestamp?: TimestampPlace;
  readonly template: string;
  /** Used instead of `template` when the optional timestamp is absent. */
  readonly templateWithoutTimestamp?: string;
  readonly key?: KeyDecoding;
  /** Secrets that anybody can read in the sender's documentation; they never verify. */
  readonly publicSecrets?: readonly string[];
  /** The query parameter that carries SHA-256 hex of the body (Twilio JSON). */
  readonly bodyHashQueryParam?: string;
  /** How {url} is written before hashing; HubSpot decodes a few escapes, Twilio adds or drops the standard port. */
  readonly urlForm?: "exact" | "hubspot" | "twilio";
};

/** A public-key signature over a template. */
export type AsymmetricScheme = SchemeBase & {
  readonly kind: "asymmetric";
  readonly algorithm: "ed25519" | "ecdsa-p256-sha256";
  readonly encoding: TextEncoding;
  readonly publicKey: "raw-hex" | "raw-base64" | "spki-der-base64";
  readonly signature: SignaturePlace;
  readonly timestamp?: TimestampPlace;
  readonly template: string;
  readonly key?: { readonly stripPrefixes?: readonly string[] };
};

/** An exact compare of a secret that the sender repeats in every request. */
export type TokenScheme = SchemeBase & {
  readonly kind: "token";
  /** Lower-case header, a query parameter or a body path; `headerOption` names the option that holds the header. */
  readonly place:
    | { readonly header: string; readonly headerOption?: string }
    | { readonly query: string; readonly queryOption?: string }
    | { readonly bodyPath: string };
  /** Authorization scheme in front of the value; `basic` compares user:password. */
  readonly prefix?: "basic" | "bearer";
  /** The sender may or may not put this scheme in front of the secret (Auth0 sends what was typed). */
  readonly optionalPrefix?: "bearer";
  /** bodyPath passes through arrays: every item must carry the secret (Microsoft Graph). */
  readonly everyItem?: boolean;
  /** A further proof in the body, by code in `lib/webhooks/custom/`. */
  readonly alsoProves?: "graph-tokens" | "salesforce-organization";
};

/** A JWT in a header; keys and claims as the sender's documents say. */
export type JwtScheme = SchemeBase & {
  readonly kind: "jwt";
  readonly header: string;
  readonly headerOption?: string;
  readonly bearer: "required" | "optional" | "none";
  readonly algorithms: readonly string[];
  readonly keys:
    | { readonly from: "secret" }
    | { readonly from: "jwks"; readonly url: string }
    /**
     * The owner's secret is a JWK, a JWK set, its https URL, a PEM key or an HMAC secret; else, with `postForKey`, the
     * password a key is asked for with.
     */
    | { readonly from: "any-key"; readonly postForKey?: { readonly url: string; readonly clientIdOption: string } };
  readonly issuers?: readonly string[];
  readonly issuerOption?: string;
  /** Expected audience: the option, else the public URL. Unless it is required, a token without any is fine. */
  readonly audience?: { readonly option?: string; readonly publicUrl?: boolean; readonly required: boolean };
  /** Claim that must equal SHA-256 hex of the body. */
  readonly bodyHashClaim?: string;
  /** Option that names such a claim (generic JWT). */
  readonly bodyHashClaimOption?: string;
  /** Oldest allowed `iat`, in seconds. */
  readonly maxAgeSeconds?: number;
  /** `exp` must be present. */
  readonly expiryRequired?: boolean;
  /** Further claims that must equal an option's value (when that option is set) or a constant. */
  readonly claims?: ReadonlyArray<{
    readonly claim: string;
    readonly equals?: string | boolean;
    readonly option?: string;
    readonly required?: boolean;
  }>;
  readonly clockSkewSeconds: number;
};

/** Verification that no data describes; the code is named here and lives in `lib/webhooks/custom/`. */
export type CustomScheme = SchemeBase & {
  readonly kind: "custom";
  readonly verifier: "aws-sns" | "paypal" | "adyen-payment" | "contentful" | "salesforce" | "configurable-hmac";
};

/** Picks another scheme of the same provider by the secret's shape or by what the request carries. */
export type ChoiceScheme = SchemeBase & {
  readonly kind: "choice";
  readonly rules: ReadonlyArray<{
    readonly secretPrefix?: string;
    readonly header?: string;
    readonly query?: string;
    readonly mediaType?: string;
    readonly use: string;
  }>;
  readonly otherwise: string;
};

/** The sender does not sign; the unguessable URL is all there is. */
export type UnsignedScheme = SchemeBase & { readonly kind: "none" };

/** One way to verify a request. */
export type Scheme =
  | HmacScheme
  | AsymmetricScheme
  | TokenScheme
  | JwtScheme
  | CustomScheme
  | ChoiceScheme
  | UnsignedScheme;

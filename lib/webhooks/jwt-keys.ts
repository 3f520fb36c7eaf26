import { createPublicKey } from "node:crypto";
import {
  createLocalJWKSet,
  decodeProtectedHeader,
  importJWK,
  type JSONWebKeySet,
  type JWK,
  type jwtVerify,
} from "jose";
import { boundedMemo } from "#lib/webhooks/bounded-memo.ts";
import { rejected, unavailable } from "#lib/webhooks/result.ts";
import type { JwtScheme } from "#lib/webhooks/scheme-types.ts";
import type { Check, Rejected, Unavailable, VerificationSettings, VerifyPorts } from "#lib/webhooks/types.ts";

const HMAC_ALGORITHMS = ["HS256", "HS384", "HS512"];
const PUBLIC_ALGORITHMS = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
];

/** A key a token may be checked with, and the algorithms that fit this key. */
export type Candidate = {
  readonly secretIndex: number;
  readonly algorithms: readonly string[];
  readonly key: Parameters<typeof jwtVerify>[1] | ReturnType<typeof createLocalJWKSet>;
};

/** The keys a token may be checked with: the configured secrets, or what the sender publishes. */
export async function candidateKeys(
  scheme: JwtScheme,
  settings: VerificationSettings,
  ports: VerifyPorts,
  token: string,
  checks: readonly Check[],
): Promise<Candidate[] | Unavailable | Rejected> {
  const { keys } = scheme;
  if (keys.from === "jwks") return jwksCandidates(scheme, fillOptions(keys.url, settings), ports, token, checks, 0);
  const candidates: Candidate[] = [];
  for (const [secretIndex, secret] of settings.secrets.entries()) {
    if (secret === "") continue;
    if (keys.from === "secret")
      candidates.push({ secretIndex, algorithms: scheme.algorithms, key: Buffer.from(secret, "utf8") });
    else if (/^https:\/\/\S+$/.test(secret)) {
      const fetched = await jwksCandidates(scheme, secret, ports, token, checks, secretIndex);
      if (!Array.isArray(fetched)) return fetched;
      candidates.push(...fetched);
    } else if (keys.postForKey !== undefined && !looksLikeKey(secret)) {
      const fetched = await postedKey(scheme, keys.postForKey, secret, secretIndex, settings, ports, token, checks);
      if (!Array.isArray(fetched)) return fetched;
      candidates.push(...fetched);
    } else candidates.push(...(await pastedKey(scheme, secret, secretIndex)));
  }
  return candidates;
}

/** A key set from its URL; one refresh when the set does not know the token's key yet. */
async function jwksCandidates(
  scheme: JwtScheme,
  url: string,
  ports: VerifyPorts,
  token: string,
  checks: readonly Check[],
  secretIndex: number,
): Promise<Candidate[] | Unavailable> {
  const kid = tokenKeyId(token);
  for (const refresh of [false, true]) {
    const fetched = ports.fetchText
      ? await ports.fetchText(url, { refresh })
      : ({ kind: "failed", message: "no way to fetch it" } as const);
    if (fetched.kind === "failed")
      return unavailable(
        scheme.id,
        "keys-unavailable",
        "The sender's public keys could not be fetched, so the request cannot be checked now.",
        checks,
        `${url}: ${fetched.message}`,
      );
    const set = readKeySet(fetched.text);
    if (set === null)
      return unavailable(
        scheme.id,
        "keys-unavailable",
        "The sender's public keys could not be read, so the request cannot be checked now.",
        checks,
        `${url}: not a JWK set`,
      );
    const known = kid === null || set.ids.has(kid);
    if (known || refresh) return [{ secretIndex, algorithms: publicOnly(scheme), key: set.find }];
  }
  return [];
}

/** Plaid hands out one key per id for the client's credentials (plaid.com/docs/api/webhooks/webhook-verification). */
async function postedKey(
  scheme: JwtScheme,
  post: NonNullable<Extract<JwtScheme["keys"], { from: "any-key" }>["postForKey"]>,
  secret: string,
  secretIndex: number,
  settings: VerificationSettings,
  ports: VerifyPorts,
  token: string,
  checks: readonly Check[],
): Promise<Candidate[] | Unavailable | Rejected> {
  const kid = tokenKeyId(token);
  if (kid === null) return rejected(scheme.id, "token-malformed", "The token names no key.", checks, "token-valid");
  const clientId = settings.options?.[post.clientIdOption];
  if (!clientId)
    return rejected(
      scheme.id,
      "setting-missing",
      `The key is fetched with your credentials: enter ${post.clientIdOption}.`,
      checks,
      "secret",
    );
  const url = fillOptions(post.url, settings);
  const body = JSON.stringify({ client_id: clientId, secret, key_id: kid });
  const fetched = ports.fetchText
    ? await ports.fetchText(url, { post: { contentType: "application/json", body } })
    : ({ kind: "failed", message: "no way to fetch it" } as const);
  if (fetched.kind === "failed")
    return unavailable(
      scheme.id,
      "keys-unavailable",
      "The sender's public key could not be fetched, so the request cannot be checked now.",
      checks,
      `${url}: ${fetched.message}`,
    );
  const answer = parseJson(fetched.text);
  const key = typeof answer === "object" && answer !== null && "key" in answer ? answer.key : null;
  return typeof key === "object" && key !== null
    ? pastedKey(scheme, JSON.stringify(key), secretIndex)
    : unavailable(
        scheme.id,
        "keys-unavailable",
        "The sender's public key could not be read, so the request cannot be checked now.",
        checks,
        `${url}: no key in the answer`,
      );
}

/**
 * A key a person pasted: PEM, JWK, JWK set, or (generic JWT only) an HMAC secret. Algorithms are pinned to the key's
 * kind.
 */
async function pastedKey(scheme: JwtScheme, secret: string, secretIndex: number): Promise<Candidate[]> {
  try {
    if (secret.includes("-----BEGIN")) {
      const key = createPublicKey(secret);
      return [{ secretIndex, algorithms: publicOnly(scheme), key }];
    }
    if (secret.trimStart().startsWith("{")) {
      const set = readKeySet(secret);
      if (set !== null) return [{ secretIndex, algorithms: publicOnly(scheme), key: set.find }];
      const jwk = JSON.parse(secret) as JWK & { expired_at?: number | null };
      // Plaid's documents: a key with expired_at must not be used any more.
      if (jwk.expired_at !== undefined && jwk.expired_at !== null) return [];
      if (jwk.kty === "oct")
        return [
          {
            secretIndex,
            algorithms: scheme.algorithms.filter((name) => HMAC_ALGORITHMS.includes(name)),
            key: await importJWK(jwk, "HS256"),
          },
        ];
      const algorithm = jwk.alg ?? publicOnly(scheme)[0] ?? "ES256";
      return [{ secretIndex, algorithms: publicOnly(scheme), key: await importJWK(jwk, algorithm) }];
    }
  } catch {
    return [];
  }
  const algorithms = scheme.algorithms.filter((name) => HMAC_ALGORITHMS.includes(name));
  return algorithms.length === 0 ? [] : [{ secretIndex, algorithms, key: Buffer.from(secret, "utf8") }];
}

function publicOnly(scheme: JwtScheme): string[] {
  return scheme.algorithms.filter((name) => PUBLIC_ALGORITHMS.includes(name));
}

function looksLikeKey(secret: string): boolean {
  return secret.includes("-----BEGIN") || secret.trimStart().startsWith("{");
}

function tokenKeyId(token: string): string | null {
  try {
    return decodeProtectedHeader(token).kid ?? null;
  } catch {
    return null;
  }
}

/** A key set that is read once: jose imports each of its keys at the first use and keeps it. */
const readKeySet = boundedMemo(
  (
    text,
  ): { readonly ids: ReadonlySet<string | undefined>; readonly find: ReturnType<typeof createLocalJWKSet> } | null => {
    const value = parseJson(text);
    if (typeof value !== "object" || value === null || !("keys" in value) || !Array.isArray(value.keys)) return null;
    const set = value as JSONWebKeySet;
    try {
      // First, because it throws when a key is none.
      const find = createLocalJWKSet(set);
      return { ids: new Set(set.keys.map(({ kid }) => kid)), find };
    } catch {
      return null;
    }
  },
);

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * Option values in a URL or issuer: letters, digits, dots, dashes and underscores only, so that nothing else of the URL
 * can change.
 */
export function fillOptions(text: string, settings: VerificationSettings): string {
  return text.replace(/\{(\w+)\}/g, (_, option: string) => (settings.options?.[option] ?? "").replace(/[^\w.-]/g, ""));
}

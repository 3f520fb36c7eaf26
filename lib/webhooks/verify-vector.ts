import { createPublicKey } from "node:crypto";
import { SECOND } from "#lib/core/units.ts";
import { queryValue, readHeader } from "#lib/webhooks/headers.ts";
import type { Provider } from "#lib/webhooks/provider-types.ts";
import { findProvider, listProviders } from "#lib/webhooks/providers/registry.generated.ts";
import type { Scheme } from "#lib/webhooks/scheme-types.ts";
import type {
  FetchTextResult,
  VerificationSettings,
  VerifyPorts,
  VerifyResult,
  WebhookRequest,
} from "#lib/webhooks/types.ts";
import { verify } from "#lib/webhooks/verify.ts";

/** As seconds, this is the year 5138. */
const MILLISECONDS_MIN = 100_000_000_000;

/** A recorded delivery with everything needed to verify it offline, as one JSON line of `hookline verify`. */
export type Vector = {
  readonly id: string;
  readonly provider: Provider;
  readonly request: WebhookRequest;
  readonly settings: VerificationSettings;
  readonly ports: VerifyPorts;
};

/** A line that is a vector, or the sentence that says what is wrong with it. */
export type VectorReading =
  | { readonly kind: "vector"; readonly vector: Vector }
  | {
      readonly kind: "invalid";
      readonly id: string | null;
      readonly reason: "invalid-input" | "unknown-provider";
      readonly message: string;
    };

/**
 * Reads `{id, provider, secret | secrets, secretKind?, method?, url, headers, rawBody | rawBodyBase64, now?}`; header
 * values may be lists. `provider` is a provider's id or another name of one of its schemes. Certificates and keys come
 * from the secret: nothing is fetched.
 */
export function readVector(value: unknown, clock: Date): VectorReading {
  const fields =
    typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  const id =
    fields && (typeof fields["id"] === "string" || typeof fields["id"] === "number") ? String(fields["id"]) : null;
  const invalid = (message: string): VectorReading => ({ kind: "invalid", id, reason: "invalid-input", message });
  if (fields === null) return invalid("The line is not a JSON object.");
  const named = typeof fields["provider"] === "string" ? resolveProvider(fields["provider"]) : null;
  if (named === null)
    return {
      kind: "invalid",
      id,
      reason: "unknown-provider",
      message: `There is no provider "${String(fields["provider"])}".`,
    };
  const headers = readHeaders(fields["headers"]);
  if (headers === null) return invalid("headers must be an object of texts or lists of texts.");
  const body = readBody(fields);
  if (body === null) return invalid("rawBody must be a text, or rawBodyBase64 base64.");
  const now = readClock(fields["now"], clock);
  if (now === null) return invalid("now must be a time: seconds, milliseconds or ISO 8601.");
  const secrets = (Array.isArray(fields["secrets"]) ? fields["secrets"] : [fields["secret"] ?? ""]).map((secret) =>
    typeof secret === "string" ? secret : JSON.stringify(secret),
  );
  const url = typeof fields["url"] === "string" ? fields["url"] : "/";
  const request: WebhookRequest = {
    method: typeof fields["method"] === "string" ? fields["method"] : "POST",
    url,
    headers,
    body,
  };
  return {
    kind: "vector",
    vector: {
      id: id ?? "",
      provider: named.provider,
      request,
      ...readSettings(fields, named, request, secrets, url, now),
    },
  };
}

/** Verifies a vector; nothing outside it takes part. */
export async function verifyVector(vector: Vector): Promise<VerifyResult> {
  return verify(vector.provider, vector.request, vector.settings, vector.ports);
}

type NamedScheme = { readonly provider: Provider; readonly scheme: string | undefined };

/**
 * Finds a provider by its id, or by a name one of its schemes also goes by ("gitlab-token", "hubspot-v2", "cal.com").
 */
export function resolveProvider(name: string): NamedScheme | null {
  const direct = findProvider(name);
  if (direct) return { provider: direct, scheme: undefined };
  for (const provider of listProviders()) {
    const scheme = provider.schemes.find((each) => each.aliases?.includes(name));
    if (scheme) return { provider, scheme: scheme.id };
  }
  const plain = name.toLowerCase().replace(/[._ ]/g, "-");
  return plain === name ? null : resolveProvider(plain);
}

function readSettings(
  fields: Readonly<Record<string, unknown>>,
  named: NamedScheme,
  request: WebhookRequest,
  secrets: readonly string[],
  url: string,
  now: Date,
): Pick<Vector, "settings" | "ports"> {
  const kind = typeof fields["secretKind"] === "string" ? fields["secretKind"] : "";
  const own = (name: string): string | undefined => {
    const field = fields[name];
    return typeof field === "string" ? field : new RegExp(`\\b${name} ?[=:] ?([^;,\\s)]+)`, "i").exec(kind)?.[1];
  };
  const options: Record<string, string> = {};
  for (const [name, value] of Object.entries(fields["options"] ?? {}))
    if (typeof value === "string") options[name] = value;
  const email = own("email");
  if (email !== undefined) options["serviceAccountEmail"] = email;
  const topicArn = own("expectedTopicArn") ?? own("topicArn");
  if (topicArn !== undefined) options["topicArn"] = topicArn;
  const webhookId =
    own("webhookId") ?? own("webhook_id") ?? /\bwebhook[ _-]?id(?: is)?[ =:"']+([A-Za-z0-9-]+)/i.exec(kind)?.[1];
  if (named.provider.id === "plaid") options["clientId"] ??= "offline";
  const pem = [...secrets, ...Object.values(fields)].find(
    (text): text is string => typeof text === "string" && text.includes("-----BEGIN"),
  );
  const scheme =
    typeof fields["scheme"] === "string" && named.provider.schemes.some((each) => each.id === fields["scheme"])
      ? fields["scheme"]
      : (named.scheme ?? schemeOfSecret(named.provider, request, secrets));
  const certificate = named.provider.id === "aws-sns" || named.provider.id === "paypal";
  const tolerance = fields["toleranceSeconds"];
  return {
    settings: {
      ...(scheme === undefined ? {} : { scheme }),
      secrets:
        certificate && secrets.some((secret) => secret === pem)
          ? webhookId === undefined
            ? []
            : [webhookId]
          : secrets,
      publicUrl: typeof fields["publicUrl"] === "string" ? fields["publicUrl"] : url,
      ...(typeof tolerance === "number" ? { toleranceSeconds: tolerance } : {}),
      options,
    },
    ports: { now, fetchText: async () => keyMaterial(pem, certificate, own("kid")) },
  };
}

/**
 * A recorded secret says that the delivery is proved by it. Where a sender's first scheme proves nothing (CloudEvents,
 * forms) or is one of several places for the same secret, it is the scheme whose place the request fills.
 */
function schemeOfSecret(provider: Provider, request: WebhookRequest, secrets: readonly string[]): string | undefined {
  const [first, ...others] = provider.schemes;
  const provesNothing = first.kind === "none" || (first.kind === "custom" && first.verifier === "salesforce");
  if (!(provesNothing || first.kind === "token") || !secrets.some((secret) => secret !== "")) return undefined;
  const proving = provesNothing ? others : provider.schemes.filter(({ kind }) => kind === "token");
  return (proving.find((scheme) => isCarried(scheme, request)) ?? proving[0])?.id;
}

function isCarried(scheme: Scheme, request: WebhookRequest): boolean {
  if (scheme.kind === "hmac") return readHeader(request.headers, scheme.signature.header ?? "").kind !== "missing";
  if (scheme.kind !== "token") return false;
  if ("query" in scheme.place) return queryValue(request.url, scheme.place.query) !== null;
  if (!("header" in scheme.place)) return false;
  const reading = readHeader(request.headers, scheme.place.header);
  return (
    reading.kind === "one" &&
    (scheme.prefix === undefined || reading.value.toLowerCase().startsWith(`${scheme.prefix} `))
  );
}

/** What the sender's certificate or key-set address would serve, made from the vector's own secret. */
function keyMaterial(pem: string | undefined, certificate: boolean, kid: string | undefined): FetchTextResult {
  if (pem === undefined) return { kind: "failed", message: "the vector carries no certificate or key" };
  if (certificate) return { kind: "ok", text: pem, pinned: true };
  try {
    const key = { ...createPublicKey(pem).export({ format: "jwk" }), ...(kid === undefined ? {} : { kid }) };
    return { kind: "ok", text: JSON.stringify({ keys: [key], key }) };
  } catch {
    return { kind: "failed", message: "the vector's key is not a public key in PEM" };
  }
}

/** Seconds are what vectors give; a number that far in the future as seconds is one of milliseconds. */
function readClock(value: unknown, clock: Date): Date | null {
  if (value === undefined || value === null) return clock;
  const now =
    typeof value === "number"
      ? new Date(value > MILLISECONDS_MIN ? value : value * SECOND)
      : new Date(typeof value === "string" ? value : Number.NaN);
  return Number.isNaN(now.getTime()) ? null : now;
}

function readHeaders(value: unknown): Array<readonly [string, string]> | null {
  if (typeof value !== "object" || value === null) return null;
  const headers: Array<readonly [string, string]> = [];
  const entries: Array<[unknown, unknown]> = Array.isArray(value)
    ? value.map((pair: unknown) => (Array.isArray(pair) ? [pair[0], pair[1]] : [null, null]))
    : Object.entries(value);
  for (const [name, sent] of entries) {
    if (typeof name !== "string") return null;
    for (const each of Array.isArray(sent) ? (sent as unknown[]) : [sent]) {
      if (each === null) continue;
      if (typeof each !== "string" && !(typeof each === "number" && name.toLowerCase() === "content-length"))
        return null;
      headers.push([name, String(each)]);
    }
  }
  return headers;
}

function readBody(fields: Readonly<Record<string, unknown>>): Uint8Array | null {
  if (typeof fields["rawBodyBase64"] === "string") return Buffer.from(fields["rawBodyBase64"], "base64");
  if (fields["rawBody"] === undefined || fields["rawBody"] === null) return new Uint8Array(0);
  return typeof fields["rawBody"] === "string" ? Buffer.from(fields["rawBody"], "utf8") : null;
}

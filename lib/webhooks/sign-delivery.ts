import { createHash, createPrivateKey, sign as signWithKey } from "node:crypto";
import { configuredHmac } from "#lib/webhooks/configurable-hmac.ts";
import { withBodyValue, withHeader, withQuery } from "#lib/webhooks/edit-request.ts";
import { readHeader } from "#lib/webhooks/headers.ts";
import { withOwnHeaders } from "#lib/webhooks/own-headers.ts";
import type { Provider } from "#lib/webhooks/provider-types.ts";
import type {
  AsymmetricScheme,
  HmacScheme,
  Scheme,
  SignaturePlace,
  TimestampPlace,
  TokenScheme,
} from "#lib/webhooks/scheme-types.ts";
import { signAdyenPayment, signAwsSns, signContentful, signPaypal } from "#lib/webhooks/sign-custom.ts";
import { signJwt } from "#lib/webhooks/sign-jwt.ts";
import { fillTemplate, templateHeaders, templateUses } from "#lib/webhooks/signed-template.ts";
import { signedUrls } from "#lib/webhooks/signed-url.ts";
import type { VerificationSettings, WebhookRequest } from "#lib/webhooks/types.ts";
import { chooseScheme, findScheme } from "#lib/webhooks/verify.ts";
import { expectedSignature } from "#lib/webhooks/verify-signature.ts";

/** What a sender signs with. `privateKey` (PEM) is for schemes whose secret on our side is only a public key. */
export type SigningKeys = { readonly secret: string; readonly privateKey?: string; readonly keyId?: string };

/** A delivery as its sender would make it, or why it cannot be made here. */
export type SignedDelivery =
  | { readonly kind: "signed"; readonly request: WebhookRequest }
  | { readonly kind: "cannot-sign"; readonly message: string };

/** The provider's sample as an unsigned request to a URL. */
export function sampleRequest(provider: Pick<Provider, "sample">, url: string): WebhookRequest {
  return {
    method: provider.sample.method,
    url,
    headers: provider.sample.headers,
    body: Buffer.from(provider.sample.body),
  };
}

/** Signs a request the way the provider does, at the moment `now`; the inverse of `verify`. */
export async function signDelivery(
  provider: Pick<Provider, "schemes">,
  request: WebhookRequest,
  keys: SigningKeys,
  settings: VerificationSettings,
  now: Date,
): Promise<SignedDelivery> {
  const wanted = settings.scheme ? findScheme(provider, settings.scheme) : provider.schemes[0];
  const scheme = wanted?.kind === "choice" ? chooseScheme(provider, wanted, request, keys.secret) : wanted;
  if (!scheme || scheme.kind === "choice")
    return cannotSign(`There is no verification scheme "${settings.scheme ?? ""}" for this sender.`);
  return signWith(scheme, request, keys, settings, now);
}

async function signWith(
  scheme: Exclude<Scheme, { kind: "choice" }>,
  request: WebhookRequest,
  keys: SigningKeys,
  settings: VerificationSettings,
  now: Date,
): Promise<SignedDelivery> {
  switch (scheme.kind) {
    case "none":
      return { kind: "signed", request };
    case "hmac":
    case "asymmetric":
      return signSignature(scheme, request, keys, settings, now);
    case "token":
      return { kind: "signed", request: signToken(scheme, request, keys.secret, settings) };
    case "jwt":
      return signJwt(scheme, request, keys, settings, now);
    case "custom":
      switch (scheme.verifier) {
        case "salesforce":
          return { kind: "signed", request };
        case "aws-sns":
          return signAwsSns(request, keys);
        case "paypal":
          return signPaypal(request, keys, now);
        case "adyen-payment":
          return signAdyenPayment(request, keys.secret);
        case "contentful":
          return signContentful(request, keys.secret, settings, now);
        case "configurable-hmac": {
          const configured = configuredHmac(scheme.id, settings);
          return configured.kind === "problem"
            ? cannotSign(configured.message)
            : signSignature(configured.scheme, request, keys, settings, now);
        }
      }
  }
}

function signSignature(
  given: HmacScheme | AsymmetricScheme,
  unsigned: WebhookRequest,
  keys: SigningKeys,
  settings: VerificationSettings,
  now: Date,
): SignedDelivery {
  const scheme = withOwnHeaders(given, settings);
  let request = unsigned;
  const timestamp = scheme.timestamp ? timestampText(scheme.timestamp, now) : null;
  if (scheme.timestamp && timestamp !== null) request = placeTimestamp(scheme.timestamp, request, timestamp);
  for (const name of templateHeaders(scheme.template)) {
    if (readHeader(request.headers, name).kind === "missing")
      request = withHeader(
        request,
        name,
        `msg_${createHash("sha256").update(request.body).update(now.toISOString()).digest("hex").slice(0, 24)}`,
      );
  }
  if (scheme.kind === "hmac" && scheme.bodyHashQueryParam !== undefined)
    request = withQuery(request, scheme.bodyHashQueryParam, createHash("sha256").update(request.body).digest("hex"));
  const url = templateUses(scheme.template, "url")
    ? (signedUrls(scheme.kind === "hmac" ? (scheme.urlForm ?? "exact") : "exact", settings.publicUrl, request.url)[0] ??
      null)
    : null;
  const text = fillTemplate(scheme.template, request, { timestamp, url, secret: keys.secret });
  if (text.kind === "rejected") return cannotSign(text.message);
  const signature =
    scheme.kind === "hmac"
      ? expectedSignature(scheme, keys.secret, text.parts)
      : asymmetricSignature(scheme, keys, text.parts);
  if (signature === null)
    return cannotSign(
      scheme.kind === "hmac"
        ? "The secret is not in the form this sender's signature needs."
        : "Only the sender holds the private key: a genuine signature cannot be made here.",
    );
  if (scheme.signature.bodyPath !== undefined)
    return { kind: "signed", request: withBodyValue(request, scheme.signature.bodyPath, signature) };
  return {
    kind: "signed",
    request: withHeader(
      request,
      scheme.signature.header ?? "",
      headerText(scheme.signature, scheme.timestamp, timestamp, signature),
    ),
  };
}

function headerText(
  place: SignaturePlace,
  timestampPlace: TimestampPlace | undefined,
  timestamp: string | null,
  signature: string,
): string {
  const text = (place.prefix ?? "") + signature;
  if (place.field === undefined) return text;
  const item = `${place.field}${place.fieldSeparator ?? "="}${text}`;
  return timestampPlace?.field !== undefined && timestamp !== null
    ? `${timestampPlace.field}${place.fieldSeparator ?? "="}${timestamp}${place.itemSeparator ?? ","}${item}`
    : item;
}

function timestampText(place: TimestampPlace, now: Date): string {
  switch (place.format ?? "unix") {
    case "unix":
      return String(place.unit === "ms" ? now.getTime() : Math.floor(now.getTime() / 1000));
    case "iso8601":
      return now.toISOString();
    case "http-date":
      return now.toUTCString();
  }
}

function placeTimestamp(place: TimestampPlace, request: WebhookRequest, text: string): WebhookRequest {
  if (place.header !== undefined) return withHeader(request, place.header, text);
  return place.bodyPath === undefined ? request : withBodyValue(request, place.bodyPath, Number(text));
}

function asymmetricSignature(
  scheme: AsymmetricScheme,
  keys: SigningKeys,
  parts: ReadonlyArray<string | Uint8Array>,
): string | null {
  if (keys.privateKey === undefined) return null;
  const message = Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part, "utf8") : part)));
  return signWithKey(
    scheme.algorithm === "ed25519" ? null : "sha256",
    message,
    createPrivateKey(keys.privateKey),
  ).toString(scheme.encoding);
}

function signToken(
  scheme: TokenScheme,
  request: WebhookRequest,
  secret: string,
  settings: VerificationSettings,
): WebhookRequest {
  const { place } = scheme;
  if ("bodyPath" in place) return withBodyValue(request, place.bodyPath, secret);
  if ("query" in place)
    return withQuery(request, (place.queryOption && settings.options?.[place.queryOption]) || place.query, secret);
  const name = (place.headerOption && settings.options?.[place.headerOption]) || place.header;
  const value =
    scheme.prefix === "basic"
      ? `Basic ${Buffer.from(secret, "utf8").toString("base64")}`
      : scheme.prefix === "bearer"
        ? `Bearer ${secret}`
        : secret;
  return withHeader(request, name, value);
}

function cannotSign(message: string): SignedDelivery {
  return { kind: "cannot-sign", message };
}

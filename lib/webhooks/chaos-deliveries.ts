import { bodyText } from "#lib/webhooks/body-fields.ts";
import { withBodyValue, withHeader } from "#lib/webhooks/edit-request.ts";
import { withFreshContent } from "#lib/webhooks/fresh-content.ts";
import { headerValue } from "#lib/webhooks/headers.ts";
import type { Provider, ValueSource } from "#lib/webhooks/provider-types.ts";
import { type SigningKeys, sampleRequest, signDelivery } from "#lib/webhooks/sign-delivery.ts";
import type { VerificationSettings, WebhookRequest } from "#lib/webhooks/types.ts";
import { verify } from "#lib/webhooks/verify.ts";

/** What a sender, a proxy or somebody hostile may do to a delivery. */
export const CHAOS_VARIANTS = [
  "valid",
  "tampered",
  "duplicate",
  "reordered",
  "late",
  "oversized",
  "slow",
  "replayed-signature",
  "unsigned",
] as const;

/** One of them. */
export type ChaosVariant = (typeof CHAOS_VARIANTS)[number];

/** Variants that say something although the sender's signature cannot be made here. */
export const UNSIGNED_VARIANTS: readonly ChaosVariant[] = ["unsigned", "oversized"];

/** One request to send, in its order, with what a good receiver does about it. */
export type ChaosDelivery = {
  readonly variant: ChaosVariant;
  readonly what: string;
  readonly request: WebhookRequest;
  /** Send the body in small pieces over some seconds. */
  readonly slow: boolean;
  readonly expected: "accepted" | "accepted-once" | "refused" | "too-large";
};

/** A plan of deliveries, or why the sender's signature cannot be made here. */
export type ChaosPlan =
  | { readonly kind: "plan"; readonly deliveries: readonly ChaosDelivery[] }
  | { readonly kind: "cannot-sign"; readonly message: string };

/** Larger than any body cap an endpoint has by default. */
const OVERSIZED_BYTES = 26 * 1024 * 1024;
const LATE_MS = 3 * 86_400_000;

/**
 * Plans deliveries of a provider's sample in the given variants; the same seed gives the same bytes. `oversizedBytes`
 * is how much the oversized body exceeds the sample by.
 */
export async function planChaos(
  provider: Provider,
  url: string,
  keys: SigningKeys,
  settings: VerificationSettings,
  variants: readonly ChaosVariant[],
  seed: number,
  now: Date,
  oversizedBytes: number = OVERSIZED_BYTES,
): Promise<ChaosPlan> {
  const random = seededRandom(seed);
  const deliveries: ChaosDelivery[] = [];
  const fresh = (): WebhookRequest => withFreshId(provider, sampleRequest(provider, url), random);
  for (const variant of variants) {
    const made = await planVariant(variant, {
      fresh,
      sign: (request, at) => signDelivery(provider, request, keys, settings, at),
      random,
      now,
      oversizedBytes,
    });
    if (made.kind === "cannot-sign") return made;
    // Whether a late delivery or another body must be refused depends on what the scheme covers: our own verifier says.
    for (const delivery of made.deliveries) deliveries.push(await withExpectation(provider, delivery, settings, now));
  }
  return { kind: "plan", deliveries };
}

type Tools = {
  readonly fresh: () => WebhookRequest;
  readonly sign: (request: WebhookRequest, at: Date) => ReturnType<typeof signDelivery>;
  readonly random: () => number;
  readonly now: Date;
  readonly oversizedBytes: number;
};

async function planVariant(
  variant: ChaosVariant,
  { fresh, sign, random, now, oversizedBytes }: Tools,
): Promise<ChaosPlan> {
  const at = variant === "late" ? new Date(now.getTime() - LATE_MS) : now;
  const plain = fresh();
  const signed = variant === "unsigned" ? ({ kind: "signed", request: plain } as const) : await sign(plain, at);
  if (signed.kind === "cannot-sign" && variant !== "oversized") return signed;
  // A body that is too large is refused before its signature is looked at.
  const first = signed.kind === "signed" ? signed : { request: plain };
  const delivery = (
    what: string,
    request: WebhookRequest,
    expected: ChaosDelivery["expected"] = "accepted",
  ): ChaosDelivery => ({
    variant,
    what,
    request,
    slow: variant === "slow",
    expected,
  });
  const plan = (...deliveries: ChaosDelivery[]): ChaosPlan => ({ kind: "plan", deliveries });
  switch (variant) {
    case "valid":
      return plan(delivery("a genuine delivery", first.request));
    case "slow":
      return plan(delivery("a genuine delivery in small pieces", first.request));
    case "late":
      return plan(delivery("a genuine delivery, signed three days ago", first.request));
    case "oversized":
      return plan(
        delivery(`a body of ${megabytes(oversizedBytes)}`, enlarged(first.request, oversizedBytes), "too-large"),
      );
    case "unsigned":
      return plan(delivery("a genuine body without a signature", first.request));
    case "tampered":
      return plan(
        delivery(
          "one byte changed after signing",
          { ...first.request, body: flipped(first.request.body, random) },
          "refused",
        ),
      );
    case "duplicate":
      return plan(
        delivery("a genuine delivery", first.request),
        delivery("the same delivery again", first.request, "accepted-once"),
      );
    case "reordered":
    case "replayed-signature": {
      const second = await sign(fresh(), new Date(now.getTime() - 1_000));
      if (second.kind === "cannot-sign") return second;
      if (variant === "reordered")
        return plan(
          delivery("the later of two deliveries", first.request),
          delivery("the earlier one, after it", second.request),
        );
      return plan(
        delivery(
          "the signature of one delivery on the body of another",
          { ...first.request, body: second.request.body },
          "refused",
        ),
      );
    }
  }
}

async function withExpectation(
  provider: Provider,
  delivery: ChaosDelivery,
  settings: VerificationSettings,
  now: Date,
): Promise<ChaosDelivery> {
  if (delivery.expected === "too-large" || delivery.expected === "accepted-once") return delivery;
  const { kind } = await verify(provider, delivery.request, settings, { now });
  return { ...delivery, expected: kind === "verified" || kind === "not-configured" ? "accepted" : "refused" };
}

/** Gives the sample a delivery id nobody used before, where the provider has one in a header or at a plain path. */
function withFreshId(provider: Provider, request: WebhookRequest, random: () => number): WebhookRequest {
  const unique = Math.floor(random() * 2 ** 48).toString(36);
  const source = provider.dedupe.sources
    .flatMap(leaves)
    .find((leaf) => (leaf.from === "header" ? headerValue(request.headers, leaf.name) !== null : leaf.from === "body"));
  if (source?.from === "header")
    return withHeader(request, source.name, `${headerValue(request.headers, source.name) ?? ""}-${unique}`);
  if (source?.from !== "body") return withFreshContent(provider, request, random);
  const old = bodyText(request, source.path) ?? "";
  return withBodyValue(request, source.path, /^\d+$/.test(old) ? Number.parseInt(unique, 36) : `${old}-${unique}`);
}

function leaves(source: ValueSource): readonly ValueSource[] {
  return source.from === "join" ? source.parts.slice(0, 1).flatMap(leaves) : [source];
}

function enlarged(request: WebhookRequest, bytes: number): WebhookRequest {
  return { ...request, body: Buffer.concat([request.body, Buffer.alloc(bytes, 0x20)]) };
}

function megabytes(bytes: number): string {
  return bytes < 1_048_576 ? `${bytes.toLocaleString("en")} bytes` : `${Math.round(bytes / 1_048_576)} MB`;
}

function flipped(body: Uint8Array, random: () => number): Uint8Array {
  const copy = Uint8Array.from(body);
  const at = Math.floor(random() * copy.length);
  if (copy.length > 0) copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

/** Mulberry32: small, seeded, good enough for test data. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

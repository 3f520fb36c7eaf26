import { randomUUID } from "node:crypto";
import { z } from "zod";
import { endpointUrl } from "#lib/commands/endpoints/endpoint-url.ts";
import { getLiveEndpoint } from "#lib/commands/endpoints/get-live-endpoint.ts";
import { type Actor, authorize } from "#lib/core/actor.ts";
import { databaseNow } from "#lib/core/database-time.ts";
import { ConflictError, NotFoundError } from "#lib/core/errors.ts";
import { parseInput } from "#lib/core/parse-input.ts";
import { MIB, MINUTE } from "#lib/core/units.ts";
import type { Receiver } from "#lib/door/receiver.ts";
import { verificationSettings } from "#lib/door/verify-request.ts";
import { deliverExactly } from "#lib/platform/deliver-exactly.ts";
import { ownUrl } from "#lib/platform/own-address.ts";
import { singleton } from "#lib/platform/singleton.ts";
import { makeTestMark, TEST_MARK_HEADER } from "#lib/platform/test-mark.ts";
import { forgetReceiver, loadReceiver } from "#lib/reception/load-receiver.ts";
import { judgeDelivery } from "#lib/rehearsal/judge-delivery.ts";
import type { ChaosNews } from "#lib/views/chaos-views.ts";
import {
  CHAOS_VARIANTS,
  type ChaosDelivery,
  type ChaosVariant,
  planChaos,
  UNSIGNED_VARIANTS,
} from "#lib/webhooks/chaos-deliveries.ts";
import { getProvider } from "#lib/webhooks/providers/registry.generated.ts";

/** Which variants to send, and the seed: the same seed sends the same bytes. */
export const chaosSchema = z.strictObject({
  variants: z.array(z.enum(CHAOS_VARIANTS)).min(1, "Choose at least one delivery.").max(CHAOS_VARIANTS.length),
  seed: z.int("The seed is a whole number.").min(0).max(999_999_999, "The seed has at most 9 digits."),
});

/** Above this a body that is too large is not tried: it would have to be in memory. */
const OVERSIZED_BYTES_MAX = 64 * MIB;

/** Longer than any test takes: 15 deliveries of at most 30 s. */
const TEST_MS_MAX = 8 * MINUTE;

/**
 * Sends good, broken and hostile deliveries to one's own endpoint through the real door of this process, signed with
 * the endpoint's own secret, one after the other, and tells how each ended. One test at a time per endpoint. They are
 * real requests: what the endpoint accepts starts live flows. Throws before the first news; afterwards it tells
 * "failed".
 */
export async function runChaos(
  actor: Actor,
  endpointId: string,
  input: unknown,
  signal: AbortSignal,
  now: Date = databaseNow(),
): Promise<AsyncGenerator<ChaosNews>> {
  authorize(actor, "sample.edit");
  const { token } = await getLiveEndpoint(actor, endpointId);
  const { variants, seed } = parseInput(chaosSchema, input);
  forgetReceiver(endpointId);
  const receiver = await loadReceiver(token);
  if (receiver === null) throw new NotFoundError("endpoint");
  const running = singleton("chaos-running", () => new Map<string, number>());
  // A test whose browser went away before it began must not block the endpoint for ever.
  if ((running.get(endpointId) ?? 0) > now.getTime() - TEST_MS_MAX)
    throw new ConflictError("test-running", "A test of this endpoint is already running. Wait until it has ended.");
  running.set(endpointId, now.getTime());
  try {
    const plan = await makePlan(receiver, endpointUrl(token), [...new Set(variants)], seed, now);
    return tell({ actor, receiver, path: `/in/${token}`, plan, seed, signal, end: () => running.delete(endpointId) });
  } catch (error) {
    running.delete(endpointId);
    throw error;
  }
}

type Plan = { deliveries: readonly ChaosDelivery[]; skipped: Array<{ variant: ChaosVariant; why: string }> };

async function makePlan(
  receiver: Receiver,
  url: string,
  variants: readonly ChaosVariant[],
  seed: number,
  now: Date,
): Promise<Plan> {
  // Without a signature check there is nothing to sign, whoever the sender is.
  const unchecked = receiver.settings.verification === "off";
  const provider = unchecked ? { ...receiver.provider, schemes: getProvider("none").schemes } : receiver.provider;
  const { scheme, ...rest } = verificationSettings(receiver, url);
  const settings = unchecked || scheme === undefined ? rest : { ...rest, scheme };
  const keys = { secret: receiver.secrets[0]?.text ?? "" };
  const plan = (chosen: readonly ChaosVariant[]) =>
    planChaos(provider, url, keys, settings, chosen, seed, now, receiver.bodyBytesMax + 1);
  const genuine = await plan(["valid"]);
  const skipped = variants.flatMap((variant) => {
    if (variant === "oversized" && receiver.bodyBytesMax > OVERSIZED_BYTES_MAX)
      return [{ variant, why: "This endpoint takes bodies larger than can be tried from here." }];
    return genuine.kind === "cannot-sign" && !UNSIGNED_VARIANTS.includes(variant)
      ? [{ variant, why: whyUnsigned(receiver, genuine.message) }]
      : [];
  });
  const sendable = variants.filter((variant) => !skipped.some((one) => one.variant === variant));
  const made = await plan(sendable);
  if (made.kind === "cannot-sign")
    return { deliveries: [], skipped: variants.map((variant) => ({ variant, why: made.message })) };
  return { deliveries: made.deliveries, skipped };
}

/** A missing secret is the person's to add; a private key only the sender has is not. */
function whyUnsigned(receiver: Receiver, message: string): string {
  return receiver.secrets.length === 0 && !/private key|certificate/.test(message)
    ? "This endpoint has no signing secret yet, so no genuine delivery can be made. Add it under Settings."
    : message;
}

type Test = {
  actor: Actor;
  receiver: Receiver;
  path: string;
  plan: Plan;
  seed: number;
  signal: AbortSignal;
  end: () => void;
};

async function* tell({ actor, receiver, path, plan, seed, signal, end }: Test): AsyncGenerator<ChaosNews> {
  try {
    yield { kind: "planned", total: plan.deliveries.length, seed, skipped: plan.skipped };
    const test = randomUUID().slice(0, 8);
    for (const [index, delivery] of plan.deliveries.entries()) {
      if (signal.aborted) return;
      yield { kind: "sending", index, what: delivery.what };
      const mark = makeTestMark(receiver.endpointId, `${test}-${index}`);
      const answer = await deliverExactly(
        {
          method: delivery.request.method,
          // Whatever the public address is, this goes to this process's own door and nowhere else.
          url: ownUrl() + path + new URL(delivery.request.url).search,
          headers: [...delivery.request.headers, [TEST_MARK_HEADER, mark]],
          body: delivery.request.body,
          slow: delivery.slow,
        },
        signal,
      );
      if (signal.aborted) return;
      yield { kind: "result", result: await judgeDelivery(actor, receiver, { index, delivery, mark, answer }) };
    }
    yield { kind: "done" };
  } catch {
    yield { kind: "failed", message: "The test broke off. What was sent before is in the list of requests." };
  } finally {
    end();
  }
}

import { randomBytes } from "node:crypto";
import { z } from "zod";
import { endpointUrl } from "#lib/commands/endpoints/endpoint-url.ts";
import { getLiveEndpoint } from "#lib/commands/endpoints/get-live-endpoint.ts";
import { type Actor, authorize } from "#lib/core/actor.ts";
import { databaseNow } from "#lib/core/database-time.ts";
import { ConflictError, InvalidInputError, NotFoundError } from "#lib/core/errors.ts";
import { parseInput } from "#lib/core/parse-input.ts";
import { SECOND } from "#lib/core/units.ts";
import type { Receiver } from "#lib/door/receiver.ts";
import { freshSample, plainSample, tampered } from "#lib/door/sample-deliveries.ts";
import { verificationSettings } from "#lib/door/verify-request.ts";
import { callOwnServer } from "#lib/platform/call-own-server.ts";
import { makeTestMark, TEST_MARK_HEADER } from "#lib/platform/test-mark.ts";
import { forgetReceiver, loadReceiver } from "#lib/reception/load-receiver.ts";
import { findProvider } from "#lib/webhooks/providers/registry.generated.ts";
import { signDelivery } from "#lib/webhooks/sign-delivery.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";

const SEND_MS_MAX = 30 * SECOND;

const sendSampleSchema = z.strictObject({
  /** "provider:<id>", or json, form, multipart, xml, text. */
  sample: z.string().max(80),
  variant: z.enum(["valid", "tampered", "duplicate"]).default("valid"),
});

/** What the sender of a sample was answered; for a duplicate the answer to the second delivery. */
export type SampleAnswer = { status: number; body: string };

/**
 * Sends a sample to one's own endpoint through its real door, over HTTP on this machine, signed with the endpoint's
 * newest secret as the sender would. Tampered: signed, then changed. Duplicate: the same bytes twice.
 */
export async function sendSample(
  actor: Actor,
  endpointId: string,
  input: unknown,
  now: Date = databaseNow(),
): Promise<SampleAnswer> {
  authorize(actor, "sample.edit");
  const { sample, variant } = parseInput(sendSampleSchema, input);
  const endpoint = await getLiveEndpoint(actor, endpointId);
  forgetReceiver(endpointId);
  const receiver = await loadReceiver(endpoint.token);
  if (receiver === null) throw new NotFoundError("endpoint");
  const made = await makeSample(receiver, sample, endpoint.token, now);
  // So that the list shows it as what it is; no sender signs this header.
  const mark = makeTestMark(endpointId, `sample-${randomBytes(4).toString("hex")}`);
  const request = { ...made, headers: [...made.headers, [TEST_MARK_HEADER, mark] as const] };
  if (variant === "duplicate") await deliver(request);
  return deliver(variant === "tampered" ? tampered(request) : request);
}

async function makeSample(receiver: Receiver, sample: string, token: string, now: Date): Promise<WebhookRequest> {
  const target = `/in/${token}`;
  const plain = plainSample(sample, target);
  if (plain !== null) return plain;
  const provider = sample.startsWith("provider:") ? findProvider(sample.slice("provider:".length)) : null;
  if (provider === null) throw new InvalidInputError([{ field: "sample", message: `There is no sample "${sample}".` }]);
  const request = freshSample(provider.id, target, randomBytes(6).toString("hex"));
  const own = provider.id === receiver.provider.id;
  // For another sender's endpoint the sample is signed with a secret nobody has, so that it looks real and proves
  // nothing.
  const secret = own ? (receiver.secrets[0]?.text ?? "") : randomBytes(16).toString("hex");
  if (own && receiver.settings.verification === "off") return request;
  const settings = own
    ? verificationSettings(receiver, endpointUrl(token))
    : { secrets: [secret], publicUrl: endpointUrl(token) };
  const signed = await signDelivery(provider, request, { secret }, settings, now);
  if (signed.kind === "signed") return signed.request;
  if (!own) return request;
  throw new ConflictError("cannot-sign", signed.message);
}

function deliver({ method, url, headers, body }: WebhookRequest): Promise<SampleAnswer> {
  return callOwnServer({ method, path: url, headers, body, timeoutMs: SEND_MS_MAX }, 2_000);
}

import { MIB } from "#lib/core/units.ts";
import type { Receiver, RequestCheck } from "#lib/door/receiver.ts";
import { type Refusal, refuse } from "#lib/door/refusals.ts";
import { readCoding } from "#lib/platform/decode-body.ts";
import { log } from "#lib/platform/log.ts";
import { singleton } from "#lib/platform/singleton.ts";
import { readableRequest } from "#lib/reception/readable-request.ts";
import type { ValidateOutcome } from "#lib/sandbox/protocol.ts";
import { getSandbox } from "#lib/sandbox/sandbox.ts";
import { headerValue } from "#lib/webhooks/headers.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";

/** Bodies of this process that may wait for the sandbox at once; what comes on top is told to come again. */
const WAITING_MAX = 200;
const WAITING_BYTES_MAX = 32 * MIB;

/** A check that could not be made is worth trying again, but not at once: the same body may take as long again. */
const RETRY_AFTER_SECONDS = 60;

/** What the schema says of a request: a check for the inspector, and a refusal when it is not to be accepted. */
export type SchemaVerdict = { readonly check: RequestCheck; readonly refusal: Refusal | null };

/**
 * Checks a request's parsed body against its endpoint's JSON Schema in the sandbox; null when there is none. A body
 * that could not be checked (too slow, too large, too many at once) is never accepted unseen: where misfits are refused
 * it is refused with 503, so that its sender tries again and a person can accept it; where they are marked it is
 * marked.
 */
export async function checkSchema(receiver: Receiver, request: WebhookRequest): Promise<SchemaVerdict | null> {
  const { schema } = receiver.settings;
  if (schema === null) return null;
  const outcome = await validateBounded(schema.text, request, receiver.workspaceId);
  if (outcome.kind === "fits")
    return { check: { id: "schema", status: "passed", message: "The body fits the schema." }, refusal: null };
  const refusal = refusalOf(outcome);
  const marked = schema.misfit === "mark";
  const check = {
    id: "schema",
    status: "failed",
    message: marked ? `${refusal.message} It was accepted all the same, as set.` : refusal.message,
  } as const;
  return { check, refusal: marked ? null : refusal };
}

function refusalOf(outcome: Exclude<ValidateOutcome, { kind: "fits" }> | { kind: "busy" }): Refusal {
  const unchecked = (why: string, seconds = RETRY_AFTER_SECONDS) =>
    refuse("schema-unchecked", `The body could not be checked against the schema: ${why}`, [
      ["retry-after", String(seconds)],
    ]);
  switch (outcome.kind) {
    case "misfits":
      return refuse("schema-misfit", outcome.misfits[0]?.message ?? "The body does not fit the schema.");
    case "bad-schema":
      return unchecked("the schema itself cannot be used.");
    case "timeout":
      return unchecked("checking it took too long.");
    case "memory":
      return unchecked("checking it took too much memory.");
    case "busy":
      return unchecked("too many are waiting to be checked.", 2);
  }
}

/** Flows could not read it either. */
const STILL_ENCODED = { path: "", message: "The body is compressed, and is broken or unfolds beyond the limit." };

async function validateBounded(
  schema: string,
  request: WebhookRequest,
  workspaceId: string,
): Promise<ValidateOutcome | { kind: "busy" }> {
  const readable = await readableRequest(request);
  const { headers, body } = readable;
  const isEncoded = readCoding(headerValue(headers, "content-encoding")) !== null;
  if (isEncoded && readable === request) return { kind: "misfits", misfits: [STILL_ENCODED] };
  const waiting = singleton("schema-checks", () => ({ bodies: 0, bytes: 0 }));
  if (waiting.bodies >= WAITING_MAX || waiting.bytes + body.byteLength > WAITING_BYTES_MAX) return { kind: "busy" };
  waiting.bodies += 1;
  waiting.bytes += body.byteLength;
  try {
    const contentType = headerValue(headers, "content-type");
    return await getSandbox().validate({ schema, contentType, bytes: body, fairnessKey: workspaceId });
  } catch (error) {
    log().error({ error }, "the sandbox could not check a body");
    return { kind: "busy" };
  } finally {
    waiting.bodies -= 1;
    waiting.bytes -= body.byteLength;
  }
}

import { MIB } from "#lib/core/units.ts";
import type { Passing, SchemaFit } from "#lib/door/passing.ts";
import { type Refusal, refuse } from "#lib/door/refusals.ts";
import { log } from "#lib/platform/log.ts";
import { singleton } from "#lib/platform/singleton.ts";
import type { ValidateOutcome } from "#lib/sandbox/protocol.ts";
import { getSandbox } from "#lib/sandbox/sandbox.ts";
import { headerValue } from "#lib/webhooks/headers.ts";

/** Bodies of this process that may wait for the sandbox at once; what comes on top is told to come again. */
const WAITING_MAX = 200;
const WAITING_BYTES_MAX = 32 * MIB;

/** A check that could not be made is worth trying again, but not at once: the same body may take as long again. */
const RETRY_AFTER_SECONDS = 60;

/**
 * Checks a body against a JSON Schema in the sandbox. One that could not be checked (too slow, too large, too many at
 * once) is unfit by `schema-unchecked`.
 */
export async function checkSchema(schemaText: string, passing: Passing): Promise<SchemaFit> {
  const outcome = await validateBounded(schemaText, passing);
  return outcome.kind === "fits" ? outcome : { kind: "unfit", refusal: refusalOf(outcome) };
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
const STILL_ENCODED = { path: "", message: "The body is compressed, and is broken or decompresses beyond the limit." };

async function validateBounded(
  schema: string,
  { readable, receiver }: Passing,
): Promise<ValidateOutcome | { kind: "busy" }> {
  const { headers, body } = readable;
  if (readable.isFolded === true) return { kind: "misfits", misfits: [STILL_ENCODED] };
  const waiting = singleton("schema-checks", () => ({ bodies: 0, bytes: 0 }));
  if (waiting.bodies >= WAITING_MAX || waiting.bytes + body.byteLength > WAITING_BYTES_MAX) return { kind: "busy" };
  waiting.bodies += 1;
  waiting.bytes += body.byteLength;
  try {
    const contentType = headerValue(headers, "content-type");
    return await getSandbox().validate({ schema, contentType, bytes: body, fairnessKey: receiver.workspaceId });
  } catch (error) {
    log().error({ error }, "the sandbox could not check a body");
    return { kind: "busy" };
  } finally {
    waiting.bodies -= 1;
    waiting.bytes -= body.byteLength;
  }
}

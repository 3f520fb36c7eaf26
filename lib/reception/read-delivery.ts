import { setImmediate as letOthersGo } from "node:timers/promises";
import { MIB, SECOND } from "#lib/core/units.ts";
import { unpackSplit } from "#lib/door/packed-split.ts";
import type { LargeReading, Passing } from "#lib/door/passing.ts";
import { withoutTheRest } from "#lib/door/read-large-delivery.ts";
import { type Refusal, refuse } from "#lib/door/refusals.ts";
import { log } from "#lib/platform/log.ts";
import { singleton } from "#lib/platform/singleton.ts";
import { Turns } from "#lib/platform/turns.ts";
import type { ReadDeliveryOutcome } from "#lib/sandbox/protocol.ts";
import { getSandbox } from "#lib/sandbox/sandbox.ts";

const RETRY_AFTER_SECONDS = 60;

/**
 * Reads names, key, form fields and items of a large body in a sandbox child, a few at once and the others in turn.
 * What could not be read is never taken for something without names: it is refused so that its sender tries again.
 */
export async function readInSandbox(passing: Passing, eventId: string): Promise<LargeReading> {
  const { receiver, readable: request } = passing;
  const { receivedAt } = passing.head;
  const { provider, settings } = receiver;
  const { name, eventType, dedupe, batch } = provider;
  const rules = {
    provider: { name, eventType, dedupe, batch },
    settings: { eventType: settings.eventType, dedupe: settings.dedupe, split: settings.split, form: settings.form },
  };
  const delivery = { rules, request: withoutTheRest(rules, request), eventId, receivedAt };
  const outcome = await turns()
    .take(receiver.endpointId, request.body.byteLength, async () => {
      // Its signature was over all of it, and handing it over copies it: others go between.
      await letOthersGo();
      const read = () => getSandbox().readDelivery(delivery, receiver.workspaceId);
      const first = await read();
      // A process with other work behind it, or too little of a processor to clear up after itself: a fresh one tells.
      return first.kind === "memory" ? read() : first;
    })
    .catch((error: unknown) => {
      log().error({ error }, "the sandbox could not read a body");
      return null;
    });
  if (outcome?.kind !== "read") return { kind: "unread", refusal: refusalOf(outcome) };
  await letOthersGo();
  const { reading } = outcome;
  return { kind: "read", reading: { ...reading, split: unpackSplit(reading.split, request.body) } };
}

function refusalOf(outcome: Exclude<ReadDeliveryOutcome, { kind: "read" }> | null): Refusal {
  const unread = (why: string, seconds = RETRY_AFTER_SECONDS) =>
    refuse("body-unread", `The body was too large to be read in place, and ${why}.`, [
      ["retry-after", String(seconds)],
    ]);
  switch (outcome?.kind) {
    case "timeout":
      return unread("reading it took too long");
    case "memory":
      return unread("reading it took too much memory");
    case undefined:
      return unread("too many like it are waiting", 5);
  }
}

function turns(): Turns {
  return singleton(
    "large-deliveries",
    () => new Turns({ atOnce: 2, waitingMax: 100, bytesMax: 256 * MIB, waitMsMax: 5 * SECOND }),
  );
}

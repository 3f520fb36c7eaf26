import { deliveryOfConfirmed } from "#lib/door/ask-first.ts";
import { isKeyGone } from "#lib/door/check-kept.ts";
import { type DeliveryKey, deliveryKey, unrepeatable } from "#lib/door/delivery-key.ts";
import { eventIdOf, type Passing, type Stage, uncertain } from "#lib/door/passing.ts";
import { type SplitOutcome, splitOf } from "#lib/door/split-event.ts";

/** Takes a request as an event: how a repeat of it will be known, and into which items it is split. */
export const takeEvent: Stage = (passing) => {
  const { receiver, readable, large, kept, checks, eventType, verification, misfit } = passing;
  const keyGone = kept !== null && isKeyGone(receiver, kept);
  if (keyGone && kept?.byHand !== true) return uncertain({ kind: "key-removed" });
  const eventId = eventIdOf(passing);
  const split = large?.split ?? splitOf(receiver.settings, receiver.provider, readable);
  if (split.kind !== "off") checks.push(split.check);
  const found = keyGone ? unrepeatable(eventId, "failed", KEY_GONE) : keyOf(passing, eventId, split);
  const delivery = deliveryOfConfirmed(found, passing.pressedNonce);
  return { kind: "accepted", eventId, eventType, delivery, split, verification, checks, misfit };
};

const KEY_GONE = "The value that would identify a repeat was removed before it was stored: treated as new.";

function keyOf({ receiver, readable, large, head }: Passing, eventId: string, split: SplitOutcome): DeliveryKey {
  return large?.key ?? deliveryKey(receiver, readable, eventId, head.receivedAt, split.kind === "items");
}

import type { MissedEventView, MissedView, MissedWish } from "#lib/engine/missed-view.ts";

/** What is chosen so far: `picked` are keys of events, for "chosen". */
export type MissedChoice = { run: MissedWish["run"]; picked: ReadonlySet<string> };

/** Nothing of it, until somebody chooses. */
export const RUN_NONE: MissedChoice = { run: "none", picked: new Set() };

/** The key of a missed event in a set. */
export function keyOf({ eventId, itemIndex }: Pick<MissedEventView, "eventId" | "itemIndex">): string {
  return itemIndex === null ? eventId : `${eventId}/${itemIndex}`;
}

/** How many events a choice is about. */
export function choiceCount({ run, picked }: MissedChoice, { count }: MissedView): number {
  if (run === "chosen") return picked.size;
  return run === "none" ? 0 : run === "last" ? 1 : count;
}

/** The choice as the server takes it: up to the last event that was counted, so that none runs that was not told of. */
export function toWish({ run, picked }: MissedChoice, { upTo }: MissedView): MissedWish {
  if (run === "chosen") {
    if (picked.size === 0) return { run: "none" };
    const events = [...picked].map((key) => {
      const [eventId = "", item] = key.split("/");
      return { eventId, itemIndex: item === undefined ? null : Number(item) };
    });
    return { run, events };
  }
  return run === "none" || upTo === null ? { run: "none" } : { run, upTo };
}

import type { EffectCounts } from "#lib/engine/count-effects.ts";

/** Runs being started for events a flow missed, as pages show them. Times are ISO texts. */
export type CatchUpView = {
  state: "running" | "done" | "canceled";
  total: number;
  started: number;
};

/** A missed event, or one item of a split one, from 0. */
export type MissedEventView = {
  eventId: string;
  itemIndex: number | null;
  eventType: string | null;
  /** What its run would be called; null too for who may not see payloads. */
  name: string | null;
  deliveryId: string | null;
  receivedAt: string;
};

/** What a flow missed the last time it was off, with the newest of it. */
export type MissedView = {
  /** Null: from the first event kept on. */
  since: string | null;
  count: number;
  /** There are more than were counted. */
  more: boolean;
  upTo: string | null;
  effects: EffectCounts;
  events: MissedEventView[];
};

/** What a person chose of what a flow missed. */
export type MissedWish =
  | { run: "none" }
  | { run: "last" | "all"; upTo?: string }
  | { run: "chosen"; events: { eventId: string; itemIndex: number | null }[] };

/** A catch-up as pages show it; null while there is none. */
export function viewCatchUp(catchUp: CatchUpView | null): CatchUpView | null {
  return catchUp === null ? null : { state: catchUp.state, total: catchUp.total, started: catchUp.started };
}

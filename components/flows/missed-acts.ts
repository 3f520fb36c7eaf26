import type { ActionResult } from "#lib/core/action-result.ts";
import type { CatchUpView, MissedView, MissedWish } from "#lib/engine/missed-view.ts";

type Begun = Promise<ActionResult<{ catchUp: CatchUpView | null }>>;

/** What switching a flow can ask the server for. */
export type SwitchActs = {
  turnOn: (flowId: string, missed: MissedWish) => Begun;
  turnOff: (flowId: string) => Promise<ActionResult>;
  /** What it missed by its live version or its draft; of the events those before one, when given. */
  missed: (
    flowId: string,
    of: "live" | "draft",
    before?: { eventId: string; itemIndex: number | null },
  ) => Promise<ActionResult<MissedView>>;
  runMissed: (flowId: string, missed: MissedWish) => Begun;
  cancelCatchUp: (flowId: string) => Begun;
};

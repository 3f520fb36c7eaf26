"use client";
import { useState } from "react";
import type { SwitchActs } from "#components/flows/missed-acts.ts";
import { MissedDialog } from "#components/flows/missed-dialog.tsx";
import { tellBegun } from "#components/flows/tell-begun.ts";
import { useMissed } from "#components/flows/use-missed.ts";
import { cx } from "#components/ui/cx.ts";
import { showToast } from "#components/ui/show-toast.ts";
import { Switch } from "#components/ui/switch.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { CatchUpView } from "#lib/engine/missed-view.ts";

type FlowSwitchProps = {
  flow: { id: string; name: string; on: boolean };
  may: { turnOn: boolean; turnOff: boolean };
  acts: SwitchActs;
  onChanged: () => void;
  /** Hides the word "On" where there is no room; screen readers still get it. */
  wordClass?: string;
};

/**
 * Turns a published flow on or off. Off asks nothing and says what goes on; on asks which of the events it missed are
 * to run, where there are any.
 */
export function FlowSwitch({ flow, may, acts, onChanged, wordClass }: FlowSwitchProps) {
  const turning = useAction("toast");
  const state = useMissed(flow.id, "live", acts);
  const [asks, setAsks] = useState(false);
  const turnOff = async () => {
    if ((await turning.run(() => acts.turnOff(flow.id))).kind === "refused") return;
    showToast(`"${flow.name}" is off`, {
      description: "Runs under way go on to their end. Events are kept and can run when it is on again.",
    });
    onChanged();
  };
  const turnOn = async () => {
    const missed = await state.load();
    if (missed === null) return;
    if (missed.count > 0) {
      setAsks(true);
      return;
    }
    const answer = await turning.run(() => acts.turnOn(flow.id, { run: "none" }));
    if (answer.kind === "refused") return;
    tellBegun(`"${flow.name}" is on`, answer.value.catchUp);
    onChanged();
  };
  /** What came between the count and the switch was in neither: it is said, and stays to be run. */
  const tellOn = async (catchUp: CatchUpView | null, looksAgain: boolean) => {
    const left = looksAgain ? await acts.missed(flow.id, "live") : null;
    tellBegun(`"${flow.name}" is on`, catchUp, left?.kind === "ok" ? left.value.count : 0);
  };
  const mayNot =
    flow.on && !may.turnOff
      ? "Your role does not turn flows off."
      : !flow.on && !may.turnOn
        ? "An admin turns it on."
        : undefined;
  const isBusy = turning.pending || state.asking.pending;
  return (
    <>
      <Switch
        label={
          <>
            <span className="sr-only">{flow.name} is </span>
            <span className={cx("text-13", flow.on && wordClass)} title={mayNot}>
              {flow.on ? "On" : "Off"}
            </span>
            {mayNot === undefined ? null : <span className="sr-only">. {mayNot}</span>}
          </>
        }
        checked={flow.on}
        disabled={isBusy || !(flow.on ? may.turnOff : may.turnOn)}
        onCheckedChange={(on) => void (on ? turnOn() : turnOff())}
      />
      <MissedDialog
        open={asks}
        onOpenChange={setAsks}
        title={`Turn "${flow.name}" on?`}
        confirmLabel="Turn on"
        cancelLabel="Leave it off"
        state={state}
        act={(wish) => acts.turnOn(flow.id, wish)}
        onDone={(catchUp, { run }) => {
          onChanged();
          void tellOn(catchUp, run === "all" && catchUp?.state !== "running");
        }}
      />
    </>
  );
}

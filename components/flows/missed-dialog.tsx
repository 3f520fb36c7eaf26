"use client";
import { choiceCount, toWish } from "#components/flows/missed-choice.ts";
import { MissedOffer } from "#components/flows/missed-offer.tsx";
import type { MissedState } from "#components/flows/use-missed.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { ActionResult } from "#lib/core/action-result.ts";
import type { CatchUpView, MissedWish } from "#lib/engine/missed-view.ts";

type MissedDialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  /** What is done beside running what is chosen; null when that is all, and something must be chosen. */
  confirmLabel: string | null;
  cancelLabel: string;
  state: MissedState;
  act: (wish: MissedWish) => Promise<ActionResult<{ catchUp: CatchUpView | null }>>;
  onDone: (catchUp: CatchUpView | null, wish: MissedWish) => void;
};

/** Offers what a flow missed, and does what it is asked for with the choice. */
export function MissedDialog({
  open,
  onOpenChange,
  title,
  confirmLabel,
  cancelLabel,
  state,
  act,
  onDone,
}: MissedDialogProps) {
  const { missed, choice, choose, more } = state;
  const { pending, problem, run, clear } = useAction();
  const close = (next: boolean) => {
    clear();
    onOpenChange(next);
  };
  const count = missed === null ? 0 : choiceCount(choice, missed);
  const confirm = async () => {
    const wish: MissedWish = missed === null ? { run: "none" } : toWish(choice, missed);
    const answer = await run(() => act(wish));
    if (answer.kind === "refused") return;
    close(false);
    onDone(answer.value.catchUp, wish);
  };
  return (
    <Dialog
      title={title}
      open={open}
      onOpenChange={close}
      size="wide"
      footer={
        <>
          <Button onClick={() => close(false)}>{cancelLabel}</Button>
          <Button
            variant="primary"
            pending={pending}
            disabled={missed === null || (confirmLabel === null && count === 0)}
            onClick={() => void confirm()}
          >
            {labelOf(confirmLabel, count)}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {missed === null ? null : missed.count === 0 ? (
          <p className="text-13 text-ink-2">No event passed this flow by the last time it was off.</p>
        ) : (
          <MissedOffer missed={missed} choice={choice} onChoice={choose} onMore={more} />
        )}
        {problem ? (
          <Notice tone="bad" title="That did not work">
            {problem}
          </Notice>
        ) : null}
      </div>
    </Dialog>
  );
}

function labelOf(confirmLabel: string | null, count: number): string {
  const shown = count.toLocaleString("en");
  if (confirmLabel === null) return count === 0 ? "Run them" : `Run ${shown}`;
  return count === 0 ? confirmLabel : `${confirmLabel} and run ${shown}`;
}

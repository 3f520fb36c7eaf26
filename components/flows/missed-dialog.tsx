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
  confirmLabel: string;
  cancelLabel: string;
  /** Nothing can be confirmed while nothing is chosen. */
  needsChoice?: boolean;
  state: MissedState;
  act: (wish: MissedWish) => Promise<ActionResult<{ catchUp: CatchUpView | null }>>;
  onDone: (catchUp: CatchUpView | null) => void;
};

/** Offers what a flow missed, and does what it is asked for with the choice. */
export function MissedDialog({
  open,
  onOpenChange,
  title,
  confirmLabel,
  cancelLabel,
  needsChoice = false,
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
    const answer = await run(() => act(missed === null ? { run: "none" } : toWish(choice, missed)));
    if (answer.kind === "refused") return;
    close(false);
    onDone(answer.value.catchUp);
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
            disabled={missed === null || (needsChoice && count === 0)}
            onClick={() => void confirm()}
          >
            {confirmLabel}
            {count === 0 ? "" : ` and run ${count.toLocaleString("en")}`}
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

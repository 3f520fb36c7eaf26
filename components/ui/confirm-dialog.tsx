"use client";
import { type ReactElement, type ReactNode, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { useAction } from "#components/ui/use-action.ts";

type ConfirmDialogProps = {
  title: string;
  /** What will happen, what is kept. */
  children: ReactNode;
  /** Verb and object, e.g. "Delete endpoint". */
  confirmLabel: string;
  /** Names what stays, e.g. "Keep it". */
  cancelLabel: string;
  danger?: boolean;
  trigger?: ReactElement;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  /** Does it; a returned text is shown as the reason why it did not happen, and the dialog stays. */
  onConfirm: () => Promise<string | undefined> | string | undefined | Promise<void> | void;
};

/** Asks once before something that cannot simply be taken back. */
export function ConfirmDialog({
  title,
  children,
  confirmLabel,
  cancelLabel,
  danger,
  trigger,
  open,
  onOpenChange,
  onConfirm,
}: ConfirmDialogProps) {
  const [ownOpen, setOwnOpen] = useState(false);
  const { pending, problem, run, clear } = useAction();
  const setOpen = (next: boolean) => {
    clear();
    setOwnOpen(next);
    onOpenChange?.(next);
  };
  const confirm = async () => {
    const result = await run<unknown>(async () => {
      const refusal = await onConfirm();
      return typeof refusal === "string"
        ? { kind: "refused", code: "refused", message: refusal, problems: [] }
        : { kind: "ok", value: undefined };
    });
    if (result.kind === "ok") setOpen(false);
  };
  return (
    <Dialog
      title={title}
      trigger={trigger}
      open={open ?? ownOpen}
      onOpenChange={setOpen}
      footer={
        <>
          <Button onClick={() => setOpen(false)}>{cancelLabel}</Button>
          <Button variant={danger ? "danger" : "primary"} pending={pending} onClick={confirm}>
            {confirmLabel}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3 text-14 text-ink-2">
        {children}
        {problem ? (
          <Notice tone="bad" title="That did not work">
            {problem}
          </Notice>
        ) : null}
      </div>
    </Dialog>
  );
}

"use client";
import { useRouter } from "next/navigation";
import { Ban } from "#components/icons.ts";
import type { RunActions } from "#components/runs/run-actions.ts";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";

/** Ends a run for good, after asking. */
export function CancelRun({ runId, cancel }: { runId: string; cancel: RunActions["cancel"] }) {
  const router = useRouter();
  return (
    <ConfirmDialog
      title="Cancel this run?"
      confirmLabel="Cancel run"
      cancelLabel="Let it go on"
      danger
      trigger={<Button icon={<Ban aria-hidden />}>Cancel run…</Button>}
      onConfirm={async () => {
        const result = await cancel(runId);
        if (result.kind === "refused") return result.message;
        router.refresh();
        return undefined;
      }}
    >
      <p>
        No further step begins. What was sent stays sent, and a call under way just now may still arrive. You can replay
        the run later.
      </p>
    </ConfirmDialog>
  );
}

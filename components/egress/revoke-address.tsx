"use client";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import type { ActionResult } from "#lib/core/action-result.ts";

/** Closes an opened address after naming it. */
export function RevokeAddress({
  id,
  place,
  revoke,
}: {
  id: string;
  place: string;
  revoke: (id: string) => Promise<ActionResult>;
}) {
  return (
    <ConfirmDialog
      title={`Revoke ${place}?`}
      confirmLabel="Revoke permission"
      cancelLabel="Keep it open"
      danger
      trigger={<Button size="compact">Revoke…</Button>}
      onConfirm={async () => {
        const result = await revoke(id);
        return result.kind === "refused" ? result.message : undefined;
      }}
    >
      <p>
        From now on, steps that call this address wait for a decision before anything is sent. You can allow it again at
        any time.
      </p>
    </ConfirmDialog>
  );
}

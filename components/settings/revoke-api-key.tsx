"use client";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import type { ActionResult } from "#lib/core/action-result.ts";

/** Ends a key after naming it. */
export function RevokeApiKey({
  id,
  name,
  revoke,
}: {
  id: string;
  name: string;
  revoke: (id: string) => Promise<ActionResult>;
}) {
  return (
    <ConfirmDialog
      title={`Revoke “${name}”?`}
      confirmLabel="Revoke key"
      cancelLabel="Keep the key"
      danger
      trigger={<Button size="compact">Revoke…</Button>}
      onConfirm={async () => {
        const result = await revoke(id);
        return result.kind === "refused" ? result.message : undefined;
      }}
    >
      <p>Programs that use it get 401 within seconds. A revoked key cannot be brought back.</p>
    </ConfirmDialog>
  );
}

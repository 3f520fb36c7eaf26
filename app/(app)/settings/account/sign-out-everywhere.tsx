"use client";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { endSessionsAction } from "./actions.ts";

/** Ends every session after asking once, then goes to sign-in. */
export function SignOutEverywhere() {
  return (
    <ConfirmDialog
      title="Sign out everywhere?"
      confirmLabel="Sign out everywhere"
      cancelLabel="Stay signed in"
      trigger={<Button size="compact">Sign out everywhere…</Button>}
      onConfirm={async () => {
        const result = await endSessionsAction();
        if (result.kind === "refused") return result.message;
        location.assign("/sign-in");
      }}
    >
      <p>Every browser that is signed in to your account, this one too, has to sign in again within seconds.</p>
    </ConfirmDialog>
  );
}

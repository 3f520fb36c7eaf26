"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { CirclePause } from "#components/icons.ts";
import type { BrakeActions } from "#components/runs/brake-actions.ts";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";

/** Puts the workspace's brake on, after saying what it does. */
export function PullBrake({ pull }: { pull: BrakeActions["pull"] }) {
  const router = useRouter();
  const [reason, setReason] = useState("");
  return (
    <ConfirmDialog
      title="Pull the brake?"
      confirmLabel="Pull the brake"
      cancelLabel="Let everything run"
      danger
      trigger={<Button icon={<CirclePause aria-hidden />}>Pull the brake…</Button>}
      onConfirm={async () => {
        const result = await pull(reason);
        if (result.kind === "refused") return result.message;
        router.refresh();
        return undefined;
      }}
    >
      <div className="flex flex-col gap-3">
        <p>
          Nothing more is sent by any flow of this workspace, within two seconds. Events are received all the time, and
          their runs wait. A call under way just now comes to its end.
        </p>
        <Field label="Why (optional)" help="Shown to everybody who finds the brake on.">
          <Input value={reason} maxLength={200} onValueChange={setReason} />
        </Field>
      </div>
    </ConfirmDialog>
  );
}

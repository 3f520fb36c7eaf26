"use client";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";

/** The button that lets a connection be used with the host a call was held for, after saying what that means. */
export function AllowHost({ host, onAllow }: { host: string; onAllow: () => Promise<string | undefined> }) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button size="compact" onClick={() => setAsking(true)}>
        Allow {host}…
      </Button>
      <ConfirmDialog
        title={`Let this connection be used with ${host}?`}
        confirmLabel={`Allow ${host}`}
        cancelLabel="Keep it closed"
        open={asking}
        onOpenChange={setAsking}
        onConfirm={onAllow}
      >
        <p>
          Its secret may then be sent to {host} by every flow that uses the connection, and runs that wait for this go
          on. It is written to the audit log; the list is on the connection's page.
        </p>
      </ConfirmDialog>
    </>
  );
}

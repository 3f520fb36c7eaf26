"use client";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";

/** A refused private address, and how to open it. */
type AllowRefusedProps = {
  refusal: { address: string | null; port: number | null; allowable: boolean };
  /** Opens it; a returned text is why it did not. */
  onAllow: (address: string, port: number) => Promise<string | undefined>;
};

/** The button that opens the address a call was refused, after saying what that means; nothing where that cannot be. */
export function AllowRefused({ refusal, onAllow }: AllowRefusedProps) {
  const [asking, setAsking] = useState(false);
  const { address, port } = refusal;
  if (!refusal.allowable || address === null || port === null) return null;
  const place = address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
  return (
    <>
      <Button size="compact" onClick={() => setAsking(true)}>
        Allow {place}…
      </Button>
      <ConfirmDialog
        title={`Allow ${place} for this workspace?`}
        confirmLabel={`Allow ${place}`}
        cancelLabel="Keep it closed"
        open={asking}
        onOpenChange={setAsking}
        onConfirm={() => onAllow(address, port)}
      >
        <p>
          Every flow of this workspace may then call this address and port inside your network. It is written to the
          audit log and can be revoked under Settings › Egress.
        </p>
      </ConfirmDialog>
    </>
  );
}

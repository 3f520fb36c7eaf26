"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { ConnectionActions } from "#components/connections/connection-actions.ts";
import { Undo2 } from "#components/icons.ts";
import { Button } from "#components/ui/button.tsx";
import { showToast } from "#components/ui/show-toast.ts";

/** Brings a deleted connection back as it was. */
export function RestoreConnection({
  id,
  name,
  restore,
}: {
  id: string;
  name: string;
  restore: ConnectionActions["restore"];
}) {
  const router = useRouter();
  const [pending, setPending] = useState(false);
  const act = async () => {
    setPending(true);
    const result = await restore(id);
    setPending(false);
    showToast(result.kind === "ok" ? `"${name}" is back` : result.message, {
      tone: result.kind === "ok" ? "neutral" : "bad",
    });
    router.refresh();
  };
  return (
    <Button size="compact" icon={<Undo2 aria-hidden />} pending={pending} onClick={act}>
      Bring back
    </Button>
  );
}

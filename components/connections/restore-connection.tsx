"use client";
import { useRouter } from "next/navigation";
import type { ConnectionActions } from "#components/connections/connection-actions.ts";
import { Undo2 } from "#components/icons.ts";
import { Button } from "#components/ui/button.tsx";
import { showToast } from "#components/ui/show-toast.ts";
import { useAction } from "#components/ui/use-action.ts";

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
  const { pending, run } = useAction("toast");
  const act = async () => {
    const result = await run(() => restore(id));
    if (result.kind === "ok") showToast(`"${name}" is back`);
    router.refresh();
  };
  return (
    <Button size="compact" icon={<Undo2 aria-hidden />} pending={pending} onClick={act}>
      Bring back
    </Button>
  );
}

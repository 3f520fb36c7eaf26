"use client";
import { useRouter } from "next/navigation";
import type { EndpointActions } from "#components/endpoints/endpoint-actions.ts";
import { Undo2 } from "#components/icons.ts";
import { Button } from "#components/ui/button.tsx";
import { showToast } from "#components/ui/show-toast.ts";
import { useAction } from "#components/ui/use-action.ts";

/** Brings a deleted endpoint back at the address it had. */
export function RestoreEndpoint({
  id,
  name,
  restore,
}: {
  id: string;
  name: string;
  restore: EndpointActions["restore"];
}) {
  const router = useRouter();
  const { pending, run } = useAction("toast");
  const click = async () => {
    const result = await run(() => restore(id));
    if (result.kind === "ok") showToast(`"${name}" answers again`);
    router.refresh();
  };
  return (
    <Button size="compact" icon={<Undo2 aria-hidden />} pending={pending} onClick={click}>
      Bring back
    </Button>
  );
}

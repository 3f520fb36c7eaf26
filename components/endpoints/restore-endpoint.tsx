"use client";
import { useRouter } from "next/navigation";
import { useTransition } from "react";
import type { EndpointActions } from "#components/endpoints/endpoint-actions.ts";
import { Undo2 } from "#components/icons.ts";
import { Button } from "#components/ui/button.tsx";
import { showToast } from "#components/ui/show-toast.ts";

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
  const [pending, start] = useTransition();
  const click = () =>
    start(async () => {
      const result = await restore(id);
      if (result.kind === "refused") showToast(result.message, { tone: "bad" });
      else showToast(`"${name}" answers again`);
      router.refresh();
    });
  return (
    <Button size="compact" icon={<Undo2 aria-hidden />} pending={pending} onClick={click}>
      Bring back
    </Button>
  );
}

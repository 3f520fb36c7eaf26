"use client";
import { useRouter } from "next/navigation";
import { useTransition } from "react";
import { Plus } from "#components/icons.ts";
import { Button } from "#components/ui/button.tsx";
import { showToast } from "#components/ui/show-toast.ts";
import type { ActionResult } from "#lib/core/action-result.ts";

/** Makes an endpoint without asking anything and opens it: its address works at once. */
export function NewEndpointButton({
  create,
  label = "New endpoint",
}: {
  create: () => Promise<ActionResult<{ id: string }>>;
  label?: string;
}) {
  const router = useRouter();
  const [pending, start] = useTransition();
  const click = () =>
    start(async () => {
      const result = await create();
      if (result.kind === "refused") showToast(result.message, { tone: "bad" });
      else router.push(`/endpoints/${result.value.id}`);
    });
  return (
    <Button variant="primary" icon={<Plus aria-hidden />} pending={pending} onClick={click}>
      {label}
    </Button>
  );
}

"use client";
import { useRouter } from "next/navigation";
import { Plus } from "#components/icons.ts";
import { Button } from "#components/ui/button.tsx";
import { useAction } from "#components/ui/use-action.ts";
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
  const { pending, run } = useAction("toast");
  const click = async () => {
    const result = await run(create);
    if (result.kind === "ok") router.push(`/endpoints/${result.value.id}`);
  };
  return (
    <Button variant="primary" icon={<Plus aria-hidden />} pending={pending} onClick={click}>
      {label}
    </Button>
  );
}

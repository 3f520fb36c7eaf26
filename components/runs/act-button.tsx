"use client";
import { useRouter } from "next/navigation";
import type { ReactNode } from "react";
import { Button } from "#components/ui/button.tsx";
import { showToast } from "#components/ui/show-toast.ts";
import { useAction } from "#components/ui/use-action.ts";
import type { ActionResult } from "#lib/core/action-result.ts";

type ActButtonProps = {
  act: () => Promise<ActionResult<unknown>>;
  done: string;
  primary?: boolean;
  compact?: boolean;
  icon?: ReactNode;
  children: ReactNode;
};

/** A button that does one thing to a run at once, says that it did or why not, and shows the run as it is then. */
export function ActButton({ act, done, primary = false, compact = false, icon, children }: ActButtonProps) {
  const router = useRouter();
  const { pending, run } = useAction("toast");
  const press = async () => {
    const result = await run(act);
    if (result.kind === "ok") showToast(done);
    router.refresh();
  };
  return (
    <Button
      variant={primary ? "primary" : "secondary"}
      size={compact ? "compact" : "default"}
      icon={icon}
      pending={pending}
      onClick={press}
    >
      {children}
    </Button>
  );
}

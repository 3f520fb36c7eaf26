"use client";
import { useBuilder } from "#components/builder/builder-context.tsx";
import { X } from "#components/icons.ts";
import { Button } from "#components/ui/button.tsx";

/** Closes the panel beside the canvas: nothing is selected afterwards. */
export function ClosePanel() {
  const { store } = useBuilder();
  return (
    <Button
      variant="quiet"
      size="compact"
      className="w-[var(--h-compact)] px-0"
      aria-label="Close the panel"
      onClick={() => store.getState().select({ kind: "none" })}
    >
      <X aria-hidden />
    </Button>
  );
}

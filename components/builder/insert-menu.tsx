"use client";
import { Popover as Base } from "@base-ui/react/popover";
import { Button } from "#components/ui/button.tsx";
import { cx } from "#components/ui/cx.ts";
import { POPUP_LOOK } from "#components/ui/popover.tsx";
import type { ListChoice } from "#lib/engine/edit/list-choices.ts";

/** How to insert a value that lies inside a list: this one, all, the one where, or repeat the step. */
export function InsertMenu({
  choices,
  at,
  onChoose,
  onClose,
}: {
  choices: readonly ListChoice[];
  at: Element;
  onChoose: (choice: ListChoice) => void;
  onClose: () => void;
}) {
  return (
    <Base.Root open onOpenChange={(open) => !open && onClose()}>
      <Base.Portal>
        <Base.Positioner anchor={at} side="bottom" align="start" sideOffset={2} className="z-60">
          <Base.Popup className={cx(POPUP_LOOK, "flex w-80 flex-col p-1")}>
            <Base.Title className="px-2 pt-1 pb-1 text-12 font-medium text-ink-3">Insert from this list</Base.Title>
            {choices.map((choice) => (
              <Button
                key={choice.kind}
                variant="quiet"
                size="compact"
                className="h-auto flex-col items-start gap-0 px-2 py-1 text-left whitespace-normal text-ink"
                onClick={() => onChoose(choice)}
              >
                <span>{choice.label}</span>
                <code className="max-w-full truncate text-12 font-normal text-ink-3">
                  {choice.kind === "each" ? `for each of ${choice.items}` : choice.expression}
                </code>
                {choice.kind === "all" && choice.warning ? (
                  <span className="text-12 font-normal text-warn-text">{choice.warning}</span>
                ) : null}
              </Button>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

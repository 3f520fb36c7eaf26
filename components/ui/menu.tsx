"use client";
import { Menu as Base } from "@base-ui/react/menu";
import NextLink from "next/link";
import type { ReactElement, ReactNode } from "react";
import { cx } from "#components/ui/cx.ts";
import { KeyHint } from "#components/ui/key-hint.tsx";
import { POPUP_LOOK } from "#components/ui/popover.tsx";

/** One line of a Menu: an act, a link, or a dividing line. */
export type MenuItem =
  | {
      kind?: "act";
      label: string;
      icon?: ReactNode;
      keys?: string;
      hint?: string;
      disabled?: boolean;
      onSelect: () => void;
    }
  | { kind: "link"; label: string; icon?: ReactNode; href: string }
  | { kind: "line" };

const ITEM_LOOK =
  "flex min-h-8 cursor-default items-center gap-2 rounded-chip px-2 py-1 text-13 text-ink outline-none " +
  "data-disabled:text-ink-3 data-highlighted:bg-hover";

/** A list of acts behind a button. */
export function Menu({
  trigger,
  items,
  align = "end",
  label,
}: {
  trigger: ReactElement;
  items: readonly MenuItem[];
  align?: "start" | "end";
  label?: string;
}) {
  return (
    <Base.Root modal={false}>
      <Base.Trigger render={trigger} aria-label={label} />
      <Base.Portal>
        <Base.Positioner align={align} sideOffset={4} className="z-60">
          <Base.Popup className={cx(POPUP_LOOK, "min-w-44 p-1")}>
            {items.map((item, index) => (
              <MenuLine key={index} item={item} />
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

function MenuLine({ item }: { item: MenuItem }) {
  if (item.kind === "line") return <Base.Separator className="my-1 h-px bg-line" />;
  if (item.kind === "link")
    return (
      <Base.Item className={ITEM_LOOK} render={<NextLink href={item.href} />}>
        <span className="flex w-4 text-ink-3">{item.icon}</span>
        {item.label}
      </Base.Item>
    );
  return (
    <Base.Item className={ITEM_LOOK} disabled={item.disabled} onClick={item.onSelect}>
      <span className="flex w-4 text-ink-3">{item.icon}</span>
      <span className="min-w-0 flex-1">
        {item.label}
        {item.hint ? <span className="block text-12 text-ink-3">{item.hint}</span> : null}
      </span>
      {item.keys ? <KeyHint keys={item.keys} /> : null}
    </Base.Item>
  );
}

"use client";
import { ViewportPortal } from "@xyflow/react";
import { useBuilder } from "#components/builder/builder-context.tsx";
import { cutMiddle } from "#components/builder/editor/chip-look.ts";
import { dropStep } from "#components/builder/step-acts.ts";
import { Plus } from "#components/icons.ts";
import { Button } from "#components/ui/button.tsx";
import { cx } from "#components/ui/cx.ts";
import type { FlowLayout, LaidLine } from "#lib/engine/edit/layout-flow.ts";

/** The lines between cards, the chips of branches, the rails of loops, and a + on every line where a step can go. */
export function CanvasLines({ layout, editable }: { layout: FlowLayout; editable: boolean }) {
  return (
    <ViewportPortal>
      <svg aria-hidden className="pointer-events-none absolute top-0 left-0 overflow-visible" width={1} height={1}>
        {layout.rails.map((rail) => (
          <rect
            key={rail.id}
            x={rail.x}
            y={rail.y}
            width={rail.width}
            height={rail.height}
            rx={8}
            className="fill-none stroke-line-strong [stroke-dasharray:2_4]"
            strokeWidth={1}
          />
        ))}
        {layout.lines.map((line) => (
          <path
            key={line.id}
            d={pathOf(line)}
            className={cx("fill-none stroke-line-strong", line.aside && "[stroke-dasharray:4_4]")}
            strokeWidth={1.5}
          />
        ))}
      </svg>
      {layout.rails.map((rail) => (
        <span
          key={rail.id}
          aria-hidden
          className="pointer-events-none absolute rounded-chip bg-canvas px-1 text-12 text-ink-3"
          style={{ left: rail.x + 8, top: rail.y + rail.height - 10 }}
        >
          {rail.label}
        </span>
      ))}
      {layout.lines.map((line) => (
        <LineMarks key={line.id} line={line} editable={editable} />
      ))}
    </ViewportPortal>
  );
}

function LineMarks({ line, editable }: { line: LaidLine; editable: boolean }) {
  const { store } = useBuilder();
  const { slot } = line;
  const middle = line.label === null ? (line.from.y + line.to.y) / 2 : line.to.y - 20;
  return (
    <>
      {line.label === null ? null : (
        <span
          className={cx(
            "pointer-events-none absolute -translate-x-1/2 rounded-chip border border-line bg-surface px-1.5",
            "text-12 font-medium whitespace-nowrap text-ink-2",
          )}
          style={{ left: line.to.x, top: line.from.y + 28 }}
        >
          {cutMiddle(line.label, 28)}
        </span>
      )}
      {slot && editable ? (
        <Button
          aria-label={`Add a step here (place ${slot.index + 1})`}
          tabIndex={-1}
          data-slot={`${slot.list.join(".")}:${slot.index}`}
          className={cx(
            "nopan pointer-events-auto absolute size-6 -translate-1/2 rounded-full border-line-strong p-0",
            "text-ink-2 hover:border-accent hover:text-accent-text",
          )}
          style={{ left: line.to.x, top: middle }}
          onClick={() => store.getState().set({ chooser: slot })}
          onDragOver={(event) =>
            event.dataTransfer.types.includes("application/x-hookline-step") && event.preventDefault()
          }
          onDrop={(event) => dropStep(store, event.dataTransfer.getData("application/x-hookline-step"), slot)}
        >
          <Plus aria-hidden className="size-3" />
        </Button>
      ) : null}
    </>
  );
}

/** A right-angled line with rounded corners; straight where it can be. */
function pathOf({ from, to, join, aside }: LaidLine): string {
  if (aside) return `M ${from.x} ${from.y} H ${to.x - 8} Q ${to.x} ${from.y} ${to.x} ${from.y + 8} V ${to.y}`;
  if (from.x === to.x) return `M ${from.x} ${from.y} V ${to.y}`;
  const turn = join ? to.y - 12 : from.y + 16;
  const radius = Math.min(8, Math.abs(to.x - from.x) / 2);
  const side = to.x > from.x ? 1 : -1;
  return (
    `M ${from.x} ${from.y} V ${turn - radius} Q ${from.x} ${turn} ${from.x + side * radius} ${turn} ` +
    `H ${to.x - side * radius} Q ${to.x} ${turn} ${to.x} ${turn + radius} V ${to.y}`
  );
}

"use client";
import { Handle, type NodeProps, Position } from "@xyflow/react";
import { useBuilder, useBuilderState } from "#components/builder/builder-context.tsx";
import { cutMiddle } from "#components/builder/editor/chip-look.ts";
import { kindTitle, StepTile } from "#components/builder/step-look.tsx";
import { CircleMinus, Funnel, OctagonX, StickyNote, TriangleAlert } from "#components/icons.ts";
import { BareButton } from "#components/ui/bare-button.tsx";
import { cx } from "#components/ui/cx.ts";
import { ProviderTile } from "#components/ui/provider-tile.tsx";
import { countWithin } from "#lib/engine/edit/new-step.ts";
import { triggerWords } from "#lib/engine/schedule/trigger-words.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";

/** What a card's node carries. */
export type CardNodeData = { step: Step | null; tabbable: boolean };

/** A card of the canvas, 280 × 64: tile, name, what it will do with this sample, one status at the right. */
export function StepCard({ data, id }: NodeProps & { data: CardNodeData }) {
  const { store, data: page } = useBuilder();
  const definition = useBuilderState((state) => state.definition);
  const selected = useBuilderState((state) =>
    data.step ? state.selection.kind === "step" && state.selection.id === id : state.selection.kind === "trigger",
  );
  const card = useBuilderState((state) => (data.step ? state.cards[id] : undefined));
  const problems = useBuilderState(
    (state) =>
      state.problems.filter(
        (problem) => (problem.stepId ?? "trigger") === id || (id === "trigger" && problem.stepId === null),
      ).length,
  );
  const warning = useBuilderState(
    (state) => state.warnings.find((one) => (one.stepId ?? "trigger") === id)?.message ?? null,
  );
  const isFolded = useBuilderState((state) => state.folded.has(id));
  const { step } = data;
  const endpoint = page.endpoints.find((one) => one.id === definition.trigger.endpointId);
  const isOff = step?.off === true;
  const { trigger } = definition;
  const ownStart = trigger.kind === "schedule" ? "Schedule" : trigger.kind === "none" ? "By hand" : null;
  const name = step ? step.name : (ownStart ?? endpoint?.name ?? "Choose an endpoint");
  const types = trigger.eventTypes;
  const line = !step
    ? ownStart !== null
      ? triggerWords(trigger)
      : endpoint
        ? types.length === 0
          ? "every event"
          : types.join(", ")
        : "Which events start this flow?"
    : isFolded
      ? `${countWithin(step)} steps inside`
      : isOff
        ? "turned off, does nothing"
        : (card?.line ?? kindTitle(step, page.actions));
  const trouble =
    problems > 0
      ? { tone: "bad" as const, text: String(problems), label: `${problems} to fix` }
      : (card?.problem ?? warning) && !isOff
        ? { tone: "warn" as const, text: "", label: card?.problem ?? warning ?? "" }
        : null;
  return (
    <>
      <Handle type="target" position={Position.Top} isConnectable={false} className="!pointer-events-none !opacity-0" />
      <BareButton
        id={`card-${id}`}
        tabIndex={data.tabbable ? 0 : -1}
        aria-label={
          `${name}, ${step ? kindTitle(step, page.actions) : "trigger"}, ` +
          `${line}${step?.when === undefined ? "" : ", has a condition"}` +
          `${trouble ? `, ${trouble.label}` : ""}${isOff ? ", off" : ""}`
        }
        aria-pressed={selected}
        data-card={id}
        draggable={step !== null && page.may.edit}
        onDragStart={(event) => {
          event.dataTransfer.setData("application/x-hookline-step", id);
          event.dataTransfer.effectAllowed = "move";
        }}
        onClick={() => store.getState().select(step ? { kind: "step", id } : { kind: "trigger" })}
        className={cx(
          "nopan nodrag pointer-events-auto relative flex h-16 w-70 items-center gap-2.5 overflow-hidden " +
            "rounded-card border bg-surface px-3 text-left transition-colors duration-[120ms]",
          selected ? "border-accent ring-1 ring-accent" : "border-line-strong hover:bg-hover",
          isOff && "border-dashed bg-sunken",
        )}
      >
        {trouble ? (
          <span
            aria-hidden
            className={cx(
              "absolute inset-y-0 left-0 w-0.75",
              trouble.tone === "bad" ? "bg-bad-solid" : "bg-warn-solid",
            )}
          />
        ) : null}
        {step ? (
          <StepTile step={step} actions={page.actions} />
        ) : (
          <ProviderTile name={endpoint && endpoint.provider !== "none" ? endpoint.provider : name} />
        )}
        <span className="min-w-0 flex-1">
          <span className="block truncate text-13 font-semibold text-ink">{name}</span>
          <span className="block truncate text-12 text-ink-2">{cutMiddle(line, 44)}</span>
        </span>
        {step?.when === undefined ? null : <Funnel aria-label="has a condition" className="size-3 text-ink-3" />}
        {step?.note ? <StickyNote aria-label="has a note" className="size-3 text-ink-3" /> : null}
        {isOff ? (
          <span
            className={cx(
              "inline-flex h-5 items-center gap-1 rounded-chip bg-neutral-soft px-1.5 text-12 font-medium",
              "text-neutral-text",
            )}
          >
            <CircleMinus aria-hidden className="size-3" /> Off
          </span>
        ) : trouble ? (
          <span
            className={cx(
              "inline-flex h-5 items-center gap-1 rounded-chip px-1.5 text-12 font-medium",
              trouble.tone === "bad" ? "bg-bad-soft text-bad-text" : "bg-warn-soft text-warn-text",
            )}
          >
            {trouble.tone === "bad" ? (
              <OctagonX aria-hidden className="size-3" />
            ) : (
              <TriangleAlert aria-hidden className="size-3" />
            )}
            {trouble.text}
          </span>
        ) : null}
      </BareButton>
      <Handle
        type="source"
        position={Position.Bottom}
        isConnectable={false}
        className="!pointer-events-none !opacity-0"
      />
    </>
  );
}

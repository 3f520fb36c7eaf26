"use client";
import { Command } from "cmdk";
import { useState } from "react";
import { useBuilder, useBuilderState } from "#components/builder/builder-context.tsx";
import { addStep, pasteStepsAt, readClip } from "#components/builder/step-acts.ts";
import { iconNamed } from "#components/icons.ts";
import { cx } from "#components/ui/cx.ts";
import { Dialog } from "#components/ui/dialog.tsx";
import type { NewStepKind } from "#lib/engine/edit/new-step.ts";
import type { StepSlot } from "#lib/engine/edit/step-tree.ts";
import { stepKinds } from "#lib/engine/steps/registry.generated.ts";

type Choice = {
  key: string;
  does: string;
  detail: string;
  words: readonly string[];
  icon: string;
  wanted: NewStepKind;
};

/** Kinds of steps that are offered by themselves, beside the actions. */
const SHAPES: readonly Choice[] = stepKinds.flatMap(({ kind, icon, choice }) =>
  choice === null || kind === "action"
    ? []
    : [{ key: kind, does: choice.does, detail: choice.detail, words: choice.synonyms, icon, wanted: { kind } }],
);

/** The list of what can be added, found by what it does; opens at the place where + was pressed. */
export function StepChooser() {
  const { store } = useBuilder();
  const slot = useBuilderState((state) => state.chooser);
  return (
    <Dialog
      title="Add a step"
      open={slot !== null}
      onOpenChange={(open) => !open && store.getState().set({ chooser: null })}
    >
      {slot ? <ChooserList slot={slot} /> : null}
    </Dialog>
  );
}

function ChooserList({ slot }: { slot: StepSlot }) {
  const { store, data } = useBuilder();
  const [search, setSearch] = useState("");
  const choices: Choice[] = [
    ...data.actions.map((action) => ({
      key: action.id,
      does: action.title,
      detail: action.description,
      words: [...action.synonyms, action.id],
      icon: action.icon,
      wanted: { kind: "action" as const, action: action.id, title: action.title, blankInput: action.blankInput },
    })),
    ...SHAPES,
  ];
  return (
    <Command label="What should happen" loop className="-mx-3">
      <Command.Input
        autoFocus
        value={search}
        onValueChange={setSearch}
        placeholder="What should happen? Try mail, api, if, loop"
        className={cx(
          "mb-2 h-[var(--h-control)] w-full rounded-control border border-line-strong bg-surface px-3 text-14",
          "outline-none focus-visible:outline-2 focus-visible:outline-offset-1 focus-visible:outline-focus",
        )}
        onPaste={(event) => {
          const steps = readClip(event.clipboardData.getData("text/plain"));
          if (!steps) return;
          event.preventDefault();
          store.getState().set({ chooser: null });
          pasteStepsAt(store, slot, steps);
        }}
      />
      <Command.List className="max-h-[50vh] overflow-y-auto">
        <Command.Empty className="px-3 py-6 text-13 text-ink-3">
          Nothing does that yet. Any HTTP API can be called with HTTP request.
        </Command.Empty>
        {choices.map((choice) => {
          const Icon = iconNamed(choice.icon);
          return (
            <Command.Item
              key={choice.key}
              value={`${choice.does} ${choice.key}`}
              keywords={[...choice.words]}
              onSelect={() => addStep(store, slot, choice.wanted)}
              className={cx(
                "flex min-h-12 cursor-default items-center gap-3 rounded-control px-3 py-1.5",
                "data-[selected=true]:bg-selected",
              )}
            >
              <span
                aria-hidden
                className={cx(
                  "flex size-7 shrink-0 items-center justify-center",
                  "rounded-control bg-neutral-soft text-neutral-text",
                )}
              >
                <Icon />
              </span>
              <span className="min-w-0">
                <span className="block text-13 font-semibold">{choice.does}</span>
                <span className="block text-12 text-ink-2">{choice.detail}</span>
              </span>
            </Command.Item>
          );
        })}
      </Command.List>
    </Command>
  );
}

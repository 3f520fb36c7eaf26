"use client";
import { useState } from "react";
import { useBuilder } from "#components/builder/builder-context.tsx";
import { ClosePanel } from "#components/builder/close-panel.tsx";
import { copyStep, deleteStep, duplicateStep, nudgeStep, toggleStep } from "#components/builder/step-acts.ts";
import { kindTitle, StepTile } from "#components/builder/step-look.tsx";
import { StepProblems } from "#components/builder/step-problems.tsx";
import { StepSettings } from "#components/builder/step-settings.tsx";
import { findStepForm } from "#components/builder/steps/registry.generated.ts";
import { ArrowDown, ArrowUp, Copy, CopyPlus, EllipsisVertical, Power, Trash2 } from "#components/icons.ts";
import { Button } from "#components/ui/button.tsx";
import { InlineInput } from "#components/ui/inline-input.tsx";
import { Menu } from "#components/ui/menu.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { showToast } from "#components/ui/show-toast.ts";
import { Tabs } from "#components/ui/tabs.tsx";
import { stepIdFrom, takenIds } from "#lib/engine/edit/new-step.ts";
import { renameStepId } from "#lib/engine/edit/step-references.ts";
import { changeStep } from "#lib/engine/edit/step-tree.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";

/** The form of a step: its name and acts on top, then Configure, Preview and Settings. */
export function StepPanel({ step }: { step: Step }) {
  const { store, data } = useBuilder();
  const [tab, setTab] = useState("configure");
  const form = findStepForm(step.kind);
  const Fields = form?.Fields ?? UnknownFields;
  const Preview = form?.Preview;
  return (
    <div className="flex min-h-full flex-col">
      <header className="flex items-center gap-2.5 px-4 pt-3 pb-2">
        <StepTile step={step} actions={data.actions} />
        <div className="min-w-0 flex-1">
          <StepName step={step} />
          <p className="truncate px-1 text-12 text-ink-3">
            {kindTitle(step, data.actions)} · <code>{step.id}</code>
          </p>
        </div>
        <Menu
          label={`Actions for ${step.name}`}
          trigger={
            <Button variant="quiet" size="compact" className="w-[var(--h-compact)] px-0">
              <EllipsisVertical aria-hidden />
            </Button>
          }
          items={[
            {
              label: step.off ? "Turn on" : "Turn off",
              icon: <Power aria-hidden />,
              keys: "Ctrl /",
              onSelect: () => toggleStep(store, step.id),
            },
            {
              label: "Move up",
              icon: <ArrowUp aria-hidden />,
              keys: "Alt ↑",
              onSelect: () => nudgeStep(store, step.id, -1),
            },
            {
              label: "Move down",
              icon: <ArrowDown aria-hidden />,
              keys: "Alt ↓",
              onSelect: () => nudgeStep(store, step.id, 1),
            },
            {
              label: "Duplicate",
              icon: <CopyPlus aria-hidden />,
              keys: "Ctrl D",
              onSelect: () => duplicateStep(store, step.id),
            },
            {
              label: "Copy",
              icon: <Copy aria-hidden />,
              keys: "Ctrl C",
              onSelect: () => void copyStep(store, step.id),
            },
            { kind: "line" },
            {
              label: "Delete step",
              icon: <Trash2 aria-hidden />,
              keys: "Del",
              onSelect: () => deleteStep(store, step.id),
            },
          ]}
        />
        <ClosePanel />
      </header>
      <Tabs
        label="Parts of the step"
        value={tab}
        onValueChange={setTab}
        className="flex-1"
        listClassName="px-4"
        panelClassName="px-4 pb-8"
        items={[
          {
            value: "configure",
            label: "Configure",
            content: (
              <div className="flex flex-col gap-4">
                <StepProblems step={step} />
                <Fields step={step} />
                {form?.offersPreview?.(step) === true ? (
                  <Button className="self-start" onClick={() => setTab("preview")}>
                    Preview effect
                  </Button>
                ) : null}
              </div>
            ),
          },
          ...(Preview ? [{ value: "preview", label: "Preview", content: <Preview step={step} /> }] : []),
          { value: "settings", label: "Settings", content: <StepSettings step={step} /> },
        ]}
      />
    </div>
  );
}

function UnknownFields({ step }: { step: Step }) {
  return (
    <Notice tone="bad" title={`This version of Hookline knows no steps of the kind "${step.kind}"`}>
      Nothing of it is lost: it is saved and exported as it is. A flow with it cannot be published; delete it, or
      upgrade.
    </Notice>
  );
}

/**
 * The step's name, edited in place; a step that still has its first id gets one from the new name, references follow.
 */
function StepName({ step }: { step: Step }) {
  const { store, data } = useBuilder();
  const rename = (name: string) => {
    const { definition, edit } = store.getState();
    const first = stepIdFrom(step.name.replace(/ \d+$/, ""), new Set());
    const taken = takenIds(definition);
    taken.delete(step.id);
    const id = step.id.replace(/_\d+$/, "") === first ? stepIdFrom(name, taken) : step.id;
    const { flow, places } = renameStepId(
      changeStep(definition, step.id, (one) => ({ ...one, name })),
      step.id,
      id,
    );
    edit(`Rename ${step.name}`, () => flow, { select: { kind: "step", id } });
    if (places > 0) showToast(`${places} ${places === 1 ? "place" : "places"} changed to the new name`);
  };
  return (
    <InlineInput
      label="Name of the step"
      className="w-full text-14 font-semibold"
      value={step.name}
      readOnly={!data.may.edit}
      onCommit={rename}
    />
  );
}

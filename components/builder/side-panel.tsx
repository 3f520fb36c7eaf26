"use client";
import { useEffect, useState } from "react";
import { useBuilder, useBuilderState } from "#components/builder/builder-context.tsx";
import { focusCard } from "#components/builder/canvas-keys.ts";
import { DataPanel } from "#components/builder/data-panel.tsx";
import { StepPanel } from "#components/builder/step-panel.tsx";
import { TriggerPanel } from "#components/builder/trigger-panel.tsx";
import { cx } from "#components/ui/cx.ts";
import { Tabs } from "#components/ui/tabs.tsx";
import { findPlaced } from "#lib/engine/edit/step-tree.ts";

/** The form of what is selected, with the data beside it; below 1100 px the data is a tab. */
export function SidePanel() {
  const { store } = useBuilder();
  const selection = useBuilderState((state) => state.selection);
  const step = useBuilderState((state) =>
    state.selection.kind === "step" ? (findPlaced(state.definition, state.selection.id)?.step ?? null) : null,
  );
  const [tab, setTab] = useState("form");
  const wide = useWide();
  const target = useBuilderState((state) => state.target);
  if (selection.kind === "none" || (selection.kind === "step" && !step)) return null;
  const form = step ? <StepPanel key={step.id} step={step} /> : <TriggerPanel />;
  const close = () => {
    const id = selection.kind === "step" ? selection.id : "trigger";
    store.getState().select({ kind: "none" });
    focusCard(id);
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === "Escape" && !event.defaultPrevented) {
      event.stopPropagation();
      close();
    }
  };
  return wide ? (
    <>
      <div className="flex w-[300px] shrink-0 border-l border-line">
        <DataPanel />
      </div>
      <aside
        aria-label={step ? `Step ${step.name}` : "Trigger"}
        data-step-panel
        onKeyDown={onKeyDown}
        className="w-[420px] shrink-0 overflow-y-auto border-l border-line bg-surface"
      >
        {form}
      </aside>
    </>
  ) : (
    <aside
      aria-label={step ? `Step ${step.name}` : "Trigger"}
      data-step-panel
      onKeyDown={onKeyDown}
      className={cx(
        "fixed inset-x-0 bottom-0 z-30 flex h-[72dvh] flex-col overflow-hidden border-t border-line",
        "bg-surface md:static md:z-auto md:h-auto md:w-[420px] md:shrink-0 md:border-t-0 md:border-l",
      )}
    >
      <Tabs
        label="Step and data"
        value={tab}
        onValueChange={setTab}
        className="min-h-0 flex-1"
        listClassName="px-4"
        panelClassName="flex flex-col overflow-y-auto pt-0"
        items={[
          { value: "form", label: step ? "Step" : "Trigger", content: form },
          { value: "data", label: target ? `Insert into ${target.label}` : "Data", content: <DataPanel /> },
        ]}
      />
    </aside>
  );
}

function useWide(): boolean {
  const [wide, setWide] = useState(true);
  useEffect(() => {
    const query = matchMedia("(min-width: 1100px)");
    const follow = () => setWide(query.matches);
    follow();
    query.addEventListener("change", follow);
    return () => query.removeEventListener("change", follow);
  }, []);
  return wide;
}

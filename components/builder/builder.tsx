"use client";
import { useEffect, useMemo, useState } from "react";
import type { BuilderActs } from "#components/builder/builder-acts.ts";
import { BuilderProvider } from "#components/builder/builder-context.tsx";
import { BuilderHead } from "#components/builder/builder-head.tsx";
import { createBuilderStore } from "#components/builder/builder-store.ts";
import { Canvas } from "#components/builder/canvas.tsx";
import { CatchUpBar } from "#components/builder/catch-up-bar.tsx";
import { ConflictBar } from "#components/builder/conflict-bar.tsx";
import { Outline } from "#components/builder/outline.tsx";
import { SidePanel } from "#components/builder/side-panel.tsx";
import { StepChooser } from "#components/builder/step-chooser.tsx";
import { useAutosave } from "#components/builder/use-autosave.ts";
import { useBuilderKeys } from "#components/builder/use-builder-keys.ts";
import { useCoverage } from "#components/builder/use-coverage.ts";
import { usePreview } from "#components/builder/use-preview.ts";
import type { BuilderData } from "#lib/engine/edit/builder-data.ts";
import type { SampleRef } from "#lib/engine/edit/preview-question.ts";

type BuilderProps = {
  data: BuilderData;
  acts: BuilderActs;
  sampleEventId: string | null;
  onChanged: () => void;
  onDeleted: () => void;
};

/** The flow builder: canvas or outline, data, the form of the selected step; saved by itself, published on purpose. */
export function Builder({ data, acts, sampleEventId, onChanged, onDeleted }: BuilderProps) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: a store lives as long as its flow; fresh data comes below
  const store = useMemo(() => createBuilderStore(data, firstSample(data, sampleEventId)), [data.flow.id]);
  const value = useMemo(() => ({ store, data, acts }), [store, data, acts]);
  return (
    <BuilderProvider value={value}>
      <BuilderPage onChanged={onChanged} onDeleted={onDeleted} />
    </BuilderProvider>
  );
}

function BuilderPage({ onChanged, onDeleted }: Pick<BuilderProps, "onChanged" | "onDeleted">) {
  const saveNow = useAutosave();
  usePreview();
  useCoverage();
  useBuilderKeys(saveNow);
  const [view, setView] = useState<"canvas" | "outline">("canvas");
  const narrow = useNarrow();
  return (
    <div className="flex h-[calc(100dvh-48px)] min-h-0 flex-col">
      <BuilderHead view={view} onView={setView} onSaveNow={saveNow} onChanged={onChanged} onDeleted={onDeleted} />
      <ConflictBar />
      <CatchUpBar onChanged={onChanged} />
      <div className="flex min-h-0 flex-1">
        {view === "outline" || narrow ? <Outline /> : <Canvas />}
        <SidePanel />
      </div>
      <StepChooser />
    </div>
  );
}

function firstSample(data: BuilderData, wanted: string | null): SampleRef | null {
  const eventId = wanted ?? data.events[0]?.id;
  return eventId ? { kind: "event", eventId } : null;
}

function useNarrow(): boolean {
  const [narrow, setNarrow] = useState(false);
  useEffect(() => {
    const query = matchMedia("(max-width: 767px)");
    const follow = () => setNarrow(query.matches);
    follow();
    query.addEventListener("change", follow);
    return () => query.removeEventListener("change", follow);
  }, []);
  return narrow;
}

import { createStore } from "zustand/vanilla";
import type { BuilderData, BuilderProblem, EndpointSamples } from "#lib/engine/edit/builder-data.ts";
import type { SampleRef } from "#lib/engine/edit/preview-question.ts";
import type { CardView, CoverageAnswer, PreviewAnswer } from "#lib/engine/edit/preview-types.ts";
import type { StepSlot } from "#lib/engine/edit/step-tree.ts";
import type { FlowDefinition } from "#lib/engine/flow-definition.ts";

/** What is selected: the trigger, a step, or nothing. */
export type Selection = { kind: "none" } | { kind: "trigger" } | { kind: "step"; id: string };

/** Where the draft stands against the server. */
export type SaveState =
  | { kind: "saved"; at: string }
  | { kind: "changed" }
  | { kind: "saving" }
  | { kind: "failed"; reason: string }
  | { kind: "conflict"; by: string | null; at: string; revision: number; theirs: FlowDefinition };

/**
 * The field that a click on data will write into. `insert` puts an expression at its cursor and gives it back the
 * focus.
 */
export type TargetField = { key: string; label: string; insert: (expression: string) => void };

type Entry = { definition: FlowDefinition; selection: Selection; label: string };

/** The builder's whole state and its verbs. */
export type BuilderState = {
  definition: FlowDefinition;
  past: readonly Entry[];
  future: readonly Entry[];
  /** The edit that the next one with the same key joins; null after a pause, a blur or another act. */
  mergeKey: string | null;
  selection: Selection;
  chooser: StepSlot | null;
  folded: ReadonlySet<string>;
  sample: SampleRef | null;
  samples: EndpointSamples;
  preview: { for: string; answer: PreviewAnswer } | null;
  previewError: string | null;
  coverage: { for: string; answer: CoverageAnswer; events: readonly string[] } | null;
  updating: boolean;
  cards: Record<string, CardView>;
  /** What stops the draft from being published. */
  problems: readonly BuilderProblem[];
  /** What is worth a look before publishing, and stops nothing. */
  warnings: readonly BuilderProblem[];
  /**
   * Fields a person has left once, and all of them after a look at publishing: only these show "needed" as an error.
   */
  touched: ReadonlySet<string>;
  allTouched: boolean;
  target: TargetField | null;
  save: SaveState;
  revision: number;
  edit: (
    label: string,
    change: (flow: FlowDefinition) => FlowDefinition,
    options?: { mergeKey?: string; select?: Selection },
  ) => void;
  closeEdit: () => void;
  undo: () => string | null;
  redo: () => string | null;
  select: (selection: Selection) => void;
  set: (patch: Partial<BuilderState>) => void;
  touch: (key: string) => void;
  toggleFold: (stepId: string) => void;
};

const HISTORY_MAX = 200;

/** A draft's problems as the state holds them. */
export function bySeverity(problems: readonly BuilderProblem[]): Pick<BuilderState, "problems" | "warnings"> {
  return {
    problems: problems.filter(({ severity }) => severity === "error"),
    warnings: problems.filter(({ severity }) => severity === "warning"),
  };
}

/** A builder's store over the data the page was loaded with. */
export function createBuilderStore(data: BuilderData, sample: SampleRef | null) {
  return createStore<BuilderState>()((set, get) => ({
    definition: data.flow.draft,
    past: [],
    future: [],
    mergeKey: null,
    selection: { kind: "none" },
    chooser: null,
    folded: new Set(),
    sample,
    samples: { events: data.events, eventTypes: data.eventTypes },
    preview: null,
    previewError: null,
    coverage: null,
    updating: false,
    cards: {},
    ...bySeverity(data.problems),
    touched: new Set(),
    allTouched: false,
    target: null,
    save: { kind: "saved", at: data.flow.savedAt },
    revision: data.flow.revision,
    edit(label, change, { mergeKey, select } = {}) {
      if (!data.may.edit) return;
      const before = get();
      const definition = change(before.definition);
      if (definition === before.definition) return;
      const joins = mergeKey !== undefined && mergeKey === before.mergeKey;
      const entry = { definition: before.definition, selection: before.selection, label };
      set({
        definition,
        past: joins ? before.past : [...before.past, entry].slice(-HISTORY_MAX),
        future: [],
        mergeKey: mergeKey ?? null,
        ...(select ? { selection: select, target: null } : {}),
        save: before.save.kind === "conflict" ? before.save : { kind: "changed" },
      });
    },
    closeEdit: () => set({ mergeKey: null }),
    undo() {
      const { past, future, definition, selection, save } = get();
      const entry = past.at(-1);
      if (!entry) return null;
      set({
        definition: entry.definition,
        selection: entry.selection,
        target: null,
        past: past.slice(0, -1),
        future: [...future, { definition, selection, label: entry.label }],
        mergeKey: null,
        save: save.kind === "conflict" ? save : { kind: "changed" },
      });
      return entry.label;
    },
    redo() {
      const { past, future, definition, selection, save } = get();
      const entry = future.at(-1);
      if (!entry) return null;
      set({
        definition: entry.definition,
        selection: entry.selection,
        target: null,
        future: future.slice(0, -1),
        past: [...past, { definition, selection, label: entry.label }],
        mergeKey: null,
        save: save.kind === "conflict" ? save : { kind: "changed" },
      });
      return entry.label;
    },
    select: (selection) => set({ selection, mergeKey: null, target: null }),
    set: (patch) => set(patch),
    touch: (key) => {
      if (!get().touched.has(key)) set({ touched: new Set([...get().touched, key]) });
    },
    toggleFold(stepId) {
      const folded = new Set(get().folded);
      if (!folded.delete(stepId)) folded.add(stepId);
      set({ folded });
    },
  }));
}

/** A builder's store. */
export type BuilderStore = ReturnType<typeof createBuilderStore>;

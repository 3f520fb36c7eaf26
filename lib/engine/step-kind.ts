import type { z } from "zod";
import type { Json } from "#lib/core/json.ts";
import type { Written, WrittenObject } from "#lib/core/json-text.ts";
import type { CallbackLink } from "#lib/engine/callback-links.ts";
import type { StepCheck } from "#lib/engine/check-flow.ts";
import type { CardView, Provenance } from "#lib/engine/edit/preview-types.ts";
import type { RunFrame } from "#lib/engine/run-frame.ts";
import type { Evaluated, PlannedStep, Scope } from "#lib/engine/run-ports.ts";
import type { StepResult } from "#lib/engine/step-results.ts";
import type { ActionStep, Step } from "#lib/engine/steps/registry.generated.ts";
import type { InputReading } from "#lib/engine/template/input-fields.ts";

/** A place inside a step's JSON. */
export type StepPath = readonly (string | number)[];

/** What a step that failed for good does to its run. */
export const ON_ERROR = ["stop", "continue", "path"] as const;

/** Pieces of zod for a kind's schema. `base` holds the members of StepBase; `steps` is a list of steps of any kind. */
export type StepParts = {
  base: {
    id: z.ZodString;
    name: z.ZodString;
    note: z.ZodOptional<z.ZodString>;
    off: z.ZodOptional<z.ZodBoolean>;
    /** JSONata; the step is skipped unless it is true. Asked once, before the step begins. */
    when: z.ZodOptional<z.ZodString>;
    settings: z.ZodOptional<z.ZodObject<OnErrorPart, z.core.$strict>>;
    /** With "path": what is done when the step failed; the flow goes on after the step. */
    errorSteps: z.ZodOptional<z.ZodType<StepList>>;
  };
  /** Members of `settings` of every kind, for kinds that have more of them. */
  onError: OnErrorPart;
  stepId: z.ZodString;
  name: z.ZodString;
  expression: z.ZodString;
  steps: z.ZodType<Step[]>;
};

/** Steps of any kind; an interface, because a step of any kind has such lists itself. */
interface StepList extends Array<Step> {}

type OnErrorPart = { onError: z.ZodOptional<z.ZodEnum<{ [Each in (typeof ON_ERROR)[number]]: Each }>> };

/** What every step has, whatever its kind. */
export type StepBase = z.infer<z.ZodObject<StepParts["base"]>>;

/**
 * A list of steps inside a step. `label` is its chip on the canvas, `spoken` its heading in the outline; `afterError`:
 * it is the step's error path.
 */
export type ChildList = {
  path: (string | number)[];
  steps: Step[];
  label: string;
  spoken: string;
  afterError?: true;
};

/**
 * An expression that a step cannot do without; `what` names it in "… is needed", `example` is one it can do with where
 * a list is none.
 */
export type NeededExpression = { path: StepPath; source: string; what: string; example?: string };

/** Runs a list of steps inside a step; `parent` is the path they hang on, such as "orders/[3]". */
export type RunSteps = (frame: RunFrame, steps: readonly Step[], parent: string, scope: Scope) => Promise<StepResult>;

/** One step at work: `path` is its place in the run. */
export type StepRun<Shape> = { frame: RunFrame; step: Shape; path: string; scope: Scope; runSteps: RunSteps };

/** What a rehearsed step keeps for previews; what is left out is as in "computed null, no line". */
export type RehearsedPart = { planned?: PlannedStep; output?: Written; provenance?: Provenance; card: CardView };

/** One step gone through with a sample: nothing is performed. `keep` is called before the steps inside are walked. */
export type StepRehearsal<Shape> = {
  step: Shape;
  path: string;
  scope: Scope;
  keep(part: RehearsedPart): void;
  evaluate(source: string): Promise<Evaluated>;
  plan(step: ActionStep): Promise<{ planned: PlannedStep; card: CardView; example: Json }>;
  /** Walks steps inside; `itemOf` is how many items the loop around them has. Gives what they show to later steps. */
  walk(steps: readonly Step[], parent: string, scope: Scope, itemOf?: number): Promise<WrittenObject>;
};

/** One kind of step: a file of lib/engine/steps. Its form is the file of the same name in components/builder/steps. */
export type StepKind<Shape extends StepBase & { kind: string } = Step> = {
  /** Stable name in definitions and journals. */
  kind: Shape["kind"];
  /** Two or three words, for lists and screen readers. */
  title: string;
  /** A lucide icon name. */
  icon: string;
  /** How it is offered; null where something else offers it. `idBase` begins the ids of new ones. */
  choice: { does: string; detail: string; synonyms: readonly string[]; idBase: string } | null;
  schema(parts: StepParts): z.ZodType<Shape>;
  /** A step as an older version stored it, with the members of today; any other as it is. */
  readOlder?(step: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>>;
  /** A new step without its id and name; `freshId` gives ids for its parts. Only asked where there is a choice. */
  blank(freshId: (base: string) => string): Omit<Shape, "id" | "name">;
  /** Lists of steps inside it, in run order. */
  lists?(step: Shape): ChildList[];
  /** Steps inside run once per item: they see `item` and `index`, and later steps read them through this one. */
  repeats?: true;
  /** Its lists of steps run side by side: none of them sees what another gives. */
  sideBySide?: true;
  /** Its kept input is loaded again when a run goes on; other kinds need only effect and output. */
  resumesFromInput?: true;
  /** No step after it in its list ever runs. */
  endsRun?: true;
  /** Addresses at which it is answered from outside; there are none where this is left out. */
  callbackLinks?(step: Shape): CallbackLink[];
  /** Whether later steps can read `steps.<id>`. */
  hasOutput: boolean;
  /** Ids of its parts (ways of a branch), which are unique in the flow as step ids are. */
  ids?(step: Shape): { path: StepPath; id: string }[];
  expressions?(step: Shape): NeededExpression[];
  /** Further texts that may name other steps. */
  texts?(step: Shape): { path: StepPath; text: string }[];
  /**
   * Its templates. A path begins with the member of the step that holds the input; `inputOf` gives an action's input
   * schema, null for an unknown action.
   */
  templates?(step: Shape, inputOf: (action: string) => z.ZodType | null): InputReading;
  /** Its own values by name, as a list of changes calls them; without name, switch, note and the steps inside. */
  values(step: Shape): ReadonlyMap<string, Json>;
  run(run: StepRun<Shape>): Promise<StepResult> | StepResult;
  rehearse(rehearsal: StepRehearsal<Shape>): Promise<WrittenObject>;
  /** Problems that need no event to be seen, beside its needed expressions and templates. */
  check?(step: Shape, check: StepCheck): void;
};

/** Names a kind with its own type of step kept. */
export function defineStepKind<Shape extends StepBase & { kind: string }>(kind: StepKind<Shape>): StepKind<Shape> {
  return kind;
}

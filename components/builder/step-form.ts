import type { ComponentType } from "react";
import type { Step } from "#lib/engine/steps/registry.generated.ts";

/**
 * What the builder shows of one kind of step: a file of components/builder/steps. `Preview` is a tab of its own that
 * the kind fills; `Settings` stands above the note.
 */
export type StepForm<Shape extends { kind: string } = Step> = {
  kind: Shape["kind"];
  Fields: ComponentType<{ step: Shape }>;
  Preview?: ComponentType<{ step: Shape }>;
  Settings?: ComponentType<{ step: Shape }>;
  /** Whether the preview of this step shows more than its fields do, so that a button leads there. */
  offersPreview?(step: Shape): boolean;
};

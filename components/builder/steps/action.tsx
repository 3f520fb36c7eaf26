"use client";
import { ActionFields } from "#components/builder/action-fields.tsx";
import { ActionSettings } from "#components/builder/action-settings.tsx";
import { EffectPreview } from "#components/builder/effect-preview.tsx";
import type { StepForm } from "#components/builder/step-form.ts";
import type { ActionStep } from "#lib/engine/steps/registry.generated.ts";

/** The form of an action step. */
export const form: StepForm<ActionStep> = {
  kind: "action",
  Fields: ActionFields,
  Preview: EffectPreview,
  Settings: ActionSettings,
  // What a transform comes to stands under its field already.
  offersPreview: (step) => step.action !== "transform",
};

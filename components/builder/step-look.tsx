import { iconNamed } from "#components/icons.ts";
import type { ActionCard } from "#lib/engine/edit/builder-data.ts";
import { stepKindOf } from "#lib/engine/step-kind-of.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";

/** The 28 px tile of a step: its action's icon, or that of its kind. */
export function StepTile({ step, actions }: { step: Step; actions: readonly ActionCard[] }) {
  const name = (actionOf(step, actions) ?? stepKindOf(step)).icon;
  const Icon = iconNamed(name);
  return (
    <span
      aria-hidden
      className="flex size-7 shrink-0 items-center justify-center rounded-control bg-neutral-soft text-neutral-text"
    >
      <Icon />
    </span>
  );
}

/** What a step does, in two or three words, for lists and screen readers. */
export function kindTitle(step: Step, actions: readonly ActionCard[]): string {
  const action = actionOf(step, actions);
  if (action) return action.title;
  return step.kind === "action" ? step.action : stepKindOf(step).title;
}

function actionOf(step: Step, actions: readonly ActionCard[]): ActionCard | undefined {
  return step.kind === "action" ? actions.find((action) => action.id === step.action) : undefined;
}

import { iconNamed } from "#components/icons.ts";
import type { ActionCard } from "#lib/engine/edit/builder-data.ts";
import type { Step } from "#lib/engine/flow-definition.ts";

const KIND_ICONS = {
  branch: "split",
  forEach: "repeat",
  stop: "square",
  parallel: "split",
  delay: "clock",
  waitUntil: "clock",
  waitForCallback: "clock",
  callFlow: "shuffle",
} as const;

/** The 28 px tile of a step: its action's icon, or that of its kind. */
export function StepTile({
  step,
  actions,
}: {
  step: Pick<Step, "kind"> & { action?: string };
  actions: readonly ActionCard[];
}) {
  const name =
    step.kind === "action"
      ? (actions.find((action) => action.id === step.action)?.icon ?? "circle-help")
      : KIND_ICONS[step.kind];
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
  switch (step.kind) {
    case "action":
      return actions.find((action) => action.id === step.action)?.title ?? step.action;
    case "branch":
      return "Branch";
    case "forEach":
      return "For each";
    case "stop":
      return "Stop";
    case "parallel":
      return "Side by side";
    case "delay":
    case "waitUntil":
      return "Wait";
    case "waitForCallback":
      return "Wait for a call";
    case "callFlow":
      return "Call a flow";
  }
}

"use client";
import { useActionCard, useBuilderState } from "#components/builder/builder-context.tsx";
import { afterName } from "#components/builder/template-field.tsx";
import { unshownProblems } from "#components/builder/unshown-problems.ts";
import { OctagonX, TriangleAlert } from "#components/icons.ts";
import { cx } from "#components/ui/cx.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";

/** What is wrong with a step that none of its visible fields says: about all of it, about rows and choices. */
export function StepProblems({ step }: { step: Step }) {
  const definition = useBuilderState((state) => state.definition);
  const problems = useBuilderState((state) => state.problems);
  const warnings = useBuilderState((state) => state.warnings);
  const action = useActionCard(step.kind === "action" ? step.action : "");
  const isFolded = (field: string) => action?.schema.properties?.[field]?.hookline?.advanced === true;
  const found = unshownProblems(definition, step.id, [...problems, ...warnings], isFolded);
  if (found.length === 0) return null;
  return (
    <ul aria-label={`Problems of ${step.name}`} className="flex flex-col gap-1 text-13">
      {found.map(({ severity, message }, index) => {
        const Icon = severity === "error" ? OctagonX : TriangleAlert;
        return (
          <li
            key={index}
            className={cx("flex items-start gap-1.5", severity === "error" ? "text-bad-text" : "text-warn-text")}
          >
            <Icon aria-hidden className="mt-0.5 size-3.5" />
            {afterName(message)}
          </li>
        );
      })}
    </ul>
  );
}

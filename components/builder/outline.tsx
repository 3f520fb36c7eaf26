"use client";
import { Fragment } from "react";
import { useBuilder, useBuilderState } from "#components/builder/builder-context.tsx";
import { handleCanvasKey } from "#components/builder/canvas-keys.ts";
import { kindTitle, StepTile } from "#components/builder/step-look.tsx";
import { Plus } from "#components/icons.ts";
import { Badge } from "#components/ui/badge.tsx";
import { BareButton } from "#components/ui/bare-button.tsx";
import { Button } from "#components/ui/button.tsx";
import { cx } from "#components/ui/cx.ts";
import { childLists } from "#lib/engine/flow-definition.ts";
import { triggerWords } from "#lib/engine/schedule/trigger-words.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";

/** The flow as text: the same tree for screen readers, big flows and narrow screens. */
export function Outline() {
  const { store, data } = useBuilder();
  const definition = useBuilderState((state) => state.definition);
  const selection = useBuilderState((state) => state.selection);
  const endpoint = data.endpoints.find((one) => one.id === definition.trigger.endpointId);
  const types = definition.trigger.eventTypes.join(", ") || "every event";
  const triggerSelected = selection.kind === "trigger";
  return (
    <section
      aria-label="Flow outline"
      className="min-h-0 min-w-0 flex-1 overflow-y-auto bg-surface p-3"
      onKeyDown={(event) => handleCanvasKey(event, store, null)}
    >
      <ul className="flex flex-col text-13">
        <li>
          <BareButton
            data-card="trigger"
            aria-pressed={triggerSelected}
            tabIndex={selection.kind === "step" ? -1 : 0}
            onClick={() => store.getState().select({ kind: "trigger" })}
            className={rowLook(triggerSelected)}
          >
            <span className="font-semibold">When</span>
            <span className="min-w-0 truncate text-ink-2">
              {definition.trigger.kind === undefined
                ? `${endpoint?.name ?? "choose an endpoint"} · ${types}`
                : triggerWords(definition.trigger)}
            </span>
          </BareButton>
        </li>
        <Rows steps={definition.steps} list={["steps"]} level={1} />
      </ul>
    </section>
  );
}

function Rows({ steps, list, level }: { steps: readonly Step[]; list: readonly (string | number)[]; level: number }) {
  const { store, data } = useBuilder();
  const selectedId = useBuilderState((state) => (state.selection.kind === "step" ? state.selection.id : null));
  const problems = useBuilderState((state) => state.problems);
  const cards = useBuilderState((state) => state.cards);
  return (
    <>
      {steps.map((step, index) => {
        const count = problems.filter((problem) => problem.stepId === step.id).length;
        return (
          <li key={step.id}>
            <BareButton
              data-card={step.id}
              aria-pressed={selectedId === step.id}
              tabIndex={selectedId === step.id ? 0 : -1}
              onClick={() => store.getState().select({ kind: "step", id: step.id })}
              className={rowLook(selectedId === step.id)}
              style={{ paddingLeft: (level - 1) * 20 + 8 }}
            >
              <StepTile step={step} actions={data.actions} />
              <span className="min-w-0 flex-1">
                <span className="block truncate font-semibold">{step.name}</span>
                <span className="block truncate text-12 text-ink-2">
                  {step.off ? "turned off" : (cards[step.id]?.line ?? kindTitle(step, data.actions))}
                </span>
              </span>
              {count > 0 ? <Badge tone="bad">{count} to fix</Badge> : step.off ? <Badge>Off</Badge> : null}
            </BareButton>
            {childLists(step).map(({ path, steps: inside, spoken }) => (
              <Fragment key={path.join(".")}>
                <p className="py-1 text-12 text-ink-3" style={{ paddingLeft: level * 20 + 8 }}>
                  {spoken}
                </p>
                <ul>
                  <Rows steps={inside} list={[...list, index, ...path]} level={level + 1} />
                </ul>
              </Fragment>
            ))}
          </li>
        );
      })}
      {data.may.edit ? (
        <li style={{ paddingLeft: (level - 1) * 20 }}>
          <Button
            variant="quiet"
            size="compact"
            icon={<Plus aria-hidden />}
            onClick={() => store.getState().set({ chooser: { list, index: steps.length } })}
          >
            Add a step
          </Button>
        </li>
      ) : null}
    </>
  );
}

function rowLook(selected: boolean): string {
  return cx(
    "flex min-h-11 w-full cursor-pointer text-left items-center gap-2.5 rounded-control px-2 py-1 " +
      "outline-offset-[-2px]",
    selected ? "bg-selected" : "hover:bg-hover",
  );
}

"use client";
import { useBuilder } from "#components/builder/builder-context.tsx";
import type { StepForm } from "#components/builder/step-form.ts";
import { TemplateField } from "#components/builder/template-field.tsx";
import { Plus, Trash2 } from "#components/icons.ts";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Input } from "#components/ui/input.tsx";
import { showToast } from "#components/ui/show-toast.ts";
import { stepIdFrom, takenIds } from "#lib/engine/edit/new-step.ts";
import { changeStep } from "#lib/engine/edit/step-tree.ts";
import type { BranchStep } from "#lib/engine/steps/registry.generated.ts";

/** The form of a branch step. */
export const form: StepForm<BranchStep> = { kind: "branch", Fields: BranchFields };

/** The conditions of a branch step: the first that is true is taken, else "otherwise". */
function BranchFields({ step }: { step: BranchStep }) {
  const { store, data } = useBuilder();
  const change = (turn: (one: BranchStep) => BranchStep, mergeKey?: string) =>
    store
      .getState()
      .edit(
        `Change ${step.name}`,
        (flow) => changeStep(flow, step.id, (one) => (one.kind === "branch" ? turn(one) : one)),
        mergeKey ? { mergeKey: `${step.id}:${mergeKey}` } : {},
      );
  const add = () =>
    change((one) => ({
      ...one,
      cases: [
        ...one.cases,
        {
          id: stepIdFrom("case", takenIds(store.getState().definition)),
          name: `If ${one.cases.length + 1}`,
          when: "",
          steps: [],
        },
      ],
    }));
  return (
    <div className="flex flex-col gap-5">
      <p className="text-13 text-ink-2">
        The first branch whose condition is true runs. When none is, “otherwise” runs.
      </p>
      {step.cases.map((one, index) => (
        <fieldset key={one.id} className="flex flex-col gap-2">
          <div className="flex items-end gap-2">
            <Field label={`Name of branch ${index + 1}`} className="flex-1">
              <Input
                compact
                value={one.name}
                readOnly={!data.may.edit}
                onValueChange={(name) =>
                  name.trim() &&
                  change(
                    (branch) => ({
                      ...branch,
                      cases: branch.cases.map((each) => (each.id === one.id ? { ...each, name } : each)),
                    }),
                    `name-${one.id}`,
                  )
                }
              />
            </Field>
            {step.cases.length > 1 ? (
              <IconButton
                size="compact"
                label={`Delete branch ${one.name}`}
                icon={<Trash2 aria-hidden />}
                onClick={() => {
                  change((branch) => ({ ...branch, cases: branch.cases.filter((each) => each.id !== one.id) }));
                  showToast(
                    `Deleted "${one.name}"${one.steps.length > 0 ? ` and its ${one.steps.length} steps` : ""}`,
                    {
                      action: { label: "Undo", onSelect: () => store.getState().undo() },
                    },
                  );
                }}
              />
            ) : null}
          </div>
          <TemplateField
            owner={step.id}
            fieldKey={`cases.${index}.when`}
            label={`Condition of ${one.name}`}
            kind="expression"
            value={one.when}
            required
            placeholder="trigger.body.amount > 1000"
            onChange={(when) =>
              change(
                (branch) => ({
                  ...branch,
                  cases: branch.cases.map((each) => (each.id === one.id ? { ...each, when } : each)),
                }),
                `when-${one.id}`,
              )
            }
          />
        </fieldset>
      ))}
      <Button
        size="compact"
        className="self-start"
        icon={<Plus aria-hidden />}
        disabled={!data.may.edit || step.cases.length >= 20}
        onClick={add}
      >
        Add a branch
      </Button>
    </div>
  );
}

"use client";
import { useBuilder } from "#components/builder/builder-context.tsx";
import type { StepForm } from "#components/builder/step-form.ts";
import { TemplateField } from "#components/builder/template-field.tsx";
import { Plus, Trash2 } from "#components/icons.ts";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { stepIdFrom } from "#lib/engine/edit/new-step.ts";
import { changeStep } from "#lib/engine/edit/step-tree.ts";
import type { WaitForCallbackStep } from "#lib/engine/steps/registry.generated.ts";

/** A year in minutes, as many as the step keeps in any unit. */
const TIMEOUT_MAX = 527_040;

/** The form of a step that waits for an answer from outside. */
export const form: StepForm<WaitForCallbackStep> = { kind: "waitForCallback", Fields: WaitForCallbackFields };

/** What is asked, which answers there are, who has a link of their own, and how long the run waits. */
function WaitForCallbackFields({ step }: { step: WaitForCallbackStep }) {
  const { store, data } = useBuilder();
  const change = (patch: Partial<WaitForCallbackStep>, mergeKey?: string) =>
    store
      .getState()
      .edit(
        `Change ${step.name}`,
        (flow) => changeStep(flow, step.id, (one) => (one.kind === "waitForCallback" ? { ...one, ...patch } : one)),
        mergeKey ? { mergeKey: `${step.id}:${mergeKey}` } : {},
      );
  const links = `run.callbacks.${step.id}`;
  return (
    <div className="flex flex-col gap-5">
      <TemplateField
        owner={step.id}
        fieldKey="question"
        label="Question"
        kind="template"
        value={step.question}
        multiline
        placeholder="Approve order {{ trigger.body.id }}?"
        help="Shown to whoever opens a link. Left empty, the step's name is asked."
        onChange={(question) => change({ question }, "question")}
      />
      <NamedList
        title="Answers"
        one="answer"
        entries={step.choices}
        countMin={1}
        countMax={10}
        blankName="New answer"
        pathOf={(id) => `${links}.choices.${id}`}
        onChange={(choices, key) => change({ choices }, key)}
      />
      <NamedList
        title="People with a link of their own"
        one="person"
        entries={step.approvers}
        countMin={0}
        countMax={20}
        blankName="New person"
        pathOf={(id) => `${links}.approvers.${id}`}
        onChange={(approvers, key) => change({ approvers }, key)}
      />
      <p className="text-13 text-ink-2">
        Put a link into an earlier mail or call, for example{" "}
        <code className="font-mono text-12 [overflow-wrap:anywhere]">{`{{ ${links}.url }}`}</code>. It opens a page with
        every answer; programs POST to it. Whoever has a link can answer, once.
      </p>
      <div className="flex gap-2">
        <Field label="Waits for at most" className="flex-1">
          <Input
            compact
            type="number"
            min={1}
            key={step.timeout}
            defaultValue={String(step.timeout)}
            readOnly={!data.may.edit}
            onBlur={({ currentTarget }) => {
              const timeout = Number(currentTarget.value);
              if (timeout === step.timeout) return;
              if (timeout > 0) change({ timeout: Math.min(timeout, TIMEOUT_MAX) });
              else currentTarget.value = String(step.timeout);
            }}
          />
        </Field>
        <Field label="Unit" className="flex-1">
          <Select
            options={[
              { value: "minutes", label: "Minutes" },
              { value: "hours", label: "Hours" },
              { value: "days", label: "Days", description: "Of 24 hours each" },
            ]}
            value={step.unit}
            disabled={!data.may.edit}
            onValueChange={(unit) => change({ unit })}
          />
        </Field>
      </div>
      <Field label="When nobody answers in time">
        <Select
          options={[
            { value: "fail", label: "The step fails", description: "The run stops here and can be resumed" },
            {
              value: "continue",
              label: "The run goes on",
              description: `steps.${step.id}.timedOut is true then`,
            },
          ]}
          value={step.onTimeout}
          disabled={!data.may.edit}
          onValueChange={(onTimeout) => change({ onTimeout })}
        />
      </Field>
    </div>
  );
}

type Named = { id: string; name: string };

/** A short list of names, each with an id that expressions use; the id is made from the first name and stays. */
function NamedList({
  title,
  one,
  entries,
  countMin,
  countMax,
  blankName,
  pathOf,
  onChange,
}: {
  title: string;
  one: string;
  entries: readonly Named[];
  countMin: number;
  countMax: number;
  blankName: string;
  pathOf: (id: string) => string;
  onChange: (entries: Named[], mergeKey?: string) => void;
}) {
  const { data } = useBuilder();
  const turn = (id: string, next: Named) => entries.map((each) => (each.id === id ? next : each));
  const freshId = () => stepIdFrom(one, new Set(entries.map(({ id }) => id)));
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 text-13 font-medium">{title}</legend>
      {entries.map((entry, index) => (
        <div key={entry.id} className="flex items-start gap-2">
          <Field label={`Name of ${one} ${index + 1}`} help={pathOf(entry.id)} className="min-w-0 flex-1">
            <Input
              compact
              value={entry.name}
              readOnly={!data.may.edit}
              onValueChange={(name) => name.trim() && onChange(turn(entry.id, { ...entry, name }), `name-${entry.id}`)}
            />
          </Field>
          <Field label={`Id of ${one} ${index + 1}`} className="w-32">
            <Input
              compact
              mono
              defaultValue={entry.id}
              readOnly={!data.may.edit}
              onBlur={({ currentTarget }) => {
                const id = stepIdFrom(currentTarget.value, new Set(entries.map((each) => each.id)));
                if (currentTarget.value === entry.id) return;
                if (currentTarget.value.trim() === "") currentTarget.value = entry.id;
                else onChange(turn(entry.id, { ...entry, id }));
              }}
            />
          </Field>
          {entries.length > countMin && data.may.edit ? (
            <span className="mt-6">
              <IconButton
                size="compact"
                label={`Delete ${one} ${entry.name}`}
                icon={<Trash2 aria-hidden />}
                onClick={() => onChange(entries.filter((each) => each.id !== entry.id))}
              />
            </span>
          ) : null}
        </div>
      ))}
      <Button
        size="compact"
        className="self-start"
        icon={<Plus aria-hidden />}
        disabled={!data.may.edit || entries.length >= countMax}
        onClick={() => onChange([...entries, { id: freshId(), name: blankName }])}
      >
        {`Add ${one === "answer" ? "an" : "a"} ${one}`}
      </Button>
    </fieldset>
  );
}

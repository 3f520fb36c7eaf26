"use client";
import { useState } from "react";
import { useBuilder, useBuilderState } from "#components/builder/builder-context.tsx";
import { ClosePanel } from "#components/builder/close-panel.tsx";
import { TemplateField } from "#components/builder/template-field.tsx";
import { askServer } from "#components/ui/ask-server.ts";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { NumberInput } from "#components/ui/number-input.tsx";
import { Select } from "#components/ui/select.tsx";
import { showToast } from "#components/ui/show-toast.ts";
import { TextLink } from "#components/ui/text-link.tsx";
import { withTimeLimit } from "#lib/engine/edit/step-rules.ts";
import type { FlowDefinition } from "#lib/engine/flow-definition.ts";

const MINUTES_MAX = 366 * 24 * 60;

/** What starts the flow: the endpoint, the event types, a filter; how each run is named, and how long it may take. */
export function TriggerPanel() {
  const { store, data, acts } = useBuilder();
  const definition = useBuilderState((state) => state.definition);
  const { eventTypes: seen } = useBuilderState((state) => state.samples);
  const { trigger } = definition;
  const [typed, setTyped] = useState("");
  const change = (label: string, patch: Partial<FlowDefinition["trigger"]>, mergeKey?: string) =>
    store
      .getState()
      .edit(label, (flow) => ({ ...flow, trigger: { ...flow.trigger, ...patch } }), mergeKey ? { mergeKey } : {});
  const chooseEndpoint = async (endpointId: string) => {
    change("Choose endpoint", { endpointId, eventTypes: [] });
    const answer = await askServer(() => acts.samples(endpointId));
    if (store.getState().definition.trigger.endpointId !== endpointId) return;
    if (answer.kind === "refused")
      return showToast("The endpoint's events could not be read", { description: answer.message, tone: "bad" });
    const samples = answer.value;
    const first = samples.events[0];
    store.getState().set({ samples, sample: first ? { kind: "event", eventId: first.id } : null });
  };
  const listed = [
    ...seen,
    ...trigger.eventTypes
      .filter((type) => !seen.some((one) => one.eventType === type))
      .map((eventType) => ({ eventType, count: 0 })),
  ];
  const toggle = (eventType: string, on: boolean) =>
    change("Event types", {
      eventTypes: on ? [...trigger.eventTypes, eventType] : trigger.eventTypes.filter((one) => one !== eventType),
    });
  return (
    <div className="flex flex-col">
      <header className="flex items-center justify-between px-4 pt-3 pb-2">
        <h2 className="text-14 font-semibold">Trigger</h2>
        <ClosePanel />
      </header>
      <div className="flex flex-col gap-5 px-4 pt-2 pb-8">
        <Field
          label="Endpoint"
          help={
            trigger.endpointId ? (
              <TextLink href={`/endpoints/${trigger.endpointId}`} className="inline-flex min-h-6 items-center">
                Open the endpoint and its requests
              </TextLink>
            ) : (
              "Events that arrive there start this flow."
            )
          }
        >
          <Select
            options={data.endpoints.map((endpoint) => ({
              value: endpoint.id,
              label: endpoint.name,
              description: endpoint.provider === "none" ? undefined : endpoint.provider,
            }))}
            value={trigger.endpointId}
            placeholder="Choose an endpoint"
            disabled={!data.may.edit}
            onValueChange={(id) => void chooseEndpoint(id)}
          />
        </Field>
        <fieldset className="flex flex-col gap-1">
          <legend className="mb-1 text-13 font-medium">Event types</legend>
          <p className="mb-1 text-12 text-ink-3">
            {trigger.eventTypes.length === 0
              ? "Every event starts a run. Tick types to take only those."
              : `Only these start a run.`}
          </p>
          {listed.map(({ eventType, count }) => (
            <Checkbox
              key={eventType}
              checked={trigger.eventTypes.includes(eventType)}
              disabled={!data.may.edit}
              onCheckedChange={(on) => toggle(eventType, on)}
              label={
                <span className="flex flex-wrap items-baseline gap-x-2">
                  <code className="text-13">{eventType}</code>
                  <span className="text-12 text-ink-3">
                    {count > 0
                      ? `seen ${count.toLocaleString("en")} ${count === 1 ? "time" : "times"}`
                      : "not seen yet"}
                  </span>
                </span>
              }
            />
          ))}
          <form
            className="mt-1 flex gap-2"
            onSubmit={(event) => {
              event.preventDefault();
              const type = typed.trim();
              if (type && !trigger.eventTypes.includes(type)) toggle(type, true);
              setTyped("");
            }}
          >
            <Input
              compact
              mono
              aria-label="Another event type"
              placeholder="another.type"
              value={typed}
              maxLength={200}
              onValueChange={setTyped}
            />
            <Button size="compact" type="submit" disabled={typed.trim() === "" || !data.may.edit}>
              Add type
            </Button>
          </form>
        </fieldset>
        <TemplateField
          owner="trigger"
          fieldKey="trigger.filter"
          label="Filter"
          kind="expression"
          value={trigger.filter ?? ""}
          placeholder="trigger.body.livemode"
          help="Optional. Runs whose result is not true end as filtered."
          onChange={(filter) => change("Filter", { filter: filter.trim() === "" ? null : filter }, "filter")}
        />
        <TemplateField
          owner="trigger"
          fieldKey="runName"
          label="Name each run"
          kind="template"
          value={definition.runName}
          placeholder="{{ trigger.eventType }} · {{ trigger.body.email }}"
          help="So that runs can be recognised in lists. Empty: event type and a short id."
          onChange={(runName) =>
            store.getState().edit("Run name", (flow) => ({ ...flow, runName }), { mergeKey: "runName" })
          }
        />
        <TimeLimit />
      </div>
    </div>
  );
}

/** How long a run of the flow may take. */
function TimeLimit() {
  const { store, data } = useBuilder();
  const seconds = useBuilderState((state) => state.definition.timeoutSeconds);
  const [refused, setRefused] = useState<number | null>(null);
  const change = (minutes: number | null) => {
    const next = minutes === null ? undefined : Math.round(minutes * 60);
    const isBad = next !== undefined && !(next >= 1 && next <= MINUTES_MAX * 60);
    setRefused(isBad ? minutes : null);
    if (!isBad)
      store.getState().edit("Time limit", (flow) => withTimeLimit(flow, next), {
        mergeKey: "timeoutSeconds",
      });
  };
  return (
    <Field
      label="Time limit of a run, in minutes"
      mark="optional"
      help="A run that takes longer fails, also while it waits; no call or mail of it begins after that."
      error={refused === null ? null : "A number of minutes, up to 366 days."}
    >
      <NumberInput
        decimals
        readOnly={!data.may.edit}
        value={refused ?? (seconds === undefined ? null : seconds / 60)}
        onNumberChange={change}
      />
    </Field>
  );
}

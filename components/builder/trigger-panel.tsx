"use client";
import { useState } from "react";
import { useBuilder, useBuilderState } from "#components/builder/builder-context.tsx";
import { ClosePanel } from "#components/builder/close-panel.tsx";
import { EndpointFields } from "#components/builder/endpoint-fields.tsx";
import { RunNow } from "#components/builder/run-now.tsx";
import { ScheduleFields } from "#components/builder/schedule-fields.tsx";
import { TemplateField } from "#components/builder/template-field.tsx";
import { askServer } from "#components/ui/ask-server.ts";
import { Field } from "#components/ui/field.tsx";
import { NumberInput } from "#components/ui/number-input.tsx";
import { RadioList } from "#components/ui/radio-list.tsx";
import { type StartKind, startKind } from "#lib/engine/edit/start-kind.ts";
import { withTimeLimit } from "#lib/engine/edit/step-rules.ts";
import type { FlowDefinition } from "#lib/engine/flow-definition.ts";

const MINUTES_MAX = 366 * 24 * 60;

/** What starts the flow: the endpoint, the event types, a filter; how each run is named, and how long it may take. */
export function TriggerPanel() {
  const { store, data, acts } = useBuilder();
  const definition = useBuilderState((state) => state.definition);
  const { trigger } = definition;
  const change = (label: string, patch: Partial<FlowDefinition["trigger"]>, mergeKey?: string) =>
    store
      .getState()
      .edit(label, (flow) => ({ ...flow, trigger: { ...flow.trigger, ...patch } }), mergeKey ? { mergeKey } : {});
  const chooseKind = async (kind: StartKind) => {
    if (kind === (trigger.kind ?? "endpoint")) return;
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    store.getState().edit("Starts", (flow) => ({ ...flow, trigger: startKind(flow.trigger, kind, zone) }));
    store.getState().set({ samples: { events: [], eventTypes: [] }, sample: null });
    if (kind === "endpoint") return;
    const answer = await askServer(() => acts.samples(data.flow.id));
    if (answer.kind === "refused" || store.getState().definition.trigger.kind === undefined) return;
    const first = answer.value.events[0];
    store.getState().set({ samples: answer.value, sample: first ? { kind: "event", eventId: first.id } : null });
  };
  return (
    <div className="flex flex-col">
      <header className="flex items-center justify-between px-4 pt-3 pb-2">
        <h2 className="text-14 font-semibold">Trigger</h2>
        <ClosePanel />
      </header>
      <div className="flex flex-col gap-5 px-4 pt-2 pb-8">
        <RadioList<StartKind>
          legend="Starts"
          choices={[
            { value: "endpoint", label: "With an endpoint's events", disabled: !data.may.edit },
            { value: "schedule", label: "On a schedule", disabled: !data.may.edit },
            { value: "none", label: "Only by hand", disabled: !data.may.edit },
          ]}
          value={trigger.kind ?? "endpoint"}
          onValueChange={(kind) => void chooseKind(kind)}
        />
        {trigger.schedule === undefined ? null : (
          <ScheduleFields
            schedule={trigger.schedule}
            disabled={!data.may.edit}
            onChange={(schedule) => change("Schedule", { schedule }, "schedule")}
          />
        )}
        {trigger.kind === undefined ? <EndpointFields /> : <RunNow />}
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

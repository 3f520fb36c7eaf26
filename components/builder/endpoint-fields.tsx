"use client";
import { useState } from "react";
import { useBuilder, useBuilderState } from "#components/builder/builder-context.tsx";
import { askServer } from "#components/ui/ask-server.ts";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { showToast } from "#components/ui/show-toast.ts";
import { TextLink } from "#components/ui/text-link.tsx";
import type { FlowDefinition } from "#lib/engine/flow-definition.ts";

/** The endpoint whose events start the flow, and the types of events it takes. */
export function EndpointFields() {
  const { store, data, acts } = useBuilder();
  const trigger = useBuilderState((state) => state.definition.trigger);
  const { eventTypes: seen } = useBuilderState((state) => state.samples);
  const [typed, setTyped] = useState("");
  const change = (label: string, patch: Partial<FlowDefinition["trigger"]>) =>
    store.getState().edit(label, (flow) => ({ ...flow, trigger: { ...flow.trigger, ...patch } }));
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
    <>
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
                  {count > 0 ? `seen ${count.toLocaleString("en")} ${count === 1 ? "time" : "times"}` : "not seen yet"}
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
    </>
  );
}

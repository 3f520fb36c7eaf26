"use client";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Select } from "#components/ui/select.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { ActionResult } from "#lib/core/action-result.ts";

/** What a flow may be made of: a name, the endpoint it listens to, or an event that says both. */
export type NewFlow = { name?: string; endpointId?: string; eventId?: string };

type NewFlowDialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  endpoints: { id: string; name: string }[];
  endpointId: string | null;
  lastEvent: { id: string; eventType: string | null; endpointName: string } | null;
  create: (from: NewFlow) => Promise<ActionResult<{ id: string }>>;
  onMade: (id: string, eventId?: string) => void;
};

/** Makes a flow: a name and the endpoint it listens to, or everything from the last event. */
export function NewFlowDialog(props: NewFlowDialogProps) {
  const { open, onOpenChange, endpoints, endpointId, lastEvent, create, onMade } = props;
  const [name, setName] = useState("");
  const [endpoint, setEndpoint] = useState<string | null>(endpointId ?? endpoints[0]?.id ?? null);
  const { pending, problem, run, clear } = useAction();
  const make = async (from: NewFlow) => {
    const made = await run(() => create(from));
    if (made.kind === "ok") onMade(made.value.id, from.eventId);
  };
  const named: NewFlow = name.trim() ? { name: name.trim() } : {};
  const own: NewFlow = { ...named, ...(endpoint ? { endpointId: endpoint } : {}) };
  return (
    <Dialog
      title="New flow"
      description="It starts as a draft. Nothing runs until you publish it."
      open={open}
      onOpenChange={(next) => {
        clear();
        onOpenChange(next);
      }}
      footer={
        <>
          {lastEvent ? (
            <Button disabled={pending} onClick={() => void make({ ...named, eventId: lastEvent.id })}>
              Start from your last event
            </Button>
          ) : null}
          <Button variant="primary" pending={pending} onClick={() => void make(own)}>
            Create flow
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void make(own);
        }}
      >
        {problem ? (
          <Notice tone="bad" title="No flow was made">
            {problem}
          </Notice>
        ) : null}
        <Field label="Name" mark="optional">
          <Input autoFocus value={name} maxLength={120} placeholder="Thank the customer" onValueChange={setName} />
        </Field>
        {endpoints.length > 0 ? (
          <Field
            label="Endpoint"
            help={
              lastEvent
                ? `Last event: ${lastEvent.eventType ?? "without a type"} at ${lastEvent.endpointName}.`
                : undefined
            }
          >
            <Select
              options={endpoints.map(({ id, name: label }) => ({ value: id, label }))}
              value={endpoint}
              onValueChange={setEndpoint}
            />
          </Field>
        ) : null}
      </form>
    </Dialog>
  );
}

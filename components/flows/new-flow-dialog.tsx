"use client";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";

type NewFlowDialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  endpoints: { id: string; name: string }[];
  endpointId: string | null;
  lastEvent: { id: string; eventType: string | null; endpointName: string } | null;
  onCreate: (from: { name?: string; endpointId?: string; eventId?: string }) => Promise<void>;
};

/** Makes a flow: a name and the endpoint it listens to, or everything from the last event. */
export function NewFlowDialog({ open, onOpenChange, endpoints, endpointId, lastEvent, onCreate }: NewFlowDialogProps) {
  const [name, setName] = useState("");
  const [endpoint, setEndpoint] = useState<string | null>(endpointId ?? endpoints[0]?.id ?? null);
  const [pending, setPending] = useState(false);
  const create = async (from: Parameters<NewFlowDialogProps["onCreate"]>[0]) => {
    setPending(true);
    await onCreate(from);
    setPending(false);
  };
  const own = { ...(name.trim() ? { name: name.trim() } : {}), ...(endpoint ? { endpointId: endpoint } : {}) };
  return (
    <Dialog
      title="New flow"
      description="It starts as a draft. Nothing runs until you publish it."
      open={open}
      onOpenChange={onOpenChange}
      footer={
        <>
          {lastEvent ? (
            <Button
              disabled={pending}
              onClick={() => void create({ ...(name.trim() ? { name: name.trim() } : {}), eventId: lastEvent.id })}
            >
              Start from your last event
            </Button>
          ) : null}
          <Button variant="primary" pending={pending} onClick={() => void create(own)}>
            Create flow
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void create(own);
        }}
      >
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

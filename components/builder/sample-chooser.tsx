"use client";
import { useState } from "react";
import { useBuilder, useBuilderState } from "#components/builder/builder-context.tsx";
import { ChevronLeft, ChevronRight } from "#components/icons.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import type { SampleRef } from "#lib/engine/edit/preview-question.ts";

const PASTE = "paste";

/** Which event the builder works with: the last 20 of the endpoint, named samples, or one pasted. */
export function SampleChooser() {
  const { store, data } = useBuilder();
  const sample = useBuilderState((state) => state.sample);
  const { events } = useBuilderState((state) => state.samples);
  const [pasting, setPasting] = useState(false);
  const current = sample === null ? null : sampleKey(sample);
  const index = events.findIndex((event) => `event:${event.id}` === current);
  const choose = (next: SampleRef) => store.getState().set({ sample: next });
  const step = (by: number) => {
    const event = events[index + by];
    if (event) choose({ kind: "event", eventId: event.id });
  };
  return (
    <div className="flex items-center gap-1">
      <Select
        compact
        label="Sample"
        className="min-w-0 flex-1"
        placeholder="Choose a sample"
        value={current}
        options={[
          ...events.map((event, place) => ({
            value: `event:${event.id}`,
            label: `${timeOf(event.at)} · ${event.eventType ?? "event"}`,
            description: place === 0 ? "newest" : undefined,
          })),
          ...data.namedSamples.map((one) => ({
            value: `sample:${one.id}`,
            label: one.name,
            description: "named sample",
          })),
          ...(sample?.kind === "pasted" ? [{ value: "pasted", label: "Pasted by you", description: "edited" }] : []),
          { value: PASTE, label: "Paste an event…" },
        ]}
        onValueChange={(value) => {
          if (value === PASTE) setPasting(true);
          else if (value.startsWith("event:")) choose({ kind: "event", eventId: value.slice(6) });
          else if (value.startsWith("sample:")) choose({ kind: "sample", sampleId: value.slice(7) });
        }}
      />
      <IconButton
        size="compact"
        label="Newer event"
        keys="["
        icon={<ChevronLeft aria-hidden />}
        disabled={index <= 0}
        onClick={() => step(-1)}
      />
      <IconButton
        size="compact"
        label="Older event"
        keys="]"
        icon={<ChevronRight aria-hidden />}
        disabled={index < 0 || index >= events.length - 1}
        onClick={() => step(1)}
      />
      <PasteDialog
        open={pasting}
        onOpenChange={setPasting}
        initial={sample?.kind === "pasted" ? sample.body : ""}
        onPaste={(body, eventType) =>
          choose({
            kind: "pasted",
            body,
            contentType: looksLikeJson(body) ? "application/json" : "text/plain",
            eventType: eventType || null,
          })
        }
      />
    </div>
  );
}

function PasteDialog({
  open,
  onOpenChange,
  initial,
  onPaste,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  initial: string;
  onPaste: (body: string, eventType: string) => void;
}) {
  const [body, setBody] = useState(initial);
  const [eventType, setEventType] = useState("");
  return (
    <Dialog
      title="Paste an event"
      description={
        "The body as the sender would send it. It is used for building " + "only and changes nothing that was received."
      }
      open={open}
      onOpenChange={onOpenChange}
      size="wide"
      footer={
        <Button
          variant="primary"
          disabled={body.trim() === ""}
          onClick={() => {
            onPaste(body, eventType.trim());
            onOpenChange(false);
          }}
        >
          Use this event
        </Button>
      }
    >
      <div className="flex flex-col gap-4">
        <Field label="Body" error={body.trim() !== "" && /^\s*[[{]/.test(body) ? jsonProblem(body) : null}>
          <Textarea
            mono
            rows={12}
            value={body}
            onChange={(event) => setBody(event.target.value)}
            placeholder='{ "type": "order.paid", "amount": 4200 }'
          />
        </Field>
        <Field label="Event type" mark="optional">
          <Input mono value={eventType} onValueChange={setEventType} placeholder="order.paid" />
        </Field>
      </div>
    </Dialog>
  );
}

function looksLikeJson(body: string): boolean {
  return jsonProblem(body) === null;
}

function jsonProblem(body: string): string | null {
  try {
    JSON.parse(body);
    return null;
  } catch (error) {
    return `Not valid JSON: ${error instanceof Error ? error.message : String(error)}. It would be read as text.`;
  }
}

function sampleKey(sample: SampleRef): string {
  return sample.kind === "event"
    ? `event:${sample.eventId}`
    : sample.kind === "sample"
      ? `sample:${sample.sampleId}`
      : "pasted";
}

function timeOf(iso: string): string {
  const at = new Date(iso);
  const isToday = at.toDateString() === new Date().toDateString();
  return at.toLocaleString("en-GB", {
    ...(isToday ? {} : { day: "numeric", month: "short" }),
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
}

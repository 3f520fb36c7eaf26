"use client";
import type { SettingsPart } from "#components/endpoints/settings-form.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { DEDUPE_WINDOW_SECONDS_DEFAULT } from "#lib/core/dedupe-window.ts";
import type { EndpointSettingsView, OwnSourceView } from "#lib/core/endpoint-views.ts";

type Dedupe = EndpointSettingsView["dedupe"];

/** Where the event type and the delivery id stand. */
export function NamingFields({ settings, change, errors, disabled }: SettingsPart) {
  const { eventType, dedupe } = settings;
  const errorOf = (start: string) => Object.entries(errors).find(([field]) => field.startsWith(start))?.[1];
  return (
    <div className="flex flex-col gap-4">
      <Field label="Event type" help="Flows choose events by it.">
        <Select
          value={eventType === null ? "preset" : "own"}
          disabled={disabled}
          onValueChange={(value) => change({ eventType: value === "preset" ? null : { from: "body", path: "type" } })}
          options={[
            { value: "preset", label: "As the sender names it" },
            { value: "own", label: "From a place of my choice" },
          ]}
        />
      </Field>
      {eventType === null ? null : (
        <SourceFields
          label="Event type stands in"
          source={eventType}
          error={errorOf("eventType")}
          disabled={disabled}
          onChange={(source) => change({ eventType: source })}
        />
      )}
      <Field label="Duplicates" help="A delivery that came before is answered 200 and starts nothing.">
        <Select
          value={dedupe.kind}
          disabled={disabled}
          onValueChange={(kind) => change({ dedupe: blank(kind) })}
          options={[
            { value: "preset", label: "By the sender's delivery id" },
            { value: "source", label: "By a value of my choice" },
            { value: "body", label: "By the same body within a time" },
            { value: "off", label: "Never: every request is its own event" },
          ]}
        />
      </Field>
      {dedupe.kind === "source" ? (
        <SourceFields
          label="The id stands in"
          source={dedupe.source}
          error={errorOf("dedupe")}
          disabled={disabled}
          onChange={(source) => change({ dedupe: { kind: "source", source } })}
        />
      ) : null}
      {dedupe.kind === "body" ? (
        <Field label="Within how many seconds" error={errorOf("dedupe")}>
          <Input
            inputMode="numeric"
            value={String(dedupe.windowSeconds)}
            disabled={disabled}
            onValueChange={(text) => change({ dedupe: { kind: "body", windowSeconds: Number(text) } })}
          />
        </Field>
      ) : null}
    </div>
  );
}

function SourceFields({
  label,
  source,
  error,
  disabled,
  onChange,
}: {
  label: string;
  source: OwnSourceView;
  error: string | undefined;
  disabled: boolean;
  onChange: (source: OwnSourceView) => void;
}) {
  const place = source.from === "body" ? source.path : source.name;
  const put = (from: OwnSourceView["from"], text: string) => onChange(from === "body" ? { from, path: text } : { from, name: text });
  return (
    <div className="grid gap-3 md:grid-cols-2">
      <Field label={label}>
        <Select
          value={source.from}
          disabled={disabled}
          onValueChange={(from) => put(from, place)}
          options={[
            { value: "body", label: "the body" },
            { value: "header", label: "a header" },
            { value: "query", label: "the query" },
          ]}
        />
      </Field>
      <Field label={source.from === "body" ? "Path, such as data.id" : "Name"} error={error}>
        <Input mono value={place} disabled={disabled} onValueChange={(text) => put(source.from, text)} />
      </Field>
    </div>
  );
}

function blank(kind: Dedupe["kind"]): Dedupe {
  if (kind === "source") return { kind, source: { from: "body", path: "id" } };
  if (kind === "fields") return { kind, fields: [{ from: "body", path: "id" }], windowSeconds: DEDUPE_WINDOW_SECONDS_DEFAULT };
  return kind === "body" ? { kind, windowSeconds: DEDUPE_WINDOW_SECONDS_DEFAULT } : { kind };
}

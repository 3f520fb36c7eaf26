"use client";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import type { OwnSource } from "#lib/core/endpoint-settings.ts";

type SourceFieldsProps = {
  label: string;
  /** Said before the second field's name where several stand on the page. */
  about?: string;
  source: OwnSource;
  error: string | undefined;
  disabled: boolean;
  onChange: (source: OwnSource) => void;
};

/** One place in a request: the body, a header or the query, and the path or name there. */
export function SourceFields({ label, about, source, error, disabled, onChange }: SourceFieldsProps) {
  const place = source.from === "body" ? source.path : source.name;
  const put = (from: OwnSource["from"], text: string) =>
    onChange(from === "body" ? { from, path: text } : { from, name: text });
  const what = source.from === "body" ? "Path, such as data.id" : "Name";
  return (
    <div className="grid min-w-0 flex-1 gap-3 md:grid-cols-2">
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
      <Field label={about === undefined ? what : `${about}: ${what.toLowerCase()}`} error={error}>
        <Input mono value={place} disabled={disabled} onValueChange={(text) => put(source.from, text)} />
      </Field>
    </div>
  );
}

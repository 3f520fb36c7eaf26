"use client";
import { useState } from "react";
import { Eye, EyeOff } from "#components/icons.ts";
import { Field } from "#components/ui/field.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Input } from "#components/ui/input.tsx";
import { labelOf } from "#components/ui/json-schema.ts";
import type { JsonSchema } from "#lib/engine/input-schema.ts";

type SecretFieldsProps = {
  schema: JsonSchema;
  values: Readonly<Record<string, string>>;
  /** Per stored secret its last characters, "" when it is too short to show any. Absent: nothing is stored. */
  hints: Readonly<Record<string, string>>;
  errors: Readonly<Record<string, string>>;
  onChange: (values: Record<string, string>) => void;
};

/** The secret fields of a connection: never filled in, showing only how the stored one ends. */
export function SecretFields({ schema, values, hints, errors, onChange }: SecretFieldsProps) {
  return Object.entries(schema.properties ?? {}).map(([field, property]) => (
    <SecretField
      key={field}
      label={labelOf(field, property)}
      help={helpOf(hints[field], property.hookline?.help)}
      error={errors[field]}
      mark={hints[field] !== undefined ? "stored" : schema.required?.includes(field) ? undefined : "optional"}
      value={values[field] ?? ""}
      onChange={(next) => onChange({ ...values, [field]: next })}
    />
  ));
}

function SecretField({
  label,
  help,
  error,
  mark,
  value,
  onChange,
}: {
  label: string;
  help: string | undefined;
  error: string | undefined;
  mark: string | undefined;
  value: string;
  onChange: (value: string) => void;
}) {
  const [shown, setShown] = useState(false);
  return (
    <Field label={label} help={help} error={error} mark={mark}>
      <div className="flex gap-2">
        <Input
          type={shown ? "text" : "password"}
          mono
          value={value}
          onValueChange={onChange}
          autoComplete="new-password"
          spellCheck={false}
        />
        <IconButton
          label={shown ? `Hide ${label.toLowerCase()}` : `Show ${label.toLowerCase()}`}
          icon={shown ? <EyeOff aria-hidden /> : <Eye aria-hidden />}
          onClick={() => setShown(!shown)}
        />
      </div>
    </Field>
  );
}

function helpOf(hint: string | undefined, help: string | undefined): string | undefined {
  if (hint === undefined) return help;
  return hint === ""
    ? "Stored, never shown again. Leave empty to keep it."
    : `Ends in …${hint}, never shown again. Leave empty to keep it.`;
}

"use client";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { withoutNull } from "#components/ui/json-schema.ts";
import type { SchemaFieldProps } from "#components/ui/schema-types.ts";
import { Select } from "#components/ui/select.tsx";
import { Switch } from "#components/ui/switch.tsx";
import { Textarea } from "#components/ui/textarea.tsx";

/** A field that holds one value: a choice, switch, number, text or template. */
export function SchemaLeaf(props: SchemaFieldProps) {
  const { schema, nullable } = withoutNull(props.schema);
  const { label, value, onChange, path, context, labelHidden = false, optional = false } = props;
  const error = context.errors?.[path.join(".")];
  const help = schema.hookline?.help ?? schema.description;
  const place = schema.hookline?.place ?? "plain";
  const mark = props.required || !(optional || nullable) ? undefined : "optional";

  if (schema.enum) {
    const options = schema.enum.map((choice) => ({
      value: String(choice),
      label: schema.hookline?.options?.[String(choice)] ?? String(choice),
    }));
    return (
      <Field label={label} help={help} error={error} mark={mark}>
        <Select
          options={options}
          value={value === undefined || value === null ? null : String(value)}
          onValueChange={(next) => onChange(schema.enum?.find((choice) => String(choice) === next))}
          disabled={context.disabled}
        />
      </Field>
    );
  }
  switch (schema.type) {
    case "boolean":
      return (
        <Switch
          label={label}
          help={help}
          checked={value === true}
          onCheckedChange={(next) => onChange(next)}
          disabled={context.disabled}
        />
      );
    case "number":
    case "integer":
      return (
        <Field label={label} help={help} error={error} mark={mark}>
          <Input
            type="number"
            min={schema.minimum}
            max={schema.maximum}
            step={schema.type === "integer" ? 1 : "any"}
            value={typeof value === "number" ? String(value) : ""}
            onValueChange={(next) => onChange(next === "" ? (nullable ? null : undefined) : Number(next))}
            disabled={context.disabled}
          />
        </Field>
      );
    default: {
      const text =
        typeof value === "string" ? value : value === undefined || value === null ? "" : JSON.stringify(value);
      const change = (next: string) =>
        onChange(next === "" && nullable ? null : next === "" && optional ? undefined : next);
      if (place !== "plain" && context.renderTemplate)
        return context.renderTemplate({
          path,
          label,
          place,
          schema,
          value: text,
          onChange: change,
          labelHidden,
          error,
        });
      const control = schema.hookline?.multiline ? (
        <Textarea
          value={text}
          placeholder={schema.hookline.placeholder}
          onChange={(event) => change(event.target.value)}
          disabled={context.disabled}
          aria-label={labelHidden ? label : undefined}
        />
      ) : (
        <Input
          value={text}
          placeholder={schema.hookline?.placeholder}
          onValueChange={change}
          disabled={context.disabled}
          aria-label={labelHidden ? label : undefined}
        />
      );
      if (labelHidden) return control;
      return (
        <Field label={label} help={help} error={error} mark={mark}>
          {control}
        </Field>
      );
    }
  }
}

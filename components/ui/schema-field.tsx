"use client";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { blankOf, variantsOf, withoutNull } from "#components/ui/json-schema.ts";
import { SchemaForm, type SchemaFormContext, type SchemaPath } from "#components/ui/schema-form.tsx";
import { SchemaList } from "#components/ui/schema-list.tsx";
import { Select } from "#components/ui/select.tsx";
import { Switch } from "#components/ui/switch.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { isJsonObject, type Json } from "#lib/core/json.ts";
import type { JsonSchema } from "#lib/engine/input-schema.ts";

/** What one field of a form is given. */
export type SchemaFieldProps = {
  schema: JsonSchema;
  label: string;
  labelHidden?: boolean;
  required?: boolean;
  optional?: boolean;
  value: Json | undefined;
  onChange: (value: Json | undefined) => void;
  path: SchemaPath;
  context: SchemaFormContext;
};

/**
 * One field by the kind of its schema: choice, switch, number, text, template, list, group or one of several shapes.
 */
export function SchemaField(props: SchemaFieldProps) {
  const { schema, nullable } = withoutNull(props.schema);
  const { label, value, onChange, path, context, labelHidden = false, optional = false } = props;
  const error = context.errors?.[path.join(".")];
  const help = schema.hookline?.help ?? schema.description;
  const place = schema.hookline?.place ?? "plain";
  const mark = props.required || !(optional || nullable) ? undefined : "optional";
  const variants = variantsOf(schema);

  if (variants) {
    const tag = variants[0]?.tag ?? "";
    const current = isJsonObject(value) ? String(value[tag]) : "";
    const chosen = variants.find((variant) => variant.value === current);
    return (
      <fieldset className="flex min-w-0 flex-col gap-3">
        <Field label={label} help={help} error={error}>
          <Select
            options={variants.map((variant) => ({ value: variant.value, label: variant.label }))}
            value={current || null}
            onValueChange={(next) =>
              onChange(blankOf(variants.find((variant) => variant.value === next)?.schema ?? {}))
            }
          />
        </Field>
        {chosen ? (
          <SchemaForm schema={chosen.schema} value={value ?? {}} onChange={onChange} path={path} context={context} />
        ) : null}
      </fieldset>
    );
  }
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
    case "array":
      return <SchemaList {...props} schema={schema} />;
    case "object":
      return (
        <fieldset className="min-w-0">
          <legend className="mb-2 text-13 font-medium">{label}</legend>
          <div className="border-l border-line pl-4">
            <SchemaForm schema={schema} value={value ?? {}} onChange={onChange} path={path} context={context} />
          </div>
        </fieldset>
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

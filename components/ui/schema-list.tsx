"use client";
import { Plus, Trash2 } from "#components/icons.ts";
import { Button } from "#components/ui/button.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { blankOf, labelOf, withProperty } from "#components/ui/json-schema.ts";
import { SchemaField, type SchemaFieldProps } from "#components/ui/schema-field.tsx";
import type { Json } from "#lib/core/json.ts";
import type { JsonSchema } from "#lib/engine/input-schema.ts";

/** A list of texts or of small objects, one row each, with buttons to add and remove. */
export function SchemaList({ schema, label, value, onChange, path, context }: SchemaFieldProps) {
  const items = Array.isArray(value) ? value : [];
  const item: JsonSchema = schema.items ?? { type: "string" };
  const replace = (index: number, next: Json | undefined) =>
    onChange(items.map((old, at) => (at === index ? (next ?? blankOf(item)) : old)));
  const thing = singular(label);
  const error = context.errors?.[path.join(".")];
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1 text-13 font-medium">{label}</legend>
      {schema.hookline?.help ? <p className="mb-1 text-12 text-ink-3">{schema.hookline.help}</p> : null}
      <div className="flex flex-col gap-2">
        {items.map((entry, index) => (
          <div key={index} className="flex min-w-0 items-start gap-2">
            <ListRow
              schema={item}
              label={`${thing} ${index + 1}`}
              value={entry}
              onChange={(next) => replace(index, next)}
              path={[...path, index]}
              context={context}
            />
            <IconButton
              label={`Remove ${thing.toLowerCase()} ${index + 1}`}
              icon={<Trash2 aria-hidden />}
              onClick={() => onChange(items.filter((_, at) => at !== index))}
            />
          </div>
        ))}
        <Button
          size="compact"
          variant="quiet"
          icon={<Plus aria-hidden />}
          className="self-start"
          disabled={schema.maxItems !== undefined && items.length >= schema.maxItems}
          onClick={() => onChange([...items, blankOf(item)])}
        >
          Add {thing.toLowerCase()}
        </Button>
        {error ? <p className="text-12 text-bad-text">{error}</p> : null}
      </div>
    </fieldset>
  );
}

function ListRow({ schema, label, value, onChange, path, context }: Omit<SchemaFieldProps, "value"> & { value: Json }) {
  if (schema.type !== "object")
    return (
      <div className="min-w-0 flex-1">
        <SchemaField
          schema={schema}
          label={label}
          labelHidden
          value={value}
          onChange={onChange}
          path={path}
          context={context}
        />
      </div>
    );
  const object = typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
  return (
    <div className="grid min-w-0 flex-1 grid-cols-[minmax(0,2fr)_minmax(0,3fr)] gap-2">
      {Object.entries(schema.properties ?? {}).map(([key, property]) => (
        <div key={key} className="min-w-0">
          <SchemaField
            schema={property}
            label={`${label}: ${labelOf(key, property).toLowerCase()}`}
            labelHidden
            value={object[key]}
            onChange={(next) => onChange(withProperty(object, key, next))}
            path={[...path, key]}
            context={context}
          />
        </div>
      ))}
    </div>
  );
}

function singular(label: string): string {
  if (/ies$/i.test(label)) return label.replace(/ies$/i, "y");
  return label.replace(/s$/i, "");
}

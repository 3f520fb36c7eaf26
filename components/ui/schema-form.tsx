"use client";
import type { ReactNode } from "react";
import { labelOf, withProperty } from "#components/ui/json-schema.ts";
import { SchemaField } from "#components/ui/schema-field.tsx";
import { isJsonObject, type Json } from "#lib/core/json.ts";
import type { FieldPlace } from "#lib/engine/action.ts";
import type { JsonSchema } from "#lib/engine/input-schema.ts";

/** Where a field stands in the value. */
export type SchemaPath = readonly (string | number)[];

/** How a text field that is a template is drawn; the builder brings its own, other forms leave plain inputs. */
export type TemplateFieldRenderer = (field: {
  path: SchemaPath;
  label: string;
  place: FieldPlace;
  schema: JsonSchema;
  value: string;
  onChange: (value: string) => void;
  labelHidden: boolean;
  error: string | undefined;
}) => ReactNode;

/** What every field of a form shares. */
export type SchemaFormContext = {
  renderTemplate?: TemplateFieldRenderer;
  /** Problems by path, as "query.0.value". */
  errors?: Readonly<Record<string, string>>;
  disabled?: boolean;
};

type SchemaFormProps = {
  schema: JsonSchema;
  value: Json;
  onChange: (value: Json) => void;
  path?: SchemaPath;
  context?: SchemaFormContext;
};

/**
 * A form drawn from the JSON Schema of a zod object: labels, help and places from its FieldMeta, advanced fields folded
 * under "More".
 */
export function SchemaForm({ schema, value, onChange, path = [], context = {} }: SchemaFormProps) {
  const object = isJsonObject(value) ? value : {};
  const fields = Object.entries(schema.properties ?? {}).filter(([, property]) => property.const === undefined);
  const main = fields.filter(([, property]) => !property.hookline?.advanced);
  const more = fields.filter(([, property]) => property.hookline?.advanced);
  const draw = ([key, property]: [string, JsonSchema]) => (
    <SchemaField
      key={key}
      schema={property}
      label={labelOf(key, property)}
      required={property.hookline?.required ?? false}
      optional={!schema.required?.includes(key)}
      value={object[key]}
      onChange={(next) => onChange(withProperty(object, key, next))}
      path={[...path, key]}
      context={context}
    />
  );
  return (
    <div className="flex min-w-0 flex-col gap-4">
      {main.map(draw)}
      {more.length > 0 ? (
        <details className="group rounded-control">
          <summary className="flex h-7 items-center text-13 font-medium text-ink-2">
            More: {more.map(([key, property]) => labelOf(key, property).toLowerCase()).join(", ")}
          </summary>
          <div className="flex flex-col gap-4 pt-2">{more.map(draw)}</div>
        </details>
      ) : null}
    </div>
  );
}

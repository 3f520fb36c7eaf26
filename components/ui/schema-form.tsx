"use client";
import { Plus, Trash2 } from "#components/icons.ts";
import { Button } from "#components/ui/button.tsx";
import { Disclosure } from "#components/ui/disclosure.tsx";
import { Field } from "#components/ui/field.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { blankOf, labelOf, variantsOf, withoutNull, withProperty } from "#components/ui/json-schema.ts";
import { SchemaLeaf } from "#components/ui/schema-leaf.tsx";
import type { SchemaFieldProps, SchemaFormContext, SchemaPath } from "#components/ui/schema-types.ts";
import { Select } from "#components/ui/select.tsx";
import { isJsonObject, type Json } from "#lib/core/json.ts";
import type { JsonSchema } from "#lib/engine/input-schema.ts";

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
        <Disclosure
          label={`More: ${more.map(([key, property]) => lowerFirst(labelOf(key, property))).join(", ")}`}
          className="rounded-control"
        >
          <div className="flex flex-col gap-4 pt-2">{more.map(draw)}</div>
        </Disclosure>
      ) : null}
    </div>
  );
}

/** One field by the kind of its schema: one of several shapes, a list, a group, or a single value. */
function SchemaField(props: SchemaFieldProps) {
  const { schema } = withoutNull(props.schema);
  const { label, value, onChange, path, context } = props;
  const variants = variantsOf(schema);
  if (variants) {
    const tag = variants[0]?.tag ?? "";
    const current = isJsonObject(value) ? String(value[tag]) : "";
    const chosen = variants.find((variant) => variant.value === current);
    return (
      <fieldset className="flex min-w-0 flex-col gap-3">
        <Field
          label={label}
          help={schema.hookline?.help ?? schema.description}
          error={context.errors?.[path.join(".")]}
        >
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
  if (schema.type === "array") return <SchemaList {...props} schema={schema} />;
  if (schema.type === "object" && schema.enum === undefined)
    return (
      <fieldset className="min-w-0">
        <legend className="mb-2 text-13 font-medium">{label}</legend>
        <div className="border-l border-line pl-4">
          <SchemaForm schema={schema} value={value ?? {}} onChange={onChange} path={path} context={context} />
        </div>
      </fieldset>
    );
  return <SchemaLeaf {...props} />;
}

/** A list of texts or of small objects, one row each, with buttons to add and remove. */
function SchemaList({ schema, label, value, onChange, path, context }: SchemaFieldProps) {
  const items = Array.isArray(value) ? value : [];
  const item = itemOf(schema);
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

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** What one row holds; the list's placeholder is an example of a row. */
function itemOf({ items = { type: "string" }, hookline }: JsonSchema): JsonSchema {
  if (hookline?.placeholder === undefined) return items;
  return { ...items, hookline: { placeholder: hookline.placeholder, ...items.hookline } };
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

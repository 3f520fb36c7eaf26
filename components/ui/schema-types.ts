import type { ReactNode } from "react";
import type { Json } from "#lib/core/json.ts";
import type { FieldPlace } from "#lib/engine/action.ts";
import type { JsonSchema } from "#lib/engine/input-schema.ts";

/** Where a field stands in the value. */
export type SchemaPath = readonly (string | number)[];

/** How a text field that is a template is drawn; the builder brings its own, other forms leave plain inputs. */
type TemplateFieldRenderer = (field: {
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

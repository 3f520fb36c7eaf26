import type { Json } from "#lib/core/json.ts";
import type { FieldMeta } from "#lib/engine/action.ts";

/**
 * The part of JSON Schema that zod writes for an action's or connection's input, with our FieldMeta under "hookline".
 */
export type JsonSchema = {
  type?: string;
  title?: string;
  description?: string;
  properties?: Record<string, JsonSchema>;
  required?: readonly string[];
  items?: JsonSchema;
  enum?: readonly Json[];
  const?: Json;
  oneOf?: readonly JsonSchema[];
  anyOf?: readonly JsonSchema[];
  default?: Json;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  hookline?: Partial<FieldMeta>;
};

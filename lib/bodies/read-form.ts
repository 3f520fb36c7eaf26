import type { BodyNote } from "#lib/bodies/body-notes.ts";
import { readFormPairs } from "#lib/bodies/form-pairs.ts";
import { textsOfForm } from "#lib/bodies/form-texts.ts";
import { readJsonField } from "#lib/bodies/json-fields.ts";
import { fieldsMax } from "#lib/bodies/limits.ts";
import { nestFields } from "#lib/bodies/nest-fields.ts";
import { JsonText, writeJson } from "#lib/core/json-text.ts";

/**
 * The fields of a form. `exact` has the numbers inside JSON fields as they were written, where they would lose digits.
 */
export type FormReading = { value: Record<string, unknown>; exact: Record<string, unknown>; notes: BodyNote[] };

/** Fields of an urlencoded body: nested by their names, every value a text, documented JSON fields parsed. */
export function readForm(body: Buffer, charset: string | null): FormReading {
  const notes: BodyNote[] = [];
  const pairs = readFormPairs(body, null, fieldsMax + 1);
  if (pairs.length > fieldsMax) notes.push({ kind: "dropped", what: `fields after the first ${fieldsMax}` });
  const texts = textsOfForm(pairs.slice(0, fieldsMax), charset);
  notes.push(...texts.notes);
  const values: Array<readonly [string, unknown]> = [];
  const exacts: Array<readonly [string, unknown]> = [];
  const written: Array<readonly [string, unknown]> = [];
  for (const [name, text] of texts.fields) {
    const json = readJsonField(name, text, "");
    if (json !== null) notes.push(...json.notes);
    values.push([name, json === null ? text : json.value]);
    exacts.push([name, json === null ? text : json.exact]);
    written.push([name, json === null ? text : json.written]);
  }
  const skipped = (name: string): void => {
    const what = `the field ${name}`;
    if (!notes.some((note) => note.kind === "dropped" && note.what === what)) notes.push({ kind: "dropped", what });
  };
  const nest = (fields: typeof values) => nestFields(fields, () => undefined);
  const hasJson = written.some(([, field]) => field instanceof JsonText);
  const json = hasJson ? { json: writeJson(nest(written)) } : {};
  return { value: nestFields(values, skipped), exact: nest(exacts), notes, ...json };
}

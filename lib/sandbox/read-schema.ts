import { schemaCharsMax, schemaDepthMax } from "./limits.ts";

/** The drafts of JSON Schema that are understood. */
export type SchemaDraft = "2020-12" | "draft-07";

/** A schema's text read and found to be within the bounds, or why it cannot be used, in one sentence for its author. */
export type SchemaReading =
  | { kind: "read"; schema: boolean | object; draft: SchemaDraft; ownKeywords: string[] }
  | { kind: "bad-schema"; message: string };

const draftOf = new Map<string, SchemaDraft>([
  ["https://json-schema.org/draft/2020-12/schema", "2020-12"],
  ["http://json-schema.org/draft-07/schema", "draft-07"],
  ["https://json-schema.org/draft-07/schema", "draft-07"],
]);

/**
 * Reads the text of a JSON Schema. Refused are texts that are no JSON, other drafts, references to anything outside the
 * schema, `$async` and `$data`, and nesting that no schema needs. Keywords that begin with "x-" are the author's own.
 */
export function readSchema(text: string): SchemaReading {
  if (text.length > schemaCharsMax)
    return bad(`A schema may have at most ${schemaCharsMax.toLocaleString("en")} characters.`);
  let schema: unknown;
  try {
    schema = JSON.parse(text);
  } catch (error) {
    return bad(`The schema is not JSON: ${(error as Error).message.slice(0, 200)}`);
  }
  if (typeof schema === "boolean") return { kind: "read", schema, draft: "2020-12", ownKeywords: [] };
  if (typeof schema !== "object" || schema === null || Array.isArray(schema))
    return bad("A schema is a JSON object, or true or false.");
  const named = "$schema" in schema ? schema.$schema : undefined;
  const draft =
    named === undefined ? "2020-12" : typeof named === "string" ? draftOf.get(named.replace(/#$/, "")) : undefined;
  if (draft === undefined) return bad('"$schema" names a draft that is not understood; use 2020-12 or draft-07.');
  const ownKeywords = new Set<string>();
  const problem = findForbidden(schema, ownKeywords);
  return problem === null ? { kind: "read", schema, draft, ownKeywords: [...ownKeywords] } : bad(problem);
}

/** Walks without recursion: a hostile nesting must not fill the stack. */
function findForbidden(schema: object, ownKeywords: Set<string>): string | null {
  const open: Array<{ value: object; depth: number }> = [{ value: schema, depth: 1 }];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const { value, depth } = node;
    if (depth > schemaDepthMax) return `The schema is nested deeper than ${schemaDepthMax} levels.`;
    for (const [key, inner] of Object.entries(value)) {
      if (key.startsWith("x-")) ownKeywords.add(key);
      if (key === "$async" && inner === true) return '"$async" is not available.';
      if (key === "$data") return '"$data" is not available: a schema cannot take its limits from the body it judges.';
      if ((key === "$ref" || key === "$dynamicRef") && typeof inner === "string" && pointsOutside(inner, schema))
        return (
          `"${key}": "${inner.slice(0, 120)}" points outside this schema. Nothing is fetched; copy what it ` +
          `points to into "$defs".`
        );
      if (typeof inner === "object" && inner !== null) open.push({ value: inner, depth: depth + 1 });
    }
  }
  return null;
}

/** A reference to a name inside may still miss; compiling says so. */
function pointsOutside(reference: string, schema: object): boolean {
  if (draftOf.has(reference.replace(/#$/, ""))) return false;
  if (!/^(?:[a-z][a-z\d+.-]*:|\/\/)/i.test(reference)) return false;
  const id = "$id" in schema && typeof schema.$id === "string" ? schema.$id.replace(/#$/, "") : null;
  const target = reference.split("#", 1)[0] ?? "";
  return target !== id && !JSON.stringify(schema).includes(`"$id":${JSON.stringify(target)}`);
}

function bad(message: string): SchemaReading {
  return { kind: "bad-schema", message };
}

import { createHash } from "node:crypto";
import type { ErrorObject, ValidateFunction } from "ajv";
import { LRUCache } from "lru-cache";
import { readBody } from "#lib/bodies/read-body.ts";
import { describeMisfit } from "./describe-misfit.ts";
import { compiledSchemasMax, misfitsMax } from "./limits.ts";
import type { Misfit, SchemaCheckOutcome, ValidateOutcome } from "./protocol.ts";
import { compileRegex, UnsupportedRegex } from "./re2-regex.ts";
import { readSchema, type SchemaReading } from "./read-schema.ts";

type Compiled =
  | { kind: "compiled"; first: ValidateFunction; all: () => ValidateFunction }
  | { kind: "bad-schema"; message: string };

/** Bodies larger than this get their first misfit only: listing all of a large list's would take its size again. */
const allMisfitsBytesMax = 256 * 1024;

const compiled = new LRUCache<string, Compiled>({ max: compiledSchemasMax });

/**
 * Whether a schema can be used: it compiles, and it comes to an end on a value of every type. Runs in a sandbox child
 * only.
 */
export async function checkSchema(text: string): Promise<SchemaCheckOutcome> {
  const schema = await compile(text);
  if (schema.kind === "bad-schema") return schema;
  for (const value of [null, true, 0, "", [], {}]) {
    const outcome = judge(schema, value, false);
    if (outcome.kind === "bad-schema") return outcome;
  }
  return { kind: "ok" };
}

/** Whether a body's parsed view fits a schema; what cannot be read misfits. Runs in a sandbox child only. */
export async function validateBody(
  text: string,
  contentType: string | null,
  bytes: Uint8Array,
): Promise<ValidateOutcome> {
  const schema = await compile(text);
  if (schema.kind === "bad-schema") return schema;
  const body = readBody(contentType, bytes);
  if (body.kind === "binary") return unreadable("The body is binary, so it has no fields to check.");
  const broken = body.notes.find(
    ({ kind }) => kind === "parse-error" || kind === "too-deep" || kind === "too-many-keys",
  );
  if (body.kind === "text" && broken !== undefined)
    return unreadable(
      broken.kind === "parse-error"
        ? `The body cannot be read as ${broken.format.toUpperCase()}: ${broken.message.slice(0, 200)}`
        : "The body is nested too deeply or has too many keys to be read.",
    );
  return judge(schema, body.value, bytes.byteLength <= allMisfitsBytesMax);
}

function judge(schema: Extract<Compiled, { kind: "compiled" }>, value: unknown, listAll: boolean): ValidateOutcome {
  try {
    if (schema.first(value)) return { kind: "fits" };
    const validate = listAll ? schema.all() : schema.first;
    if (listAll) validate(value);
    return { kind: "misfits", misfits: toMisfits(validate.errors ?? [], value) };
  } catch (error) {
    if (error instanceof RangeError)
      return { kind: "bad-schema", message: "The schema refers to itself without an end." };
    throw error;
  }
}

function toMisfits(errors: readonly ErrorObject[], value: unknown): Misfit[] {
  const misfits: Misfit[] = [];
  for (const error of errors) {
    const misfit = describeMisfit(error, value);
    if (misfit !== null && !misfits.some(({ message }) => message === misfit.message)) misfits.push(misfit);
    if (misfits.length === misfitsMax) break;
  }
  return misfits.length > 0 ? misfits : [{ path: "", message: "The body does not fit the schema." }];
}

async function compile(text: string): Promise<Compiled> {
  const key = createHash("sha256").update(text).digest("base64");
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const reading = readSchema(text);
  const made = reading.kind === "read" ? await build(reading) : reading;
  compiled.set(key, made);
  return made;
}

/** Each schema has an Ajv of its own: what one author named with "$id" must not be there for another's "$ref". */
async function build(reading: Extract<SchemaReading, { kind: "read" }>): Promise<Compiled> {
  // Read on first use: most children never see a schema.
  const [{ Ajv2020 }, { Ajv }, { default: addFormats }] = await Promise.all([
    import("ajv/dist/2020.js"),
    import("ajv"),
    import("ajv-formats"),
  ]);
  const prepare = (allErrors: boolean): ValidateFunction => {
    const Kind = reading.draft === "2020-12" ? Ajv2020 : Ajv;
    const ajv = new Kind({
      allErrors,
      strict: true,
      strictTypes: false,
      strictTuples: false,
      strictRequired: false,
      allowUnionTypes: true,
      ownProperties: true,
      validateFormats: true,
      logger: false,
      verbose: false,
      code: { regExp: Object.assign(linearRegExp, { code: "linearRegExp" }) },
    });
    addFormats.default(ajv);
    ajv.addVocabulary(
      [...annotations, ...reading.ownKeywords].filter((keyword) => ajv.RULES.keywords[keyword] !== true),
    );
    return ajv.compile(reading.schema);
  };
  try {
    const first = prepare(false);
    let all: ValidateFunction | null = null;
    return { kind: "compiled", first, all: () => (all ??= prepare(true)) };
  } catch (error) {
    return { kind: "bad-schema", message: describeBadSchema(error) };
  }
}

/** Keywords of OpenAPI and editors that describe and never judge. */
const annotations = [
  "example",
  "discriminator",
  "xml",
  "externalDocs",
  "deprecated",
  "readOnly",
  "writeOnly",
  "title",
  "$comment",
  "$vocabulary",
  "$anchor",
];

/** RE2 where it knows the pattern, so that no text can make it slow; else JavaScript's own, which the kill bounds. */
function linearRegExp(pattern: string, flags: string): { test(text: string): boolean; toString(): string } {
  const regex = new RegExp(pattern, flags);
  if (/\\u\{|\\[pP]\{/.test(pattern)) return regex;
  try {
    const linear = compileRegex(regex);
    // Ajv keeps patterns by their text: two without one would be taken for the same.
    return { test: (text) => linear.matcher(text).find(), toString: () => String(regex) };
  } catch (error) {
    if (error instanceof UnsupportedRegex) return regex;
    throw error;
  }
}

function describeBadSchema(error: unknown): string {
  if (error instanceof RangeError) return "The schema is too large or refers to itself without an end.";
  const message = error instanceof Error ? error.message : "";
  const missing = /^can't resolve reference (\S+) from id/.exec(message)?.[1];
  if (missing !== undefined) return `"$ref": "${missing.slice(0, 120)}" points to nothing in this schema.`;
  const unknown = /^strict mode: unknown keyword: "(.+)"$/.exec(message)?.[1];
  if (unknown !== undefined)
    return `"${unknown.slice(0, 80)}" is not a keyword of JSON Schema. Names of your own begin with "x-".`;
  const format = /^unknown format "(.+)" ignored in schema/.exec(message)?.[1];
  if (format !== undefined) return `"format": "${format.slice(0, 80)}" is not known.`;
  return `The schema cannot be used: ${message
    .replace(/^(strict mode|schema is invalid): /, "")
    .replaceAll("data/", "/")
    .slice(0, 300)}`;
}

function unreadable(message: string): ValidateOutcome {
  return { kind: "misfits", misfits: [{ path: "", message }] };
}

import { createHash } from "node:crypto";
import type { BodyNote } from "#lib/bodies/body-notes.ts";
import type { BodyFile, BodyWishes } from "#lib/bodies/body-reading.ts";
import { decodeText, isKnownCharset } from "#lib/bodies/charset.ts";
import { type ContentType, readContentType } from "#lib/bodies/content-type.ts";
import { readJsonField } from "#lib/bodies/json-fields.ts";
import { fieldsMax } from "#lib/bodies/limits.ts";
import {
  type BrokenMultipart,
  type MultipartPart,
  readDisposition,
  splitMultipart,
} from "#lib/bodies/multipart-parts.ts";
import { nestFields } from "#lib/bodies/nest-fields.ts";
import { JsonText, writeJson } from "#lib/core/json-text.ts";

const filesMax = 100;

/** Content of all files together that expressions may ask for; what comes on top is left out, and said so. */
const allContentBytesMax = 2 * 1024 * 1024;

/** What a multipart body came to; `exact` and `json` as in other forms. */
export type MultipartReading =
  | {
      kind: "parsed";
      value: Record<string, unknown>;
      exact: Record<string, unknown>;
      json?: string;
      files: BodyFile[];
      notes: BodyNote[];
    }
  | { kind: "refused"; note: BodyNote };

/** A field's text as it is read, a JSON part parsed. */
type FieldReading = { readonly value: unknown; readonly exact: unknown; readonly written: unknown };

/**
 * Fields as text (parts and fields that are JSON parsed) and files as metadata, by name; names nest as in other forms.
 */
export function readMultipart(declared: ContentType, body: Buffer, wishes: BodyWishes): MultipartReading {
  const split = splitMultipart(declared.boundary, body);
  if (typeof split === "string") return { kind: "refused", note: brokenNote(split) };
  const notes = new Notes();
  const charsets = charsetsOf(split.parts, declared.charset);
  const fields: Array<readonly [string, unknown]> = [];
  const exacts: Array<readonly [string, unknown]> = [];
  const written: Array<readonly [string, unknown]> = [];
  const files = new Files(wishes.fileContent, notes);
  let fieldCount = 0;
  for (const part of split.parts) {
    const { name, filename } = readDisposition(part);
    const { type } = readContentType(part.headers.get("content-type"));
    if (filename !== null || (type === "application/octet-stream" && name !== null)) {
      const file = files.add(name ?? "", filename ?? "", part);
      if (file === null || name === null) continue;
      const shown = { filename: file.filename, contentType: file.contentType, bytes: file.bytes, sha256: file.sha256 };
      fields.push([name, shown]);
      exacts.push([name, shown]);
      written.push([name, shown]);
    } else if (name === null) notes.dropped("parts without a name");
    else if ((fieldCount += 1) > fieldsMax) notes.dropped(`fields after the first ${fieldsMax}`);
    else {
      const field = readField(name, part, charsets, notes);
      fields.push([name, field.value]);
      exacts.push([name, field.exact]);
      written.push([name, field.written]);
    }
  }
  if (split.more) notes.dropped(`parts after the first ${split.parts.length}`);
  const value = nestFields(fields, (name) => notes.dropped(`the field ${name}`));
  const exact = wishes.exact === true ? nestFields(exacts, () => undefined) : value;
  const hasJson = written.some(([, field]) => field instanceof JsonText);
  const json = hasJson ? { json: writeJson(nestFields(written, () => undefined)) } : {};
  return { kind: "parsed", value, exact, files: files.all, notes: notes.all, ...json };
}

/** What a multipart body's text fields are read in: each its own charset, or the one that stands for all. */
export type FieldCharsets = { readonly all: string | null; readonly own: ReadonlyMap<string, string> };

/**
 * Charsets that stand in fields: `_charset_` (RFC 7578 section 4.6) or `charset` (PayPal) for all, before the header's,
 * and SendGrid's `charsets`, a JSON object by field.
 */
export function charsetsOf(parts: readonly MultipartPart[], headerCharset: string | null): FieldCharsets {
  const text = (wanted: string): string | null => {
    const part = parts.find((one) => one.content.length < 10_000 && readDisposition(one).name === wanted);
    return part === undefined ? null : part.content.toString("utf8").trim();
  };
  const all = [text("_charset_"), text("charset")].find((one) => one !== null && one !== "" && isKnownCharset(one));
  return { all: all ?? headerCharset, own: new Map(ownCharsets(text("charsets"))) };
}

function ownCharsets(text: string | null): Array<[string, string]> {
  if (text?.startsWith("{") !== true) return [];
  try {
    return Object.entries(JSON.parse(text) as Record<string, unknown>).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string" && isKnownCharset(entry[1]),
    );
  } catch {
    return [];
  }
}

/**
 * The text of a field's part, in the charset its own header, `charsets` or what stands for all names, else in UTF-8.
 */
export function fieldText(name: string, part: MultipartPart, charsets: FieldCharsets): ReturnType<typeof decodeText> {
  const { charset } = readContentType(part.headers.get("content-type"));
  return decodeText(part.content, charset ?? charsets.own.get(name) ?? charsets.all);
}

function readField(name: string, part: MultipartPart, charsets: FieldCharsets, notes: Notes): FieldReading {
  const decoded = fieldText(name, part, charsets);
  for (const note of decoded.notes) notes.add(note);
  const { type } = readContentType(part.headers.get("content-type"));
  const json = readJsonField(name, decoded.text, type);
  if (json === null) return { value: decoded.text, exact: decoded.text, written: decoded.text };
  for (const note of json.notes) notes.add(note);
  return json;
}

class Files {
  readonly all: BodyFile[] = [];
  readonly #content: BodyWishes["fileContent"];
  readonly #notes: Notes;
  #contentBytes = 0;

  constructor(content: BodyWishes["fileContent"], notes: Notes) {
    this.#content = content;
    this.#notes = notes;
  }

  add(field: string, filename: string, { headers, content }: MultipartPart): BodyFile | null {
    if (this.all.length === filesMax) {
      this.#notes.dropped(`files after the first ${filesMax}`);
      return null;
    }
    const file: BodyFile = {
      field,
      filename,
      contentType: readContentType(headers.get("content-type")).type || "text/plain",
      bytes: content.length,
      sha256: createHash("sha256").update(content).digest("hex"),
      base64: this.#contentOf(content),
    };
    this.all.push(file);
    return file;
  }

  #contentOf(content: Buffer): string | null {
    if (this.#content === this.all.length) return content.toString("base64");
    if (this.#content !== "all") return null;
    this.#contentBytes += content.length;
    if (this.#contentBytes <= allContentBytesMax) return content.toString("base64");
    this.#notes.dropped("the content of files that are too large together");
    return null;
  }
}

/** Each note once, however many fields have it. */
class Notes {
  readonly all: BodyNote[] = [];

  add(note: BodyNote): void {
    if (!this.all.some((known) => JSON.stringify(known) === JSON.stringify(note))) this.all.push(note);
  }

  dropped(what: string): void {
    this.add({ kind: "dropped", what });
  }
}

const WORDS: Record<BrokenMultipart, string> = {
  "no-boundary": "its Content-Type names no boundary.",
  "long-boundary": "its boundary is too long.",
  "no-end": "it ends too early, or its boundary is another one.",
};

function brokenNote(broken: BrokenMultipart): BodyNote {
  return { kind: "parse-error", format: "multipart", message: `Not readable multipart: ${WORDS[broken]}` };
}

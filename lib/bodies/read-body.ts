import { isUtf8 } from "node:buffer";
import type { BodyNote } from "#lib/bodies/body-notes.ts";
import type { BodyReading, BodyWishes } from "#lib/bodies/body-reading.ts";
import { type DecodedText, decodeText } from "#lib/bodies/charset.ts";
import {
  type ContentType,
  isBinaryType,
  isFormType,
  isJsonLinesType,
  isJsonType,
  isXmlType,
  readContentType,
} from "#lib/bodies/content-type.ts";
import { parseExactJson } from "#lib/bodies/exact-json.ts";
import { jsonInForm } from "#lib/bodies/form-json.ts";
import { beginsLikeJson, looksLikeJson } from "#lib/bodies/json-fields.ts";
import { inPlaceBytesMax, notesMax } from "#lib/bodies/limits.ts";
import { readForm } from "#lib/bodies/read-form.ts";
import { checkJsonText, type JsonReading, joinJsonLines, parseJsonText } from "#lib/bodies/read-json.ts";
import { readMultipart } from "#lib/bodies/read-multipart.ts";
import { declaredXmlCharset, readXml } from "#lib/bodies/read-xml.ts";

/**
 * The readable view of a body whose codings were undone. Never throws and never drops the body: what does not parse is
 * text or binary with a note. What is JSON is read as JSON whatever its type says. Belongs in a sandbox child, except
 * for what `isReadInPlace` allows.
 */
export function readBody(contentType: string | null, bytes: Uint8Array, wishes: BodyWishes = {}): BodyReading {
  if (bytes.length === 0) return empty();
  const declared = readContentType(contentType);
  const { type, charset } = declared;
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isJsonType(type)) return readJson(body, declared, wishes) ?? empty();
  const byContent = readByContent(body, declared, wishes);
  if (byContent !== null) return byContent;
  if (isFormType(type)) {
    const encoded = jsonInForm(body);
    const json = encoded === null ? null : readByContent(encoded, declared, { ...wishes, asWritten: false });
    if (json !== null) return json;
    const { exact, ...reading } = readForm(body, charset);
    return { kind: "form", ...reading, ...exactIf(wishes, exact) };
  }
  if (type.startsWith("multipart/")) {
    const reading = readMultipart(declared, body, wishes);
    if (reading.kind === "refused") return asText(body, declared, contentType, [reading.note]);
    const { exact, ...parts } = reading;
    return { ...parts, kind: "multipart", ...exactIf(wishes, exact) };
  }
  if (isXmlType(type)) return readXmlBody(body, declared, contentType);
  return asText(body, declared, contentType, []);
}

/** Whether a body may be read on an event loop: it is small, and its format cheap. */
export function isReadInPlace(contentType: string | null, bytes: Uint8Array): boolean {
  return bytes.length <= inPlaceBytesMax && !isXmlType(readContentType(contentType).type);
}

function exactIf({ exact }: BodyWishes, value: unknown): { exact?: unknown } {
  return exact === true ? { exact: value } : {};
}

/** Null when there is nothing but space. */
function readJson(body: Buffer, declared: ContentType, wishes: BodyWishes): BodyReading | null {
  const { text, notes } = decodeText(body, declared.charset, true);
  if (text.trim() === "") return null;
  const reading = readText(text, wishes);
  if (reading.kind === "parsed")
    return { ...asJson(text, reading.value, [...notes, ...reading.notes], wishes), ...asSentIf(wishes, body) };
  const lines = readLines(text, declared, wishes, notes);
  return lines ?? { kind: "text", value: text, notes: [...notes, ...reading.notes] };
}

/** JSON or JSON lines under a type that says otherwise or nothing; null when it is neither. */
function readByContent(body: Buffer, declared: ContentType, wishes: BodyWishes): BodyReading | null {
  const isLines = isJsonLinesType(declared.type);
  if (!isLines && !beginsLikeJson(body)) return null;
  const { text, notes } = decodeText(body, declared.charset);
  if (isLines) {
    if (text.trim() === "") return null;
    const lines = readLines(text, declared, wishes, notes);
    if (lines !== null) return lines;
  }
  if (!looksLikeJson(text)) return null;
  const reading = readText(text, wishes);
  if (reading.kind === "refused") {
    const lines = isLines ? null : readLines(text, declared, wishes, notes);
    if (lines !== null || declared.type !== "") return lines;
    // What says nothing about itself and begins as JSON was meant as JSON: its reader is told where it breaks.
    return { kind: "text", value: text, notes: [...notes, ...reading.notes] };
  }
  const found = [...contentNote(declared, "json"), ...notes, ...reading.notes];
  return { ...asJson(text, reading.value, found, wishes), ...asSentIf(wishes, body) };
}

function readLines(text: string, declared: ContentType, wishes: BodyWishes, notes: BodyNote[]): BodyReading | null {
  const isDeclared = isJsonLinesType(declared.type);
  const joined = joinJsonLines(text, isDeclared);
  const reading = joined === null ? null : readText(joined, wishes);
  if (joined === null || reading?.kind !== "parsed") return null;
  const note = isDeclared ? [] : contentNote(declared, "json-lines");
  return asJson(joined, reading.value, [...note, ...notes, ...reading.notes], wishes);
}

function asSentIf({ asWritten }: BodyWishes, body: Buffer): { isAsSent?: boolean } {
  return asWritten === true ? { isAsSent: isUtf8(body) } : {};
}

function readText(text: string, { asWritten }: BodyWishes): JsonReading {
  return asWritten === true ? checkJsonText(text) : parseJsonText(text);
}

function asJson(text: string, value: unknown, notes: BodyNote[], wishes: BodyWishes): BodyReading {
  const mayDiffer = notes.length >= notesMax || notes.some(({ kind }) => kind === "lossy-number");
  return {
    kind: "json",
    value,
    notes,
    json: text.trim(),
    ...exactIf(wishes, wishes.exact === true && mayDiffer ? parseExactJson(text) : value),
  };
}

/** A missing type and one that says nothing are no deviation. */
function contentNote({ type }: ContentType, format: "json" | "json-lines"): BodyNote[] {
  return type === "" || type === "application/octet-stream"
    ? []
    : [{ kind: "read-by-content", declared: type, format }];
}

function readXmlBody(body: Buffer, declared: ContentType, contentType: string | null): BodyReading {
  const { text, notes, charset } = decodeXml(body, declared.charset);
  const reading = readXml(text);
  if (reading.kind === "parsed") return { kind: "xml", value: reading.value, notes };
  return asText(body, { ...declared, charset }, contentType, [reading.note]);
}

/**
 * What the header says counts before what the document says (RFC 7303, 3), unless the bytes disprove only the header.
 */
function decodeXml(body: Buffer, header: string | null): DecodedText & { charset: string | null } {
  const own = declaredXmlCharset(body);
  const first = decodeText(body, header ?? own);
  if (header === null || own === null || first.notes.length === 0) return { ...first, charset: header ?? own };
  const second = decodeText(body, own);
  if (second.notes.length > 0) return { ...first, charset: header };
  return { text: second.text, notes: [{ kind: "other-charset", declared: header, used: own }], charset: own };
}

function asText(body: Buffer, declared: ContentType, contentType: string | null, reasons: BodyNote[]): BodyReading {
  const { type, charset } = declared;
  const binary = (): BodyReading => ({
    kind: "binary",
    value: { contentType: contentType ?? "application/octet-stream", bytes: body.length },
    notes: reasons,
  });
  if (isBinaryType(type)) return binary();
  const { text, notes } = decodeText(body, charset);
  const isSaidToBeText = type.startsWith("text/") || charset !== null || reasons.length > 0;
  if (!isSaidToBeText && (body.includes(0) || notes.length > 0)) return binary();
  return { kind: "text", value: text, notes: [...reasons, ...notes] };
}

function empty(): BodyReading {
  return { kind: "empty", value: null, notes: [] };
}

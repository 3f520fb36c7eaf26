import { decodeText } from "#lib/bodies/charset.ts";
import { fieldsMax } from "#lib/bodies/limits.ts";
import { undoTransfer } from "#lib/bodies/undo-transfer.ts";

/** One part of a multipart body: its headers in lower case, and its content, mostly a view of the body. */
export type MultipartPart = { readonly headers: ReadonlyMap<string, string>; readonly content: Buffer };

/** Why a body that says it is multipart is none. */
export type BrokenMultipart = "no-boundary" | "long-boundary" | "no-end";

/** Fields, and files beside them. */
const PARTS_MAX = fieldsMax + 100;
const HEAD_BYTES_MAX = 16 * 1024;
const HEADERS_MAX = 50;
/** RFC 2046 section 5.1.1 says 70; some senders write longer ones. */
const BOUNDARY_CHARACTERS_MAX = 100;

/** The parts of a multipart body (RFC 7578, RFC 2046), `more` where there are more than are read; or why it is none. */
export function splitMultipart(
  boundary: string | null,
  body: Buffer,
): { readonly parts: readonly MultipartPart[]; readonly more: boolean } | BrokenMultipart {
  if (boundary === null || boundary === "") return "no-boundary";
  if (boundary.length > BOUNDARY_CHARACTERS_MAX) return "long-boundary";
  const opening = Buffer.from(`--${boundary}`, "latin1");
  const opens = body.subarray(0, opening.length).equals(opening);
  // Writers of mails and scripts end lines with a line feed alone; then the whole body does.
  const lineEnd = opens && body[opening.length] === 0x0a ? "\n" : "\r\n";
  const delimiter = Buffer.concat([Buffer.from(lineEnd), opening]);
  const blankLine = lineEnd + lineEnd;
  const first = opens ? -lineEnd.length : findDelimiter(body, delimiter, 0);
  if (first === null) return "no-end";
  let at = first + delimiter.length;
  const parts: MultipartPart[] = [];
  for (;;) {
    if (body[at] === 0x2d && body[at + 1] === 0x2d) return { parts, more: false };
    if (parts.length === PARTS_MAX) return { parts, more: true };
    const headEnd = body.indexOf(blankLine, at);
    const end = findDelimiter(body, delimiter, at);
    if (end === null || headEnd < 0 || headEnd > end) return "no-end";
    const headers = readHead(body.subarray(at, headEnd));
    const content = body.subarray(Math.min(headEnd + blankLine.length, end), end);
    parts.push({ headers, content: undoTransfer(headers.get("content-transfer-encoding"), content) });
    at = end + delimiter.length;
  }
}

/** Where the next delimiter line begins; a line that only begins like one belongs to a part. */
function findDelimiter(body: Buffer, delimiter: Buffer, from: number): number | null {
  const lineEnds = delimiter[0];
  for (let found = body.indexOf(delimiter, from); found >= 0; found = body.indexOf(delimiter, found + 1)) {
    const after = body[found + delimiter.length];
    if (after === undefined || after === 0x2d || after === lineEnds || after === 0x20 || after === 0x09) return found;
  }
  return null;
}

/** Of a header that is sent twice the first counts; folded lines belong to the line before. */
function readHead(head: Buffer): Map<string, string> {
  const headers = new Map<string, string>();
  const lines = decodeText(head.subarray(0, HEAD_BYTES_MAX), null)
    .text.replace(/\r?\n[ \t]+/g, " ")
    .split(/\r?\n/, HEADERS_MAX + 1);
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(colon, 0)).trim().toLowerCase();
    if (name !== "" && !headers.has(name)) headers.set(name, line.slice(colon + 1).trim());
  }
  return headers;
}

/** What a Content-Disposition says: the field's name, and the file's where it is one. */
export type Disposition = { readonly name: string | null; readonly filename: string | null };

/**
 * Reads a part's Content-Disposition: `filename*` and `name*` (RFC 5987) count before `filename` and `name`, and of a
 * file's path only the last part.
 */
export function readDisposition({ headers }: MultipartPart): Disposition {
  const header = headers.get("content-disposition") ?? "";
  const parameters = parametersOf(header);
  const filename = extended(parameters.get("filename*")) ?? parameters.get("filename");
  return {
    name: extended(parameters.get("name*")) ?? parameters.get("name") ?? null,
    filename: filename?.slice(Math.max(filename.lastIndexOf("/"), filename.lastIndexOf("\\")) + 1) ?? null,
  };
}

/**
 * `form-data; name="a"; filename=b` without the first word; in quotes a backslash stands only before quotes and itself.
 */
function parametersOf(header: string): Map<string, string> {
  const parameters = new Map<string, string>();
  let at = header.indexOf(";");
  while (at >= 0 && at < header.length) {
    const equals = header.indexOf("=", at);
    if (equals < 0) break;
    const name = header
      .slice(at + 1, equals)
      .replace(/^[;\s]+/, "")
      .trim()
      .toLowerCase();
    const start = skipBlanks(header, equals + 1);
    const end = header[start] === '"' ? endOfQuoted(header, start) : endOfToken(header, start);
    const value = header[start] === '"' ? unquoted(header.slice(start + 1, end)) : header.slice(start, end).trim();
    if (!parameters.has(name)) parameters.set(name, value);
    at = header.indexOf(";", end);
  }
  return parameters;
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (text[at] === " " || text[at] === "\t") at += 1;
  return at;
}

function endOfToken(text: string, start: number): number {
  const end = text.indexOf(";", start);
  return end < 0 ? text.length : end;
}

/** Browsers leave backslashes alone, and paths are full of them: only `\"` and `\\` are escapes. */
function endOfQuoted(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === "\\" && (text[at + 1] === '"' || text[at + 1] === "\\")) at += 1;
    else if (text[at] === '"') return at;
  }
  return text.length;
}

function unquoted(text: string): string {
  return text.replace(/\\(["\\])/g, "$1");
}

/** `UTF-8''na%C3%AFve.txt`; null when it is no such value. */
function extended(value: string | undefined): string | null {
  const found = /^([\w.:-]+)'[^']*'(.*)$/s.exec(value ?? "");
  if (found === null) return null;
  const bytes = Buffer.from(
    (found[2] ?? "").replace(/%([0-9a-f]{2})/gi, (_whole, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    ),
    "latin1",
  );
  try {
    return new TextDecoder(found[1], { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

import { type BodyProblem, type BodyWishes, decodeText, type ParsedBody, readContentType } from "./body-view.ts";
import { parseFormText } from "./form-body.ts";
import { parseExactJson, parseJsonText } from "./json-body.ts";
import { parseMultipart } from "./multipart-body.ts";
import { declaredXmlCharset, parseXmlText } from "./xml-body.ts";

export type { BodyFile, BodyProblem, BodyWishes, ParsedBody } from "./body-view.ts";

/** Largest body that may be parsed on an event loop. */
export const inPlaceBytesMax = 64 * 1024;

/**
 * The parsed view of a body up to the body cap. Never throws and never drops the body: what does not parse is text or
 * binary with a problem. Belongs in a sandbox child, except for what `parseBodyInPlace` takes.
 */
export async function parseBody(
  contentType: string | null,
  bytes: Uint8Array,
  wishes: BodyWishes = {},
): Promise<ParsedBody> {
  if (readContentType(contentType).type.startsWith("multipart/")) {
    if (bytes.length === 0) return empty();
    const problems: BodyProblem[] = [];
    const reading = await parseMultipart(contentType ?? "", bytes, problems, wishes.fileContent);
    if (reading.kind === "parsed") return { kind: "multipart", value: reading.value, problems, files: reading.files };
    return asText(bytes, contentType, null, [...problems, reading.problem]);
  }
  return parseBodySync(contentType, bytes, wishes);
}

/** The parsed view at once, for small bodies in cheap formats; null = send it to the sandbox. */
export function parseBodyInPlace(
  contentType: string | null,
  bytes: Uint8Array,
  wishes: BodyWishes = {},
): ParsedBody | null {
  const { type } = readContentType(contentType);
  if (bytes.length > inPlaceBytesMax || type.startsWith("multipart/") || isXml(type)) return null;
  return parseBodySync(contentType, bytes, wishes);
}

function parseBodySync(contentType: string | null, bytes: Uint8Array, wishes: BodyWishes): ParsedBody {
  if (bytes.length === 0) return empty();
  const { type, charset } = readContentType(contentType);
  if (isJson(type)) return readJson(bytes, contentType, charset, wishes);
  if (type === "application/x-www-form-urlencoded") return readForm(bytes, charset, wishes);
  if (isXml(type)) return readXml(bytes, contentType, charset);
  if (type === "" || type === "text/plain" || type === "application/octet-stream")
    return sniff(bytes, contentType, charset, wishes);
  return asText(bytes, contentType, charset, []);
}

function readJson(
  bytes: Uint8Array,
  contentType: string | null,
  charset: string | null,
  { exact }: BodyWishes,
): ParsedBody {
  const problems: BodyProblem[] = [];
  const text = decodeText(bytes, charset, problems);
  if (text.trim() === "") return { ...empty(), problems };
  const reading = parseJsonText(text);
  if (reading.kind === "parsed") {
    const body: ParsedBody = {
      kind: "json",
      value: reading.value,
      problems: [...problems, ...reading.problems],
      json: text.trim(),
    };
    return exact === true ? { ...body, exact: parseExactJson(text) } : body;
  }
  return asText(bytes, contentType, charset, reading.problems);
}

function readForm(bytes: Uint8Array, charset: string | null, wishes: BodyWishes): ParsedBody {
  const problems: BodyProblem[] = [];
  const text = decodeText(bytes, null, problems);
  const { value, exact } = parseFormText(text, charset, problems);
  return { kind: "form", value, problems, ...(wishes.exact === true ? { exact } : {}) };
}

function readXml(bytes: Uint8Array, contentType: string | null, charset: string | null): ParsedBody {
  const problems: BodyProblem[] = [];
  const declared = charset ?? declaredXmlCharset(bytes);
  const reading = parseXmlText(decodeText(bytes, declared, problems));
  if (reading.kind === "parsed") return { kind: "xml", value: reading.value, problems };
  return asText(bytes, contentType, declared, [reading.problem]);
}

/** No type, or one that says nothing (SNS sends JSON as text/plain): JSON when it is JSON, else text or binary. */
function sniff(bytes: Uint8Array, contentType: string | null, charset: string | null, wishes: BodyWishes): ParsedBody {
  const first = bytes.find((byte) => byte > 0x20 && byte !== 0xef && byte !== 0xbb && byte !== 0xbf);
  if (first === 0x7b || first === 0x5b) {
    const asJson = readJson(bytes, contentType, charset, wishes);
    if (asJson.kind === "json" || readContentType(contentType).type === "") return asJson;
  }
  return asText(bytes, contentType, charset, []);
}

function asText(
  bytes: Uint8Array,
  contentType: string | null,
  charset: string | null,
  reasons: BodyProblem[],
): ParsedBody {
  const { type } = readContentType(contentType);
  const problems: BodyProblem[] = [];
  const binaryType =
    /^(image|audio|video|font)\//.test(type) ||
    type === "application/pdf" ||
    type === "application/zip" ||
    type === "application/gzip";
  const text = binaryType ? "" : decodeText(bytes, charset, problems);
  const declaredText = type.startsWith("text/") || charset !== null || reasons.length > 0;
  if (binaryType || (!declaredText && (bytes.includes(0) || problems.length > 0))) {
    return {
      kind: "binary",
      value: { contentType: contentType ?? "application/octet-stream", bytes: bytes.length },
      problems: reasons,
    };
  }
  return { kind: "text", value: text, problems: [...reasons, ...problems] };
}

function empty(): ParsedBody {
  return { kind: "empty", value: null, problems: [] };
}

function isJson(type: string): boolean {
  return (
    type === "application/json" ||
    type === "text/json" ||
    type === "application/x-json" ||
    type === "application/csp-report" ||
    type.endsWith("+json")
  );
}

function isXml(type: string): boolean {
  return type === "application/xml" || type === "text/xml" || type.endsWith("+xml");
}

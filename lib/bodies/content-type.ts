/** A media type in lower case with the parameters that decide how a body is read. */
export type ContentType = { readonly type: string; readonly charset: string | null; readonly boundary: string | null };

const HEADER_CHARACTERS_MAX = 1000;

/**
 * Reads a Content-Type as it is meant: of several joined in one line the first counts, and a parameter may stand behind
 * a blank instead of a semicolon. All empty when the header is missing or unreadable.
 */
export function readContentType(header: string | null | undefined): ContentType {
  const text = (header ?? "").slice(0, HEADER_CHARACTERS_MAX);
  const type = (/^[^;,\s]*/.exec(text.trimStart())?.[0] ?? "").toLowerCase();
  if (text.trim().length === type.length) return { type, charset: null, boundary: null };
  return { type, charset: parameter(text, "charset")?.toLowerCase() ?? null, boundary: parameter(text, "boundary") };
}

function parameter(text: string, name: "charset" | "boundary"): string | null {
  const found = PARAMETERS[name].exec(text);
  return found?.[1] ?? found?.[2] ?? null;
}

const PARAMETERS = {
  charset: /[;\s]charset\s*=\s*(?:"([^"]*)"|([^\s;,"]+))/i,
  boundary: /[;\s]boundary\s*=\s*(?:"([^"]*)"|([^\s;,"]+))/i,
};

/** Whether a type names JSON. */
export function isJsonType(type: string): boolean {
  return JSON_TYPES.has(type) || type.endsWith("+json") || type.startsWith("application/x-amz-json-");
}

const JSON_TYPES: ReadonlySet<string> = new Set([
  "application/json",
  "text/json",
  "application/x-json",
  "application/csp-report",
]);

/** Whether a type names JSON texts one on each line. */
export function isJsonLinesType(type: string): boolean {
  return JSON_LINES_TYPES.has(type) || type.endsWith("+json-seq");
}

const JSON_LINES_TYPES: ReadonlySet<string> = new Set([
  "application/x-ndjson",
  "application/ndjson",
  "application/jsonl",
  "application/x-jsonl",
  "application/jsonlines",
  "application/x-jsonlines",
  "application/json-lines",
  "application/json-seq",
  "text/x-ndjson",
  "text/jsonl",
]);

/** Whether a type names XML. */
export function isXmlType(type: string): boolean {
  return type === "application/xml" || type === "text/xml" || type.endsWith("+xml");
}

/** Whether a type names a form in a URL's encoding. */
export function isFormType(type: string): boolean {
  return type === "application/x-www-form-urlencoded";
}

/** Whether a type names what is always text, so that it cannot begin as compressed bytes do. */
export function isTextType(type: string): boolean {
  const isForm = isFormType(type) || type.startsWith("multipart/");
  return isForm || type.startsWith("text/") || isJsonType(type) || isJsonLinesType(type) || isXmlType(type);
}

/** Whether a type names what is no text, so that nothing in it is taken for text. */
export function isBinaryType(type: string): boolean {
  return /^(?:image|audio|video|font)\//.test(type) ? !isXmlType(type) : BINARY_TYPES.has(type);
}

const BINARY_TYPES: ReadonlySet<string> = new Set([
  "application/pdf",
  "application/zip",
  "application/gzip",
  "application/x-tar",
]);

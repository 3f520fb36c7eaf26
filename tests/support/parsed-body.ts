import { type ParsedBody, parseBody } from "#lib/sandbox/parse-body.ts";

/** Parses a body given as text or bytes. */
export function parse(contentType: string | null, body: string | Uint8Array): Promise<ParsedBody> {
  return parseBody(contentType, typeof body === "string" ? Buffer.from(body) : body);
}

/** The kinds of what was wrong with a body, in order. */
export function kinds(body: ParsedBody): string[] {
  return body.problems.map((problem) => problem.kind);
}

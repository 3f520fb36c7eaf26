import type { HeldLink } from "#lib/commands/runs/answer-callback.ts";
import { findJsonError } from "#lib/core/json-error.ts";
import { JsonText } from "#lib/core/json-text.ts";
import { KIB } from "#lib/core/units.ts";

/** The largest body of an answer. */
export const ANSWER_BYTES_MAX = 256 * KIB;

/** The deepest JSON that is taken: what reads it later must not run out of stack. */
const DEPTH_MAX = 200;

/** An answer as it was posted: which of the choices, and its body as JSON text; or why it is none, with a status. */
export type GivenAnswer =
  | { kind: "given"; choice: string; body: string }
  | { kind: "refused"; status: number; code: string; message: string };

/**
 * Reads what was posted to a link: the form of its page (`choice`, `note`), JSON with or without a member `choice`, or
 * nothing where the link has one answer only.
 */
export async function readGivenAnswer(request: Request, link: Pick<HeldLink, "offered">): Promise<GivenAnswer> {
  const bytes = await readBytes(request);
  if (bytes === null) return refused(413, "too-large", `An answer has at most ${ANSWER_BYTES_MAX / KIB} KiB.`);
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return refused(400, "not-utf-8", "The answer is not UTF-8 text.");
  }
  if (text.trim() === "") return choose(link, undefined, "null");
  if (type === "application/x-www-form-urlencoded") {
    const fields = new URLSearchParams(text);
    const note = fields.get("note")?.trim() ?? "";
    return choose(link, fields.get("choice") ?? undefined, note === "" ? "{}" : JSON.stringify({ note }));
  }
  if (type !== "" && !/^application\/(?:[\w.+-]+\+)?json$/.test(type))
    return refused(415, "unsupported-type", "Send the answer as application/json, or as a form.");
  const place = findJsonError(text);
  if (place !== null)
    return refused(400, "not-json", `The answer is not JSON: line ${place.line}, column ${place.column}.`);
  if (depthOf(text) > DEPTH_MAX) return refused(400, "too-deep", `The answer nests more than ${DEPTH_MAX} deep.`);
  const body = new JsonText(text.trim());
  return choose(link, body.kind === "object" ? body.member("choice")?.value : undefined, body.text);
}

function choose({ offered }: Pick<HeldLink, "offered">, wanted: unknown, body: string): GivenAnswer {
  const only = offered.length === 1 ? offered[0] : undefined;
  if (wanted === undefined && only !== undefined) return { kind: "given", choice: only.id, body };
  const chosen = offered.find(({ id }) => id === wanted);
  if (chosen !== undefined) return { kind: "given", choice: chosen.id, body };
  const ids = offered.map(({ id }) => `"${id}"`).join(", ");
  return refused(
    422,
    "choose",
    `Choose an answer: "choice" has to be ${offered.length === 1 ? ids : `one of ${ids}`}.`,
  );
}

function refused(status: number, code: string, message: string): GivenAnswer {
  return { kind: "refused", status, code, message };
}

/** How deep lists and objects nest; the text is known to be JSON. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [token] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{}]/g)) {
    if (token === "[" || token === "{") deepest = Math.max(deepest, (depth += 1));
    else if (token === "]" || token === "}") depth -= 1;
  }
  return deepest;
}

/** The body, or null when it is larger than an answer may be; what is beyond is not read. */
async function readBytes(request: Request): Promise<Uint8Array | null> {
  if (request.body === null) return new Uint8Array(0);
  const reader = request.body.getReader();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(chunks);
    bytes += value.byteLength;
    if (bytes > ANSWER_BYTES_MAX) {
      await reader.cancel();
      return null;
    }
    chunks.push(value);
  }
}

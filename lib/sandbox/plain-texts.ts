import { type PlainFunction, refuse, type Values } from "./plain-call.ts";

/** Longest text that is searched, cut or put together in place, in characters. */
const TEXT_CHARS_MAX = 64 * 1024;

/** The functions about texts. */
export const textFunctions: Record<string, PlainFunction> = {
  uppercase: { takes: ["text"], call: ([text]) => short(text).toUpperCase() },
  lowercase: { takes: ["text"], call: ([text]) => short(text).toLowerCase() },
  length: { takes: ["text"], call: ([text]) => characters(text).length },
  trim: { takes: ["text"], call: ([text]) => trim(short(text)) },
  substring: { takes: ["text", "number", "number"], optional: 1, call: substring },
  substringBefore: { takes: ["text", "text"], call: ([text, mark]) => cutAt(text, mark).before },
  substringAfter: { takes: ["text", "text"], call: ([text, mark]) => cutAt(text, mark).after },
  contains: {
    takes: ["text", "text"],
    call: ([text, part]) => (part === undefined ? undefined : short(text).includes(short(part))),
  },
  split: { takes: ["text", "text"], call: ([text, separator]) => short(text).split(short(separator)) },
  join: { takes: ["texts", "text"], optional: 1, call: ([texts, separator]) => join(texts as string[], separator) },
  replace: {
    takes: ["text", "text", "text"],
    call: ([text, sought, by]) => join(short(text).split(filled(sought)), short(by)),
  },
};

/** The text, where it is short enough to be worked on in place. */
export function short(text: unknown): string {
  return typeof text === "string" && text.length <= TEXT_CHARS_MAX ? text : refuse();
}

function filled(text: unknown): string {
  return text === "" ? refuse() : short(text);
}

/** Characters as people count them: one beyond the Basic Multilingual Plane is one, not two. */
function characters(text: unknown): string[] {
  return [...short(text)];
}

function trim(text: string): string {
  return text.replace(/[ \t\n\r]+/g, " ").replace(/^ | $/g, "");
}

function substring([text, start, length]: Values): string {
  const all = characters(text);
  if (typeof start !== "number") return refuse();
  const from = all.length + start < 0 ? 0 : start;
  if (typeof length !== "number") return all.slice(from).join("");
  if (length <= 0) return "";
  return all.slice(from, from >= 0 ? from + length : all.length + from + length).join("");
}

function cutAt(text: unknown, mark: unknown): { before: string; after: string } {
  const [whole, sought] = [short(text), short(mark)];
  const at = whole.indexOf(sought);
  return at < 0
    ? { before: whole, after: whole }
    : { before: whole.slice(0, at), after: whole.slice(at + sought.length) };
}

function join(texts: readonly string[], separator: unknown): string {
  const between = separator === undefined ? "" : short(separator);
  const length = texts.reduce((sum, text) => sum + text.length + between.length, 0);
  return length > TEXT_CHARS_MAX ? refuse() : texts.join(between);
}

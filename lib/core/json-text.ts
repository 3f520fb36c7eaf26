import type { Json } from "./json.ts";
import { countItems, type Found, findItem, findMember, listItems, listMembers, readNumber } from "./json-pieces.ts";

/** A value of which some parts may still be the text they were written in. */
export type Written = Json | JsonText | Written[] | WrittenObject;

/** An object of such values. */
export interface WrittenObject {
  [key: string]: Written;
}

/** A whole text, and whether a word was found in it: all its pieces share the answer. */
type Whole = { readonly text: string; words: Map<string, boolean> | null };

/** What stands at a piece of JSON text. */
export type JsonKind = "object" | "list" | "text" | "number" | "boolean" | "null";

const KINDS: Readonly<Record<string, JsonKind>> = {
  "{": "object",
  "[": "list",
  '"': "text",
  t: "boolean",
  f: "boolean",
  n: "null",
};

/**
 * A JSON value as it was written: a piece of a larger text that is known to be JSON. Passing it on keeps every digit,
 * escape, space and key; it is only parsed where somebody calculates with it.
 */
export class JsonText {
  readonly #whole: Whole;
  readonly #start: number;
  readonly #end: number;
  #parsed: { value: Json } | null = null;
  #members: ReadonlyMap<string, JsonText> | null = null;
  #wasSearched = false;

  /** Takes the whole text, or the piece of it between two offsets. The text must be JSON: nothing here checks it. */
  constructor(
    source: string | Whole,
    start = 0,
    end = typeof source === "string" ? source.length : source.text.length,
  ) {
    this.#whole = typeof source === "string" ? { text: source, words: null } : source;
    this.#start = start;
    this.#end = end;
  }

  /** The piece as written, without white space around it where it is a part of a larger text. */
  get text(): string {
    return this.#whole.text.slice(this.#start, this.#end);
  }

  get kind(): JsonKind {
    let at = this.#start;
    while (at < this.#end && this.#whole.text.charCodeAt(at) <= 0x20) at++;
    return KINDS[this.#whole.text.charAt(at)] ?? "number";
  }

  /** The parsed value. Numbers that no double can hold are null. */
  get value(): Json {
    this.#parsed ??= { value: parseJson(this.text) };
    return this.#parsed.value;
  }

  /** The member of an object under a name, the last one where it is there twice; undefined where there is none. */
  member(name: string): JsonText | undefined {
    if (this.#members !== null) return this.#members.get(name);
    if (this.#wasSearched) return this.members().get(name);
    // Most objects are asked once: an index pays from the second time.
    this.#wasSearched = true;
    return this.#piece(findMember(this.#whole.text, this.#start, name));
  }

  /** All members of an object by name, the last one where a name is there twice. */
  members(): ReadonlyMap<string, JsonText> {
    if (this.#members === null) {
      const members = new Map<string, JsonText>();
      for (const { key, start, end } of listMembers(this.#whole.text, this.#start))
        members.set(String(JSON.parse(key)), new JsonText(this.#whole, start, end));
      this.#members = members;
    }
    return this.#members;
  }

  /** The items of a list; null where there are more than `itemsMax`. */
  items(itemsMax: number): JsonText[] | null {
    const found = listItems(this.#whole.text, this.#start, itemsMax);
    return found?.map(({ start, end }) => new JsonText(this.#whole, start, end)) ?? null;
  }

  /** How many items a list has; 0 for other values. */
  get itemCount(): number {
    return countItems(this.#whole.text, this.#start);
  }

  /** The item of a list at an index from 0, or from -1 backwards. */
  item(index: number): JsonText | undefined {
    return this.#piece(findItem(this.#whole.text, this.#start, index));
  }

  /** Whether a word may occur in the text this is a piece of, as it is or behind an escape. */
  mayHold(word: string): boolean {
    const words = (this.#whole.words ??= new Map<string, boolean>());
    let held = words.get(word);
    if (held === undefined) {
      held = this.#whole.text.includes(word) || this.#whole.text.includes("\\u00");
      words.set(word, held);
    }
    return held;
  }

  /** So that a value that is written by somebody else's serializer is still a value. */
  toJSON(): Json {
    return this.value;
  }

  #piece(found: Found | null): JsonText | undefined {
    return found === null ? undefined : new JsonText(this.#whole, found.start, found.end);
  }
}

/** Says whether a value is an object whose members can be asked as those of any other. */
export function isWrittenObject(value: Written | undefined): value is WrittenObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof JsonText);
}

/** The plain value, with everything parsed that was still text. */
export function readWritten(value: Written): Json {
  if (value instanceof JsonText) return value.value;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(readWritten);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, readWritten(member)]));
}

/**
 * The items of a list, none for null, and any other value as the only one; null where there are more than `itemsMax`.
 */
export function itemsIn(value: Written, itemsMax: number): readonly Written[] | null {
  if (value instanceof JsonText) {
    if (value.kind === "list") return value.items(itemsMax);
    return value.kind === "null" ? [] : [value];
  }
  if (Array.isArray(value)) return value.length > itemsMax ? null : value;
  return value === null ? [] : [value];
}

/** The members of an object by name, none for any other value. */
export function membersIn(value: Written): [name: string, member: Written][] {
  if (value instanceof JsonText) return [...value.members()];
  return isWrittenObject(value) ? Object.entries(value) : [];
}

/** What stands at a value. */
export function kindOf(value: Written): JsonKind {
  if (value instanceof JsonText) return value.kind;
  if (value === null) return "null";
  if (Array.isArray(value)) return "list";
  return typeof value === "string" ? "text" : (typeof value as "object" | "number" | "boolean");
}

/**
 * The value as JSON text, with what was written taken over as it stands. What has no JSON form is left out as
 * JSON.stringify does.
 */
export function writeJson(value: unknown): string {
  return write(value) ?? "null";
}

function write(value: unknown): string | undefined {
  if (value instanceof JsonText) return value.text;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (value instanceof Date) return JSON.stringify(value);
  return Array.isArray(value) ? writeList(value) : writeObject(value as Record<string, unknown>);
}

function writeList(items: readonly unknown[]): string {
  let text = "";
  for (const item of items) text += `${text === "" ? "" : ","}${write(item) ?? "null"}`;
  return `[${text}]`;
}

function writeObject(members: Record<string, unknown>): string {
  let text = "";
  for (const key of Object.keys(members)) {
    const member = write(members[key]);
    if (member !== undefined) text += `${text === "" ? "" : ","}${JSON.stringify(key)}:${member}`;
  }
  return `{${text}}`;
}

/** Texts that may hold a number beyond what a double can: a long one, or one with an exponent. */
const MAY_OVERFLOW = /\d{200}|\d[eE]\+?\d{2}/;

function parseJson(text: string): Json {
  const value = JSON.parse(text) as Json;
  if (typeof value === "number") return readNumber(value);
  if (typeof value !== "object" || value === null || !MAY_OVERFLOW.test(text)) return value;
  return JSON.parse(text, (_key, member: Json) => (typeof member === "number" ? readNumber(member) : member)) as Json;
}

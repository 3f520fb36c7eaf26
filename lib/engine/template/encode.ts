import { itemsIn, type JsonKind, JsonText, kindOf, type Written, writeJson } from "#lib/core/json-text.ts";
import { formatMailbox, readMailboxes } from "./mailbox.ts";

/** Where a value stands once the template is rendered. */
export type Place =
  | "text"
  | "subject"
  | "address"
  | "header"
  | "urlPath"
  | "urlQuery"
  | "wholeUrl"
  | "jsonString"
  | "jsonValue"
  | "formField"
  | "name";

/** What an expression came to. `nothing` is JSONata's missing value. */
export type TemplateValue = { kind: "value"; value: Written } | { kind: "nothing" };

/** Something worth a mark beside the result; the call is still made. */
export type EncodeWarning = "blank" | "json-in-text";

/** A value made fit for its place, or the reason it must not go there. */
export type Encoded =
  | { kind: "text"; text: string; warning?: EncodeWarning }
  /** Several texts: a repeated query parameter. */
  | { kind: "texts"; texts: string[] }
  /** A bound parameter, never part of the statement's text. */
  | { kind: "left-out" }
  | { kind: "refused"; code: EncodeRefusal; message: string };

/** Why a value may not stand in a place. */
export type EncodeRefusal = "blank" | "line-break" | "not-text" | "not-an-address" | "not-a-url" | "bad-character";

/**
 * Encodes a value for its place; the only way a value gets into a request (docs/architecture.md, "Encoding by place").
 * `required` matters where a blank would change the call: it is then refused instead of left out.
 * `urlQuery` and `urlPath` are percent-encoded here; a query list gives one text per item.
 */
export function encode(place: Place, given: TemplateValue, required: boolean): Encoded {
  const value = given.kind === "nothing" ? null : given.value;
  if (value === null || isNull(value)) return encodeBlank(place, required);
  // Passed on: where it is a JSON value it stands as it was written, digits and escapes included.
  if (place === "jsonValue" && value instanceof JsonText) return { kind: "text", text: value.text };
  if (isScalar(value)) return encodeScalar(place, value, required);
  return encodeStructure(place, value, required);
}

/** A text, number or boolean; a number that is still as it was written among them. */
type Scalar = string | number | boolean | JsonText;

/** Whether a value is neither a list nor an object. */
export function isScalar(value: Written): value is Scalar {
  const kind = kindOf(value);
  return kind !== "list" && kind !== "object" && value !== null;
}

function isNull(value: Written): boolean {
  return value instanceof JsonText && value.kind === "null";
}

/**
 * Text for a scalar: a number as it was written, a calculated one with at most 15 digits as JSONata's own `&` writes
 * it.
 */
export function scalarText(value: Scalar): string {
  if (value instanceof JsonText) return value.kind === "text" ? String(value.value) : value.text;
  if (typeof value === "string") return value;
  if (typeof value === "number" && !Number.isInteger(value)) return String(Number(value.toPrecision(15)));
  return JSON.stringify(value);
}

function encodeBlank(place: Place, required: boolean): Encoded {
  switch (place) {
    case "text":
    case "jsonString":
      return { kind: "text", text: "", warning: "blank" };
    case "subject":
    case "address":
    case "header":
      return required ? blank() : { kind: "left-out" };
    case "urlPath":
    case "wholeUrl":
    case "name":
      return blank();
    case "urlQuery":
    case "formField":
      return { kind: "left-out" };
    case "jsonValue":
      return { kind: "text", text: "null" };
  }
}

function encodeStructure(place: Place, value: Written, required: boolean): Encoded {
  const json = writeJson(value);
  switch (place) {
    case "text":
      return { kind: "text", text: json, warning: "json-in-text" };
    case "jsonString":
      return { kind: "text", text: insideJsonString(json), warning: "json-in-text" };
    case "jsonValue":
      return { kind: "text", text: json };
    case "formField":
      return { kind: "text", text: json };
    case "urlQuery":
      return encodeQueryList(value);
    case "address":
      return encodeAddressList(value, required);
    case "subject":
    case "header":
    case "urlPath":
    case "wholeUrl":
    case "name":
      return notText(value);
  }
}

function encodeScalar(place: Place, value: Scalar, required: boolean): Encoded {
  const text = scalarText(value);
  switch (place) {
    case "text":
    case "formField":
      return { kind: "text", text };
    case "jsonString":
      return { kind: "text", text: insideJsonString(text) };
    case "jsonValue":
      return { kind: "text", text: writeJson(value) };
    case "subject":
      return text === "" && required ? blank() : (refuseLineBreak(text) ?? { kind: "text", text });
    case "header":
      return text === "" && required ? blank() : encodeHeader(text);
    case "address":
      return encodeAddress(text, required);
    case "name":
      return text === "" ? blank() : { kind: "text", text };
    case "urlPath":
      return text === "" ? blank() : percentEncode(text);
    case "urlQuery":
      return percentEncode(text);
    case "wholeUrl":
      return kindOf(value) === "text" ? encodeWholeUrl(text) : notText(value);
  }
}

function encodeHeader(text: string): Encoded {
  const refusal = refuseLineBreak(text);
  if (refusal !== null) return refusal;
  const wrong = [...text].find((char) => (char < " " && char !== "\t") || char === "\u007f");
  if (wrong === undefined) return { kind: "text", text };
  const shown = JSON.stringify(wrong);
  const message = `A header cannot carry ${shown}. Encode the value, for example with $encodeUrlComponent(…).`;
  return { kind: "refused", code: "bad-character", message };
}

function encodeQueryList(value: Written): Encoded {
  if (kindOf(value) !== "list") return notText(value);
  const texts: string[] = [];
  for (const item of itemsIn(value, Number.POSITIVE_INFINITY) ?? []) {
    if (item === null || isNull(item)) continue;
    if (!isScalar(item)) return notText(item);
    const encoded = percentEncode(scalarText(item));
    if (encoded.kind !== "text") return encoded;
    texts.push(encoded.text);
  }
  return texts.length === 0 ? { kind: "left-out" } : { kind: "texts", texts };
}

function encodeAddress(text: string, required: boolean): Encoded {
  if (text.trim() === "") return required ? blank() : { kind: "left-out" };
  const refusal = refuseLineBreak(text);
  if (refusal !== null) return refusal;
  const reading = readMailboxes(text);
  if (reading.kind === "refused") return { kind: "refused", code: "not-an-address", message: reading.message };
  const [mailbox, second] = reading.mailboxes;
  if (mailbox === undefined) return required ? blank() : { kind: "left-out" };
  // One value is one recipient: a sender's form field must not be able to add others.
  if (second !== undefined) {
    const message = 'One value gives one address. For several, give a list, for example $split(…, ",").';
    return { kind: "refused", code: "not-an-address", message };
  }
  return { kind: "text", text: formatMailbox(mailbox) };
}

function encodeAddressList(value: Written, required: boolean): Encoded {
  if (kindOf(value) !== "list") return notText(value);
  const texts: string[] = [];
  for (const item of itemsIn(value, Number.POSITIVE_INFINITY) ?? []) {
    if (!isScalar(item) || kindOf(item) !== "text") return notText(item);
    const encoded = encodeAddress(scalarText(item), true);
    if (encoded.kind !== "text") return encoded;
    texts.push(encoded.text);
  }
  if (texts.length === 0) return required ? blank() : { kind: "left-out" };
  return { kind: "text", text: texts.join(", ") };
}

function encodeWholeUrl(text: string): Encoded {
  if (text.trim() === "") return blank();
  const url = URL.parse(text.trim());
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:") || url.hostname === "") {
    return { kind: "refused", code: "not-a-url", message: "This is not an http:// or https:// address." };
  }
  if (url.username !== "" || url.password !== "") {
    return {
      kind: "refused",
      code: "not-a-url",
      message: "A URL may not carry a user name or password: use a connection.",
    };
  }
  if (/[\u0000-\u0020\u007f\\]/.test(text.trim())) {
    return {
      kind: "refused",
      code: "bad-character",
      message: "A URL may not contain spaces, line breaks or backslashes.",
    };
  }
  return { kind: "text", text: text.trim() };
}

function percentEncode(text: string): Encoded {
  if (!text.isWellFormed()) {
    return {
      kind: "refused",
      code: "bad-character",
      message: "The value contains half of a character pair and cannot be put into a URL.",
    };
  }
  return {
    kind: "text",
    text: encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`),
  };
}

function insideJsonString(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function refuseLineBreak(text: string): Encoded | null {
  const name = /[\r\n\u0000]/.exec(text)?.[0];
  if (name === undefined) return null;
  const what = name === "\u0000" ? "a NUL character" : "a line break";
  return { kind: "refused", code: "line-break", message: `The value contains ${what}, which is not allowed here.` };
}

function blank(): Encoded {
  return {
    kind: "refused",
    code: "blank",
    message: "The value is empty, and without it this would be a different call.",
  };
}

const KIND_WORDS: Readonly<Record<JsonKind, string>> = {
  object: "an object",
  list: "a list",
  text: "a string",
  number: "a number",
  boolean: "a boolean",
  null: "null",
};

function notText(value: Written): Encoded {
  const what = KIND_WORDS[kindOf(value)];
  return { kind: "refused", code: "not-text", message: `The value is ${what}; a single text is needed here.` };
}

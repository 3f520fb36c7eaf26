import { SaxesParser } from "saxes";
import type { BodyNote } from "#lib/bodies/body-notes.ts";
import { depthMax } from "#lib/bodies/limits.ts";
import { XmlElement } from "#lib/bodies/xml-element.ts";

/** What an XML text came to. */
export type XmlReading = { kind: "parsed"; value: unknown } | { kind: "refused"; note: BodyNote };

/**
 * Elements by name, attributes as `@name`, repeated elements as lists, every text as it was sent: no space is cut and
 * no text becomes a number. Text beside children is `#text`, and `#content` has both in their order. Entities are never
 * expanded beyond XML's own five and character references; others stay as they were written, and so does all of CDATA.
 */
export function readXml(sent: string): XmlReading {
  const text = sent.trimStart();
  const parser = new SaxesParser<{ xmlns: false }>({ xmlns: false });
  const open: XmlElement[] = [];
  let root: XmlElement | null = null;
  parser.on("opentag", ({ name, attributes }) => {
    if (open.length >= depthMax) throw new TooDeep();
    const element = new XmlElement(name, attributes, open.at(-1) ?? null);
    root ??= element;
    open.push(element);
  });
  parser.on("text", (piece) => open.at(-1)?.addText(piece));
  parser.on("cdata", (piece) => open.at(-1)?.addCdata(piece));
  parser.on("closetag", () => open.pop()?.close());
  parser.on("error", (error) => {
    if (!isHarmless(error.message, text.charAt(parser.position - 1)))
      throw new NotWellFormed(error.message, parser.line, parser.column);
  });
  try {
    parser.write(text).close();
  } catch (error) {
    if (error instanceof TooDeep) return { kind: "refused", note: { kind: "too-deep", depthMax } };
    if (error instanceof NotWellFormed) return { kind: "refused", note: error.note };
    throw error;
  }
  return { kind: "parsed", value: (root as XmlElement | null)?.asRoot() ?? null };
}

class TooDeep extends Error {}

class NotWellFormed extends Error {
  readonly note: BodyNote;

  constructor(words: string, line: number, column: number) {
    super(words);
    const why = words
      .replace(/^(?:[^ ]*:)?\d+:\d+: /, "")
      .replace(/\.$/, "")
      .slice(0, 200);
    const message = `Not valid XML at line ${line}, column ${column}: ${why}.`;
    this.note = { kind: "parse-error", format: "xml", message, line, column };
  }
}

/**
 * What breaks the rules and leaves no doubt: an entity nobody declared, a control character. Both stay as they are. A
 * `<` in an attribute, which the parser leaves out, is none of them.
 */
function isHarmless(words: string, character: string): boolean {
  return /: (?:undefined entity|disallowed character|malformed character entity)\.$/.test(words) && character !== "<";
}

/** The charset an XML declaration names, for bodies whose Content-Type names none. */
export function declaredXmlCharset(bytes: Uint8Array): string | null {
  const start = Buffer.from(bytes.subarray(0, 200)).toString("latin1");
  return /^\s*<\?xml[^>]*\sencoding\s*=\s*["']([\w.:-]+)["']/.exec(start)?.[1]?.toLowerCase() ?? null;
}

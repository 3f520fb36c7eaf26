import { XMLParser, XMLValidator } from "fast-xml-parser";
import type { BodyProblem } from "./body-view.ts";
import { depthMax } from "./limits.ts";

/** What an XML text came to. */
export type XmlReading = { kind: "parsed"; value: unknown } | { kind: "refused"; problem: BodyProblem };

/**
 * Elements by name, attributes as `@name`, text beside children as `#text`, repeated elements as lists. Entities are
 * never expanded beyond XML's own five and character references, and no text becomes a number.
 */
export function parseXmlText(text: string): XmlReading {
  const depth = xmlDepth(text);
  if (depth > depthMax) return { kind: "refused", problem: { kind: "too-deep", depthMax } };
  const verdict = XMLValidator.validate(text, { allowBooleanAttributes: false });
  if (verdict !== true) {
    const { msg, line, col } = verdict.err;
    return {
      kind: "refused",
      problem: {
        kind: "parse-error",
        format: "xml",
        message: `Not valid XML at line ${line}, column ${col}: ${msg.slice(0, 200)}`,
        line,
        column: col,
      },
    };
  }
  try {
    const parser = new XMLParser({
      ignoreAttributes: false,
      attributeNamePrefix: "@",
      ignoreDeclaration: true,
      ignorePiTags: true,
      parseTagValue: false,
      parseAttributeValue: false,
      processEntities: false,
      tagValueProcessor: (_name, value) => decodeReferences(String(value)),
      attributeValueProcessor: (_name, value) => decodeReferences(String(value)),
    });
    return { kind: "parsed", value: JSON.parse(JSON.stringify(parser.parse(text))) };
  } catch (cause) {
    const message = cause instanceof Error ? cause.message.slice(0, 200) : "it could not be read";
    return {
      kind: "refused",
      problem: { kind: "parse-error", format: "xml", message: `Not readable XML: ${message}` },
    };
  }
}

/** The charset an XML declaration names, for bodies whose Content-Type names none. */
export function declaredXmlCharset(bytes: Uint8Array): string | null {
  const start = new TextDecoder("latin1").decode(bytes.subarray(0, 200));
  return /^\s*<\?xml[^>]*\sencoding\s*=\s*["']([\w.:-]+)["']/.exec(start)?.[1]?.toLowerCase() ?? null;
}

const named: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

function decodeReferences(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-f]{1,6})|#([0-9]{1,7})|(lt|gt|amp|quot|apos));/gi,
    (whole, hex?: string, decimal?: string, name?: string) => {
      if (name !== undefined) return named[name] ?? whole;
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
      return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : whole;
    },
  );
}

/** Deepest nesting of elements, counted without a parser so that the parser never sees a bomb. */
function xmlDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  const tags = /<!\[CDATA\[[\s\S]*?\]\]>|<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<(\/?)[A-Za-z_:][^<>]*?(\/?)>/g;
  for (const tag of text.matchAll(tags)) {
    if (tag[1] === undefined) continue;
    if (tag[1] === "/") depth--;
    else if (tag[2] !== "/") deepest = Math.max(deepest, ++depth);
    if (deepest > depthMax) break;
  }
  return deepest;
}

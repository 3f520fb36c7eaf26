import { charsetOf, markupOf } from "#lib/core/content-type.ts";
import { charsetEncoder } from "#lib/core/encode-charset.ts";
import { MarkupScanner } from "#lib/engine/template/markup-scanner.ts";

/** A text that its character set can carry. `charset`: null = UTF-8. */
export type FittedText =
  | { kind: "fitted"; text: string; charset: string | null }
  | { kind: "refused"; message: string };

/**
 * Reads which character set a text is to be sent in, from its content type or, for XML without one there, from its XML
 * declaration, and makes sure the set has every character: in XML and HTML texts and attributes a missing one
 * becomes a numeric reference, in JSON an escape; elsewhere it is refused.
 */
export function fitCharset(text: string, contentType: string): FittedText {
  const markup = markupOf(contentType);
  const charset = charsetOf(contentType) ?? (markup === "xml" ? declaredInXml(text) : null);
  if (charset === null || charset === "utf-8" || charset === "utf8") return { kind: "fitted", text, charset: null };
  const encoder = charsetEncoder(charset);
  if (encoder === null)
    return { kind: "refused", message: `Hookline cannot write the character set ${charset.slice(0, 40)}: use utf-8.` };
  const isJson = /[/+]json\s*(;|$)/i.test(contentType);
  const scanner = markup === null ? null : new MarkupScanner(markup);
  let fitted = "";
  for (const char of text) {
    const written = encoder(char) !== null ? char : isJson ? jsonEscape(char) : referenceAt(scanner, char);
    if (written === null)
      return {
        kind: "refused",
        message: `The character ${JSON.stringify(char)} does not exist in ${charset}, which the content type names.`,
      };
    scanner?.read(char);
    fitted += written;
  }
  return { kind: "fitted", text: fitted, charset };
}

function referenceAt(scanner: MarkupScanner | null, char: string): string | null {
  const isReadThere = scanner !== null && ["text", "double-quoted", "single-quoted", "unquoted"].includes(scanner.spot);
  return isReadThere && char.isWellFormed() ? `&#${char.codePointAt(0) ?? 0};` : null;
}

function jsonEscape(char: string): string {
  return char
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}

function declaredInXml(text: string): string | null {
  const found = /^\ufeff?<\?xml\s[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']/.exec(text);
  return found?.[1]?.toLowerCase() ?? null;
}

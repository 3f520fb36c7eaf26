import type { MarkupLanguage } from "#lib/core/content-type.ts";
import type { MarkupSpot } from "./markup-scanner.ts";

/** A text made fit for its spot in a document, or the reason it cannot stand there. */
export type EscapedMarkup = { kind: "escaped"; text: string } | { kind: "refused"; message: string };

/**
 * Makes a text stand for itself at a spot of a document, so that no character of it becomes markup. `before` is what
 * the document's text ends with there. The characters XML cannot carry at all (XML 1.0, 2.2) are refused, as are values
 * that would end a comment or processing instruction, or that stand among a tag's names and are no part of a name.
 */
export function escapeMarkup(language: MarkupLanguage, spot: MarkupSpot, text: string, before: string): EscapedMarkup {
  return language === "html" ? escaped(escapeForHtml(spot, text)) : escapeForXml(spot, text, before);
}

/** Numeric references for the characters that are markup somewhere; right in texts and in both kinds of quotes. */
export function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (char) => REFERENCES[char] ?? char);
}

const REFERENCES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeForHtml(spot: MarkupSpot, text: string): string {
  // Without quotation marks a space would end the value and an = begin another.
  if (spot === "tag" || spot === "unquoted") return escapeText(text).replace(/[\s=`]/g, reference);
  return escapeText(text);
}

function escapeForXml(spot: MarkupSpot, text: string, before: string): EscapedMarkup {
  const wrong = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.exec(text)?.[0];
  if (wrong !== undefined) return refused(`XML cannot carry the character U+${hex(wrong)}.`);
  if (!text.isWellFormed()) return refused("The value contains half of a character pair and cannot be put into XML.");
  switch (spot) {
    case "text":
    case "raw":
      return escaped(escapeText(text).replace(/\r/g, reference));
    case "double-quoted":
    case "single-quoted":
      // A reader turns line breaks and tabs of an attribute into spaces unless they are references (XML 1.0, 3.3.3).
      return escaped(escapeText(text).replace(/[\t\n\r]/g, reference));
    case "cdata":
      return escaped(insideCdata(text, before));
    case "comment":
      if (/--|-$/.test(text) || (before.endsWith("-") && text.startsWith("-")))
        return refused("The value is in a comment, where two hyphens in a row are not allowed.");
      return escaped(text);
    case "instruction":
      if (text.includes("?>")) return refused("The value would end the processing instruction it is in.");
      return escaped(text);
    case "tag":
    case "unquoted":
    case "declaration":
      if (!/^[\p{L}\p{N}\p{M}._:-]+$/u.test(text))
        return refused("The value is in a tag outside of quotation marks and may only be a name.");
      return escaped(text);
  }
}

/** Text of a CDATA section: `]]>` is split over two sections, also where it comes about at the value's edges. */
function insideCdata(text: string, before: string): string {
  const atEdge = before.endsWith("]") && text.startsWith(">") ? "]]><![CDATA[" : "";
  return `${atEdge}${text.replaceAll("]>", "]]]><![CDATA[>")}${text.endsWith("]") ? "]]><![CDATA[" : ""}`;
}

function reference(char: string): string {
  return `&#${char.codePointAt(0) ?? 0};`;
}

function hex(char: string): string {
  return (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
}

function escaped(text: string): EscapedMarkup {
  return { kind: "escaped", text };
}

function refused(message: string): EscapedMarkup {
  return { kind: "refused", message };
}

import { scanExpression } from "./scan-expression.ts";

/** What a field does when the expression comes to nothing, null or an empty text; null = the place's own rule. */
export type IfEmpty = { kind: "stop" } | { kind: "leave-out" } | { kind: "use"; text: string };

/** Literal text. `raw` is how it stands in the template, with `\{{` for a literal `{{`. */
export type TextSegment = { kind: "text"; text: string; raw: string; start: number; end: number };

/** One `{{ … }}`. `source` is the JSONata between the braces, trimmed; it begins at offset `sourceStart`. */
export type ExpressionSegment = {
  kind: "expression";
  source: string;
  raw: string;
  start: number;
  end: number;
  sourceStart: number;
  ifEmpty: IfEmpty | null;
  /** In a document the value goes in as markup, not as text: the expression's last comment says `trusted markup`. */
  trusted: boolean;
};

/** A piece of a template. The `raw` of all segments, joined, is the template. */
export type Segment = TextSegment | ExpressionSegment;

/** A template read, or the first mistake with its offset. */
export type TemplateReading =
  | { kind: "parsed"; segments: Segment[] }
  | { kind: "error"; position: number; message: string };

/**
 * Reads text with `{{ JSONata }}` in it. A literal `{{` is written `\{{`; a backslash right before an expression is
 * doubled. Nothing is lost: `formatTemplate` gives the same text back.
 */
export function parseTemplate(text: string): TemplateReading {
  const segments: Segment[] = [];
  let at = 0;
  let textStart = 0;
  let literal = "";

  const endText = (end: number) => {
    if (end > textStart)
      segments.push({ kind: "text", text: literal, raw: text.slice(textStart, end), start: textStart, end });
    literal = "";
  };

  while (at < text.length) {
    const opening = text.indexOf("{{", at);
    if (opening === -1) break;
    let slashes = 0;
    while (opening - slashes > at && text.charAt(opening - slashes - 1) === "\\") slashes++;
    literal += text.slice(at, opening - slashes) + "\\".repeat(Math.floor(slashes / 2));
    if (slashes % 2 === 1) {
      literal += "{{";
      at = opening + 2;
      continue;
    }
    const scan = scanExpression(text, opening + 2);
    if (
      scan.kind === "open" &&
      text.charAt(opening + 2) === "{" &&
      scanExpression(text, opening + 3).kind === "closed"
    ) {
      // Three braces that are no object: the first one is text.
      literal += "{";
      at = opening + 1;
      continue;
    }
    endText(opening);
    if (scan.kind === "open") return { kind: "error", position: scan.position, message: scan.message };
    const inner = text.slice(opening + 2, scan.sourceEnd);
    const source = inner.trim();
    if (source === "")
      return { kind: "error", position: opening, message: "There is no expression between {{ and }}." };
    segments.push({
      kind: "expression",
      source,
      raw: text.slice(opening, scan.end),
      start: opening,
      end: scan.end,
      sourceStart: opening + 2 + inner.indexOf(source),
      ifEmpty: readIfEmpty(source),
      trusted: isTrusted(source),
    });
    at = scan.end;
    textStart = scan.end;
  }
  literal += text.slice(at);
  endText(text.length);
  return { kind: "parsed", segments };
}

/** A text that is one expression without braces, as a template of one segment; blank = no segment. */
export function wholeExpression(text: string): Segment[] {
  const source = text.trim();
  if (source === "") return [];
  const range = { start: 0, end: text.length, sourceStart: text.indexOf(source) };
  return [{ kind: "expression", source, raw: text, ...range, ifEmpty: null, trusted: false }];
}

/** The template's text again, exactly. */
export function formatTemplate(segments: readonly Pick<Segment, "raw">[]): string {
  return segments.map((segment) => segment.raw).join("");
}

/**
 * How literal text is written in a template, so that it renders as itself. `before` says whether an expression follows:
 * then backslashes at the end are doubled, and a single brace at the end, which would join the expression's, is
 * written as an expression of its own.
 */
export function escapeTemplateText(text: string, before: "expression" | "end"): string {
  const escaped = text.replace(/(\\*)\{\{/g, (_whole, slashes: string) => `${slashes}${slashes}\\{{`);
  if (before === "end") return escaped;
  const braces = /\{*$/.exec(text)?.[0].length ?? 0;
  if (braces % 2 === 1) return `${escapeTemplateText(text.slice(0, -1), "expression")}{{ "{" }}`;
  return escaped.replace(/\\+$/, (slashes) => slashes + slashes);
}

const ifEmptyComment = /\/\*\s*if empty:\s*(stop|leave out|use\s+("(?:[^"\\]|\\.)*"))\s*\*\/$/;

/** Whether the expression's last comment, but for the choice above, is `/* trusted markup *​/`. */
function isTrusted(source: string): boolean {
  return /\/\*\s*trusted markup\s*\*\/$/.test(source.replace(ifEmptyComment, "").trimEnd());
}

/** The choice kept in the expression's last comment, such as `email /* if empty: leave out *​/`. */
function readIfEmpty(source: string): IfEmpty | null {
  const match = ifEmptyComment.exec(source);
  if (match === null) return null;
  if (match[1] === "stop") return { kind: "stop" };
  if (match[1] === "leave out") return { kind: "leave-out" };
  try {
    return { kind: "use", text: String(JSON.parse(match[2] ?? '""')) };
  } catch {
    return null;
  }
}

/** The expression with its `if empty` choice set, replaced or (null) removed; the form the builder writes. */
export function withIfEmpty(source: string, choice: IfEmpty | null): string {
  const bare = source.replace(ifEmptyComment, "").trimEnd();
  switch (choice?.kind) {
    case undefined:
      return bare;
    case "stop":
      return `${bare} /* if empty: stop */`;
    case "leave-out":
      return `${bare} /* if empty: leave out */`;
    case "use":
      return `${bare} /* if empty: use ${JSON.stringify(choice.text).replaceAll("*/", "*\\/")} */`;
  }
}

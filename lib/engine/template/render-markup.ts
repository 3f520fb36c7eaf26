import type { MarkupLanguage } from "#lib/core/content-type.ts";
import { escapeMarkup } from "./escape-markup.ts";
import { MarkupScanner } from "./markup-scanner.ts";
import { encodeFilled, type Piece, type Rendered, type RenderWarning, refuse, warn } from "./render-pieces.ts";

/**
 * Renders a document: its own text stays as written, every value is escaped for the spot it stands at, so that it is
 * read as text. A text whose expression says `trusted markup` goes in as it is, as part of the document.
 */
export function renderMarkup(pieces: readonly Piece[], language: MarkupLanguage): Rendered {
  const warnings: RenderWarning[] = [];
  const scanner = new MarkupScanner(language);
  let text = "";
  for (const piece of pieces) {
    if (typeof piece === "string") {
      scanner.read(piece);
      text += piece;
      continue;
    }
    const encoded = encodeFilled("text", piece, false);
    if (encoded.kind === "refused") return refuse(piece, encoded);
    if (encoded.kind === "left-out") {
      if (pieces.length === 1) return { kind: "left-out", warnings };
      warnings.push(warn(piece, "blank"));
    }
    if (encoded.kind !== "text") continue;
    if (encoded.warning !== undefined) warnings.push(warn(piece, encoded.warning));
    if (piece.segment.trusted) {
      scanner.read(encoded.text);
      text += encoded.text;
      continue;
    }
    if (encoded.text === "") continue;
    const escaped = escapeMarkup(language, scanner.spot, encoded.text, text);
    if (escaped.kind === "refused")
      return refuse(piece, { kind: "refused", code: "bad-character", message: escaped.message });
    scanner.passValue();
    text += escaped.text;
  }
  return { kind: "rendered", value: text, warnings };
}

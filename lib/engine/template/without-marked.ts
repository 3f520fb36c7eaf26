import { listMembers } from "#lib/core/json-pieces.ts";
import { JsonText } from "#lib/core/json-text.ts";

/**
 * A JSON text without the members and items whose value is the mark (itself JSON); null when the whole text is. What
 * holds no mark stays as it was written.
 */
export function withoutMarked(text: string, mark: string): string | null {
  if (text.trim() === mark) return null;
  if (!text.includes(mark)) return text;
  const piece = new JsonText(text);
  if (piece.kind === "list") {
    const items = piece.items(Number.POSITIVE_INFINITY) ?? [];
    return `[${kept(items.map((item) => withoutMarked(item.text, mark))).join(",")}]`;
  }
  if (piece.kind !== "object") return text;
  const members = [...listMembers(text, 0)].map(({ key, start, end }) => {
    const value = withoutMarked(text.slice(start, end), mark);
    return value === null ? null : `${key}:${value}`;
  });
  return `{${kept(members).join(",")}}`;
}

function kept(texts: readonly (string | null)[]): string[] {
  return texts.filter((text) => text !== null);
}

import { visibleText } from "#components/ui/visible-text.ts";
import { isJsonObject, type Json } from "#lib/core/json.ts";

const CHARS_SHOWN = 120;

/** A value on one line in its colour: text in quotes (cut at 120 characters), {12} and [3] for containers. */
export function JsonValue({ value }: { value: Json }) {
  if (value === null) return <span className="text-j-null">null</span>;
  if (typeof value === "string") {
    const shown = value.length > CHARS_SHOWN ? `${value.slice(0, CHARS_SHOWN)}…` : value;
    return <span className="text-j-str">"{visibleText(shown)}"</span>;
  }
  if (typeof value === "number") return <span className="text-j-num">{String(value)}</span>;
  if (typeof value === "boolean") return <span className="text-j-bool">{String(value)}</span>;
  if (Array.isArray(value)) return <span className="text-j-punct">[{value.length}]</span>;
  if (isJsonObject(value)) return <span className="text-j-punct">{`{${Object.keys(value).length}}`}</span>;
  return null;
}

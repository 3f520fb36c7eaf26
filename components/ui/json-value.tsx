import { visibleText } from "#components/ui/visible-text.ts";
import { JsonText, type Written } from "#lib/core/json-text.ts";

const CHARS_SHOWN = 120;

/** A value on one line in its colour: text in quotes (cut at 120 characters), {12} and [3] for containers. */
export function JsonValue({ value }: { value: Written }) {
  if (value instanceof JsonText) return <WrittenValue value={value} />;
  if (value === null) return <span className="text-j-null">null</span>;
  if (typeof value === "string") {
    const shown = value.length > CHARS_SHOWN ? `${value.slice(0, CHARS_SHOWN)}…` : value;
    return <span className="text-j-str">"{visibleText(shown)}"</span>;
  }
  if (typeof value === "number") return <span className="text-j-num">{String(value)}</span>;
  if (typeof value === "boolean") return <span className="text-j-bool">{String(value)}</span>;
  if (Array.isArray(value)) return <span className="text-j-punct">[{value.length}]</span>;
  return <span className="text-j-punct">{`{${Object.keys(value).length}}`}</span>;
}

/** A number with the digits it was written with, or how much a list or object holds. */
function WrittenValue({ value }: { value: JsonText }) {
  switch (value.kind) {
    case "number":
      return <span className="text-j-num">{value.text.slice(0, CHARS_SHOWN)}</span>;
    case "list":
      return <span className="text-j-punct">[{value.itemCount}]</span>;
    case "object":
      return <span className="text-j-punct">{`{${value.members().size}}`}</span>;
    case "text":
    case "boolean":
    case "null":
      return <JsonValue value={value.value} />;
  }
}

import { isJsonObject, type Json } from "#lib/core/json.ts";
import { pathLabel } from "#lib/engine/edit/path-expression.ts";
import type { ExpressionResult } from "#lib/engine/edit/preview-types.ts";
import { readPath } from "#lib/engine/edit/read-path.ts";

const LABEL_CHARS = 24;
const VALUE_CHARS = 24;

/** How a chip is drawn: its name, its present value, its state, and everything in words for the tooltip. */
export type ChipLook = {
  label: string;
  value: string | null;
  state: "value" | "nothing" | "error" | "unknown";
  title: string;
};

/** The look of an expression with what it came to; null while nobody knows. */
export function chipLook(source: string, result: ExpressionResult | null): ChipLook {
  const path = readPath(source);
  const label = cutMiddle(path === null ? shortened(source) : pathLabel(path), LABEL_CHARS);
  if (result === null) return { label, value: null, state: "unknown", title: source };
  switch (result.kind) {
    case "value": {
      const text = valueText(result.json);
      return {
        label,
        value: cutMiddle(text, VALUE_CHARS),
        state: "value",
        title: `${source} = ${cutMiddle(text, 200)}`,
      };
    }
    case "nothing":
      return { label, value: "nothing here", state: "nothing", title: `${source}: nothing here in this event` };
    case "error":
    case "stopped":
      return { label, value: "error", state: "error", title: `${source}: ${result.message}` };
  }
}

/** An expression with its paths cut to their last name: "trigger.body.amount / 100" reads "amount / 100". */
function shortened(source: string): string {
  return source
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(
      /(?<![\w$])(?:trigger|steps|item|run|vars)(?:\.(?:[A-Za-z_]\w*|`[^`]+`)|\[\d+\])+/g,
      (path) => /(?:[A-Za-z_]\w*|`[^`]+`)(?:\[\d+\])*$/.exec(path)?.[0] ?? path,
    )
    .replace(/\s+/g, " ")
    .trim();
}

function valueText(json: string): string {
  const value = JSON.parse(json) as Json;
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return `[${value.length}]`;
  if (isJsonObject(value)) return `{${Object.keys(value).length}}`;
  return json;
}

/** Text cut in its middle to so many characters. */
export function cutMiddle(text: string, most: number): string {
  if (text.length <= most) return text;
  const half = Math.floor((most - 1) / 2);
  return `${text.slice(0, most - 1 - half)}…${text.slice(text.length - half)}`;
}

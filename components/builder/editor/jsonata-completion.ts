import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { JSONATA_FUNCTIONS } from "#components/builder/editor/jsonata-functions.ts";
import { isJsonObject, type Json } from "#lib/core/json.ts";
import { quoteKey } from "#lib/core/quote-key.ts";
import { valueAt } from "#lib/engine/edit/list-choices.ts";
import { readPath } from "#lib/engine/edit/read-path.ts";

const ROWS_MAX = 50;

/**
 * Completion of paths by the sample's real keys with their present values, and of functions with signature and example.
 */
export function completeJsonata(
  context: CompletionContext,
  scope: Json | null,
  kind: "expression" | "template",
): CompletionResult | null {
  const before = context.state.sliceDoc(Math.max(0, context.pos - 2_000), context.pos);
  if (kind === "template" && !isInsideBraces(before)) return null;
  const named = /\$[A-Za-z]*$/.exec(before);
  if (named) return { from: context.pos - named[0].length, options: FUNCTIONS, validFor: /^\$\w*$/ };
  const path = /((?:[A-Za-z_]\w*|`[^`]*`|\[\d+\]|\.)*\.)?([A-Za-z_]\w*|`[^`]*)?$/.exec(before);
  const parent = path?.[1]?.slice(0, -1);
  const word = path?.[2] ?? "";
  if (!context.explicit && parent === undefined && word.length < 1) return null;
  const options =
    parent === undefined
      ? [...keysOf(scope, isJsonObject(scope) ? scope : null), ...FUNCTIONS]
      : childrenOptions(scope, parent);
  return options.length === 0
    ? null
    : {
        from: context.pos - word.length,
        options: options.slice(0, parent === undefined ? 200 : ROWS_MAX),
        validFor: /^(?:\w*|`[^`]*)$/,
      };
}

/** Whether text ends inside an open {{. */
export function isInsideBraces(before: string): boolean {
  const opened = before.lastIndexOf("{{");
  return opened >= 0 && before.charAt(opened - 1) !== "\\" && before.indexOf("}}", opened) < 0;
}

function childrenOptions(scope: Json | null, parent: string): Completion[] {
  const path = readPath(parent);
  if (path === null || scope === null) return [];
  const value = valueAt(scope, path);
  const first = Array.isArray(value) ? value.find((item) => isJsonObject(item)) : value;
  return keysOf(scope, isJsonObject(first) ? first : null);
}

function keysOf(_scope: Json | null, object: { [key: string]: Json } | null): Completion[] {
  return Object.entries(object ?? {}).map(([key, value]) => ({
    label: key,
    apply: quoteKey(key) ?? key,
    detail: preview(value),
    type: "property",
  }));
}

function preview(value: Json): string {
  if (Array.isArray(value)) return `[${value.length}]`;
  if (isJsonObject(value)) return `{${Object.keys(value).length}}`;
  const text = JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

const FUNCTIONS: Completion[] = JSONATA_FUNCTIONS.map((one) => ({
  label: one.name,
  apply: `${one.name}(`,
  detail: one.signature.slice(one.name.length),
  type: "function",
  boost: -10,
  info: () => {
    const box = document.createElement("div");
    const does = document.createElement("div");
    does.textContent = one.does;
    const example = document.createElement("code");
    example.textContent = one.example;
    box.append(does, example);
    return box;
  },
}));

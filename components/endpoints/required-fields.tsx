"use client";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { visibleText } from "#components/ui/visible-text.ts";
import { isWithin, parseFieldPath, showFieldPath } from "#lib/engine/schema/required-fields.ts";
import type { FieldPath, SeenField } from "#lib/engine/schema/schema-proposal.ts";

type RequiredFieldsProps = {
  ticked: readonly FieldPath[];
  seen: readonly SeenField[];
  disabled: boolean;
  error: string | undefined;
  onChange: (paths: FieldPath[]) => void;
};

const TYPE_WORDS: Record<string, string> = { string: "text", integer: "whole number", array: "list" };

/** The fields a body must have, ticked from those that came; one that has not come yet can be written down. */
export function RequiredFields({ ticked, seen, disabled, error, onChange }: RequiredFieldsProps) {
  const [text, setText] = useState("");
  const [wrong, setWrong] = useState<string | undefined>();
  const isTicked = (path: FieldPath) => ticked.some((one) => showFieldPath(one) === showFieldPath(path));
  const known = new Set(seen.map(({ path }) => showFieldPath(path)));
  const own: SeenField[] = ticked
    .filter((path) => !known.has(showFieldPath(path)))
    .map((path) => ({ path, types: [], always: true }));
  const fields = [...seen, ...own];
  const tick = (path: FieldPath, on: boolean) =>
    onChange(on ? [...ticked, path] : ticked.filter((one) => !isWithin(one, path)));
  const add = () => {
    const path = parseFieldPath(text);
    if (path === null) return setWrong("Write a name, or names with dots: order.id, items[].sku.");
    setWrong(undefined);
    setText("");
    if (!isTicked(path)) tick(path, true);
  };
  return (
    <fieldset className="flex min-w-0 flex-col gap-2" disabled={disabled}>
      <legend className="text-13 font-medium">Fields that must be there</legend>
      {fields.length === 0 ? null : (
        <ul className="max-h-72 overflow-y-auto rounded-control border border-line px-3 py-2">
          {fields.map(({ path, types, always }) => {
            const name = showFieldPath(path);
            return (
              <li key={name} className="flex flex-wrap items-baseline justify-between gap-x-3">
                <Checkbox
                  className="min-w-0"
                  label={<span className="font-mono text-13 [overflow-wrap:anywhere]">{visibleText(name)}</span>}
                  checked={isTicked(path)}
                  onCheckedChange={(on) => tick(path, on)}
                />
                <span className="text-12 text-ink-3">
                  {types.map((type) => TYPE_WORDS[type] ?? type).join(" or ")}
                  {always ? "" : ", not always there"}
                </span>
              </li>
            );
          })}
        </ul>
      )}
      {error === undefined ? null : <p className="text-12 text-bad-text">{error}</p>}
      <div className="flex flex-wrap items-start gap-2">
        <Field label="Another field" mark="optional" error={wrong} className="min-w-0 flex-1">
          <Input
            mono
            value={text}
            placeholder="order.items[].sku"
            onValueChange={(next) => setText(next)}
            onKeyDown={(event) => {
              if (event.key !== "Enter") return;
              event.preventDefault();
              add();
            }}
          />
        </Field>
        <Button type="button" className="mt-6" onClick={add}>
          Require it
        </Button>
      </div>
    </fieldset>
  );
}

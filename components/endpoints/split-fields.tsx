"use client";
import type { SettingsPart } from "#components/endpoints/settings-form.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import type { EndpointSettingsView, ProviderChoice } from "#lib/core/endpoint-views.ts";

type Split = EndpointSettingsView["split"];

/** Whether a request with a list of events runs as a whole or item by item. */
export function SplitFields({ settings, change, errors, disabled, provider }: SettingsPart & { provider: ProviderChoice }) {
  const { split } = settings;
  const { batch, name } = provider;
  const error = Object.entries(errors).find(([field]) => field.startsWith("split"))?.[1];
  const known = batch !== null || split.kind === "preset";
  return (
    <div className="flex flex-col gap-4">
      <Field label="A request with several events" help={helpOf(split, provider)} error={split.kind === "path" ? undefined : error}>
        <Select
          value={split.kind}
          disabled={disabled}
          onValueChange={(kind) => change({ split: blank(kind) })}
          options={[
            { value: "off", label: "Runs once, as a whole" },
            ...(known ? [{ value: "preset" as const, label: `Runs once for each ${batch?.itemIs ?? "item"} in ${name}'s list` }] : []),
            { value: "path", label: "Runs once for each item of a list I name" },
          ]}
        />
      </Field>
      {split.kind === "path" ? (
        <Field
          label="The list stands in the body at"
          help="Such as data.items. Leave it empty when the body itself is the list."
          error={error}
        >
          <Input mono value={split.path} disabled={disabled} onValueChange={(path) => change({ split: { kind: "path", path } })} />
        </Field>
      ) : null}
    </div>
  );
}

function helpOf(split: Split, { batch, name }: ProviderChoice): string {
  switch (split.kind) {
    case "off":
      return batch === null
        ? "Flows see the whole body."
        : `${name} can put several in one request: each ${batch.itemIs} stands ${placeOf(batch.path)}. Flows see the whole body.`;
    case "preset":
      return batch === null
        ? `${name} sends no list that is known here.`
        : `Flows see one ${batch.itemIs} as the body. One that came before, in any request, starts nothing.`;
    case "path":
      return "Flows see one item as the body. Event type and id that stand in the body are looked up in the item; an item whose id came before starts nothing.";
  }
}

function placeOf(path: string): string {
  return path === "" ? "in the list that the body is" : `in the list at ${path}`;
}

function blank(kind: Split["kind"]): Split {
  return kind === "path" ? { kind, path: "" } : { kind };
}

"use client";
import type { SettingsPart } from "#components/endpoints/settings-form.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { windowWords } from "#lib/core/dedupe-window.ts";
import type { EndpointSettings } from "#lib/core/endpoint-settings.ts";
import type { ProviderChoice } from "#lib/views/endpoint-views.ts";

type Split = EndpointSettings["split"];

/** Whether a request with a list of events runs as a whole or item by item. */
export function SplitFields({
  settings,
  change,
  errors,
  disabled,
  provider,
}: SettingsPart & { provider: ProviderChoice }) {
  const { split } = settings;
  const { batch } = provider;
  const error = Object.entries(errors).find(([field]) => field.startsWith("split"))?.[1];
  const known = batch !== null || split.kind === "preset";
  return (
    <div className="flex flex-col gap-4">
      <Field
        label="A request with several events"
        help={`${helpOf(split, provider)} ${split.kind === "off" ? "" : repeatsOf(settings, provider)}`.trim()}
        error={split.kind === "path" ? undefined : error}
      >
        <Select
          value={split.kind}
          disabled={disabled}
          onValueChange={(kind) => change({ split: blank(kind) })}
          options={[
            { value: "off", label: "Runs once, as a whole" },
            ...(known
              ? [{ value: "preset" as const, label: `Runs once for each ${batch?.itemIs ?? "item"} in it` }]
              : []),
            { value: "path", label: "Runs once for each item of a list I name" },
          ]}
        />
      </Field>
      {split.kind === "path" ? (
        <Field
          label="Path of the list in the body"
          help="Such as data.items. Leave it empty when the body itself is the list."
          error={error}
        >
          <Input
            mono
            value={split.path}
            disabled={disabled}
            onValueChange={(path) => change({ split: { kind: "path", path } })}
          />
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
        : `This sender can put several in one request: each ${batch.itemIs} is ${placeOf(batch.path)}. Flows ` +
            "see the whole body.";
    case "preset":
      return batch === null
        ? `${name} sends no list that is known here.`
        : `Flows see one ${batch.itemIs} as the body.`;
    case "path":
      return (
        "Flows see one item as the body. An event type or id of your choice that is in the body is looked up " +
        "in the item."
      );
  }
}

/** When an item is taken for one that came before. */
function repeatsOf({ split, dedupe }: EndpointSettings, { batch }: ProviderChoice): string {
  if (dedupe.kind === "off") return "Duplicates are not looked for, so each runs whenever it comes.";
  if (dedupe.kind === "fields" && dedupe.fields.some(({ from }) => from === "body"))
    return (
      `One with the same chosen fields within ${windowWords(dedupe.windowSeconds)} starts nothing, whatever ` +
      "request it comes in."
    );
  const ownId = dedupe.kind === "source" && dedupe.source.from === "body";
  const knownId =
    split.kind === "preset" && batch?.hasId === true && dedupe.kind !== "body" && dedupe.kind !== "fields";
  return ownId || knownId
    ? "One that came before starts nothing, whatever request it comes in."
    : "They carry no id, so only a whole request that comes again starts nothing.";
}

function placeOf(path: string): string {
  return path === "" ? "in the list that the body is" : `in the list at ${path}`;
}

function blank(kind: Split["kind"]): Split {
  return kind === "path" ? { kind, path: "" } : { kind };
}

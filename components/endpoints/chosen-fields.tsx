"use client";
import { useState } from "react";
import type { EndpointActions } from "#components/endpoints/endpoint-actions.ts";
import { type PickableField, pickableFields } from "#components/endpoints/pickable-fields.ts";
import type { SettingsPart } from "#components/endpoints/settings-form.tsx";
import { SourceFields } from "#components/endpoints/source-fields.tsx";
import { WindowField } from "#components/endpoints/window-field.tsx";
import { Plus, Trash2 } from "#components/icons.ts";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { useAction } from "#components/ui/use-action.ts";
import { visibleText } from "#components/ui/visible-text.ts";
import type { EndpointSettings, OwnSource } from "#lib/core/endpoint-settings.ts";
import type { SeenField } from "#lib/engine/schema/schema-proposal.ts";
import type { ProviderChoice } from "#lib/views/endpoint-views.ts";

const FIELDS_MAX = 10;

type ByFields = Extract<EndpointSettings["dedupe"], { kind: "fields" }>;

type ChosenFieldsProps = Omit<SettingsPart, "change"> & {
  dedupe: ByFields;
  provider: ProviderChoice;
  endpointId: string;
  infer: EndpointActions["inferSchema"];
  onChange: (dedupe: ByFields) => void;
};

/** The places whose values together say which event a request is, written by hand or ticked from what came. */
export function ChosenFields({
  settings,
  dedupe,
  errors,
  disabled,
  provider,
  endpointId,
  infer,
  onChange,
}: ChosenFieldsProps) {
  const [seen, setSeen] = useState<readonly SeenField[] | null>(null);
  const { pending, problem: failure, run } = useAction();
  const [empty, setEmpty] = useState(false);
  const problem = failure ?? (empty ? "Nothing with fields is stored here yet. Send a request first." : null);
  const { fields } = dedupe;
  const put = (next: OwnSource[]) => onChange({ ...dedupe, fields: next });
  const read = async () => {
    const result = await run(() => infer(endpointId));
    setEmpty(result.kind === "ok" && result.value.bodies === 0);
    if (result.kind === "ok" && result.value.bodies > 0) setSeen(result.value.fields);
  };
  return (
    <fieldset className="flex min-w-0 flex-col gap-3" disabled={disabled}>
      <legend className="mb-1 text-13 font-medium">Fields that tell events apart</legend>
      <p className="max-w-prose text-12 text-ink-3">
        Requests with the same values in all of them are one event. Choose what differs between two real events, such as
        an id together with a time or a state. A request without any of them always counts as new.
        {settings.split.kind === "off" ? "" : " Body paths are looked up in each item."}
      </p>
      {fields.map((field, index) => (
        <div key={index} className="flex min-w-0 items-start gap-2">
          <SourceFields
            label={`Where field ${index + 1} is`}
            about={`Field ${index + 1}`}
            source={field}
            error={errorOf(errors, `dedupe.fields[${index}]`)}
            disabled={disabled}
            onChange={(next) => put(fields.map((old, at) => (at === index ? next : old)))}
          />
          <IconButton
            className="mt-6"
            label={`Remove field ${index + 1}`}
            icon={<Trash2 aria-hidden />}
            onClick={() => put(fields.filter((_, at) => at !== index))}
          />
        </div>
      ))}
      {errors["dedupe.fields"] === undefined ? null : (
        <p className="text-12 text-bad-text">{errors["dedupe.fields"]}</p>
      )}
      <div className="flex flex-wrap gap-2">
        <Button
          type="button"
          size="compact"
          icon={<Plus aria-hidden />}
          disabled={fields.length >= FIELDS_MAX}
          onClick={() => put([...fields, { from: "body", path: "" }])}
        >
          Add a field
        </Button>
        <Button type="button" size="compact" pending={pending} onClick={read}>
          Pick from what came
        </Button>
      </div>
      {problem === null ? null : <Notice tone="warn" title={problem} />}
      {seen === null ? null : (
        <PickList seen={pickableFields(seen, settings, provider)} fields={fields} onChange={put} />
      )}
      <WindowField
        seconds={dedupe.windowSeconds}
        error={errors["dedupe.windowSeconds"]}
        disabled={disabled}
        onChange={(windowSeconds) => onChange({ ...dedupe, windowSeconds })}
      />
    </fieldset>
  );
}

function PickList({
  seen,
  fields,
  onChange,
}: {
  seen: readonly PickableField[];
  fields: readonly OwnSource[];
  onChange: (fields: OwnSource[]) => void;
}) {
  if (seen.length === 0) return <p className="text-12 text-ink-3">No stored body has a field that can be chosen.</p>;
  const isChosen = (path: string) => fields.some((field) => field.from === "body" && field.path === path);
  // A row that is still empty makes room for what is ticked.
  const filled = fields.filter((field) => field.from !== "body" || field.path !== "");
  return (
    <ul
      className="max-h-72 overflow-y-auto rounded-control border border-line px-3 py-2"
      aria-label="Fields of stored requests"
    >
      {seen.map(({ path, always }) => (
        <li key={path} className="flex flex-wrap items-baseline justify-between gap-x-3">
          <Checkbox
            className="min-w-0"
            label={<span className="font-mono text-13 [overflow-wrap:anywhere]">{visibleText(path)}</span>}
            checked={isChosen(path)}
            disabled={!isChosen(path) && filled.length >= FIELDS_MAX}
            onCheckedChange={(on) =>
              onChange(
                on
                  ? [...filled, { from: "body", path }]
                  : filled.filter((field) => field.from !== "body" || field.path !== path),
              )
            }
          />
          <span className="text-12 text-ink-3">{always ? "" : "not always there"}</span>
        </li>
      ))}
    </ul>
  );
}

function errorOf(errors: SettingsPart["errors"], start: string): string | undefined {
  return Object.entries(errors).find(([field]) => field === start || field.startsWith(`${start}.`))?.[1];
}

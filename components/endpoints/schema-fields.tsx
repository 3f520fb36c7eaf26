"use client";
import { useState } from "react";
import type { EndpointActions } from "#components/endpoints/endpoint-actions.ts";
import { RequiredFields } from "#components/endpoints/required-fields.tsx";
import { SchemaTextField } from "#components/endpoints/schema-text-field.tsx";
import type { SettingsPart } from "#components/endpoints/settings-form.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Select } from "#components/ui/select.tsx";
import { useAction } from "#components/ui/use-action.ts";
import { readRequiredFields, requireFields } from "#lib/engine/schema/required-fields.ts";
import type { SchemaProposal } from "#lib/engine/schema/schema-proposal.ts";

const EMPTY = JSON.stringify(requireFields([]), null, 2);

type Mode = "off" | "fields" | "schema";

/**
 * What a body must hold: nothing, fields ticked from what came before, or a JSON Schema; and what happens to a misfit.
 */
export function SchemaFields({
  settings,
  change,
  errors,
  disabled,
  endpointId,
  infer,
}: SettingsPart & { endpointId: string; infer: EndpointActions["inferSchema"] }) {
  const { schema } = settings;
  const ticked = schema === null ? [] : readRequiredFields(schema.text);
  const [mode, setMode] = useState<Mode>(schema === null ? "off" : ticked === null ? "schema" : "fields");
  const [proposal, setProposal] = useState<SchemaProposal | null>(null);
  const { pending, problem: failure, run } = useAction();
  const [empty, setEmpty] = useState(false);
  const problem = failure ?? (empty ? "Nothing with fields is stored here yet. Send a request first." : null);
  /** What somebody had written before it was replaced by an inferred schema. */
  const [replaced, setReplaced] = useState<string | null>(null);
  const put = (text: string) => change({ schema: { text, misfit: schema?.misfit ?? "refuse" } });
  const read = async (): Promise<SchemaProposal | null> => {
    const result = await run(() => infer(endpointId));
    setEmpty(result.kind === "ok" && result.value.bodies === 0);
    if (result.kind === "refused" || result.value.bodies === 0) return null;
    setProposal(result.value);
    return result.value;
  };
  const choose = (next: Mode) => {
    setMode(next);
    if (next === "off") change({ schema: null });
    else if (schema === null || (next === "fields" && ticked === null)) put(EMPTY);
    if (next === "fields" && proposal === null) void read();
  };
  const source =
    proposal === null ? null : `Read from the newest ${proposal.bodies === 1 ? "body" : `${proposal.bodies} bodies`}.`;
  return (
    <div className="flex flex-col gap-4">
      <Field label="A body must hold">
        <Select
          value={mode}
          disabled={disabled}
          onValueChange={choose}
          options={[
            { value: "off", label: "Anything" },
            { value: "fields", label: "Required fields" },
            { value: "schema", label: "What a JSON Schema says (advanced)" },
          ]}
        />
      </Field>
      {mode === "fields" && schema !== null ? (
        <RequiredFields
          ticked={ticked ?? []}
          seen={proposal?.fields ?? []}
          disabled={disabled}
          error={errors["schema.text"]}
          onChange={(paths) => put(JSON.stringify(requireFields(paths), null, 2))}
        />
      ) : null}
      {mode === "schema" && schema !== null ? (
        <SchemaTextField text={schema.text} errors={errors} disabled={disabled} onChange={put} />
      ) : null}
      {mode === "off" ? null : (
        <>
          <div className="flex flex-wrap items-center gap-2">
            <Button
              type="button"
              size="compact"
              pending={pending}
              disabled={disabled}
              onClick={async () => {
                const found = await read();
                if (found === null || mode !== "schema") return;
                setReplaced(
                  schema === null || schema.text === EMPTY || schema.text === found.text ? null : schema.text,
                );
                put(found.text);
              }}
            >
              {mode === "schema" ? "Infer from stored requests" : "Read fields from stored requests"}
            </Button>
            {replaced === null || mode !== "schema" ? null : (
              <Button
                type="button"
                size="compact"
                onClick={() => {
                  put(replaced);
                  setReplaced(null);
                }}
              >
                Put my text back
              </Button>
            )}
            {source === null ? null : <span className="text-12 text-ink-3">{source}</span>}
          </div>
          {problem === null ? null : <Notice tone="warn" title={problem} />}
          <Field
            label="What does not fit"
            help="Refusing answers 422; most senders then try again and in the end give up or turn the webhook off."
          >
            <Select
              value={schema?.misfit ?? "refuse"}
              disabled={disabled}
              onValueChange={(misfit) => {
                if (schema !== null) change({ schema: { ...schema, misfit } });
              }}
              options={[
                { value: "refuse", label: "Refuse it, with the reason" },
                { value: "mark", label: "Accept it and mark the check as failed" },
              ]}
            />
          </Field>
        </>
      )}
    </div>
  );
}

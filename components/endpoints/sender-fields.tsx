"use client";
import { useState } from "react";
import type { SettingsPart } from "#components/endpoints/settings-form.tsx";
import { Disclosure } from "#components/ui/disclosure.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { NumberInput } from "#components/ui/number-input.tsx";
import { SearchSelect } from "#components/ui/search-select.tsx";
import { Select } from "#components/ui/select.tsx";
import { Switch } from "#components/ui/switch.tsx";
import type { ProviderChoice } from "#lib/views/endpoint-views.ts";

type SenderFieldsProps = SettingsPart & {
  provider: ProviderChoice;
  providers: readonly ProviderChoice[];
  onProvider: (provider: ProviderChoice) => void;
  url: string;
  secretCount: number;
};

/** More options than this are folded, but for those that are needed. */
const FOLDED_ABOVE = 6;

/** Who sends, how it signs, and what else that needs. */
export function SenderFields({ provider, providers, onProvider, url, secretCount, ...part }: SenderFieldsProps) {
  const { settings, change, errors, disabled } = part;
  // By what was set when the form was opened: a field must not move while somebody types into it.
  const [begun] = useState(settings);
  const { shown, folded } = foldOptions(provider, begun, errors);
  const scheme = provider.schemes.find(({ id }) => id === settings.scheme) ?? provider.schemes[0];
  const choose = (id: string) => {
    const chosen = providers.find((choice) => choice.id === id);
    if (chosen === undefined) return;
    onProvider(chosen);
    change({ scheme: null, ...(chosen.id === "none" ? { verification: "off" as const } : {}) });
  };
  return (
    <>
      <Field label="Sender" error={errors.provider} help={provider.pasteUrl}>
        <SearchSelect
          what="senders"
          value={provider.id}
          onValueChange={choose}
          disabled={disabled}
          options={providers.map(({ id, name }) => ({ value: id, label: name }))}
        />
      </Field>
      {provider.schemes.length > 1 ? (
        <Field label="How it signs" error={errors.scheme}>
          <Select
            value={scheme?.id ?? null}
            onValueChange={(id) => change({ scheme: id })}
            disabled={disabled}
            options={provider.schemes.map(({ id, label }) => ({ value: id, label }))}
          />
        </Field>
      ) : null}
      {provider.id === "none" ? null : (
        <Switch
          label="Refuse what does not verify"
          help={
            settings.verification === "off"
              ? "Off: whoever knows the address can send. Turns on when a secret is added."
              : scheme?.needsSecret && secretCount === 0
                ? "On, but there is no secret yet: everything is refused until one is added below."
                : "On: requests without a genuine signature get 401."
          }
          checked={settings.verification === "required"}
          disabled={disabled}
          onCheckedChange={(checked) => change({ verification: checked ? "required" : "off" })}
        />
      )}
      {shown.map((field) => (
        <OptionField key={field.id} field={field} part={part} />
      ))}
      {folded.length === 0 ? null : (
        <Disclosure label={`Rarely needed (${folded.length})`}>
          <div className="flex flex-col gap-4 pt-2">
            {folded.map((field) => (
              <OptionField key={field.id} field={field} part={part} />
            ))}
          </div>
        </Disclosure>
      )}
      {provider.id === "none" ? null : (
        <Disclosure label="More about signatures">
          <div className="flex flex-col gap-4 pt-2">
            <Field
              label="Oldest signed time, in seconds"
              mark="optional"
              error={errors.toleranceSeconds}
              help="Empty: the sender's own rule."
            >
              <NumberInput
                value={settings.toleranceSeconds}
                onNumberChange={(toleranceSeconds) => change({ toleranceSeconds })}
                disabled={disabled}
              />
            </Field>
            <Field
              label="Address as the sender knows it"
              mark="optional"
              error={errors.publicUrl}
              help={`Only for senders that sign the address they call. Empty: ${url}`}
            >
              <Input
                mono
                value={settings.publicUrl ?? ""}
                onValueChange={(text) => change({ publicUrl: text.trim() === "" ? null : text.trim() })}
                disabled={disabled}
              />
            </Field>
          </div>
        </Disclosure>
      )}
    </>
  );
}

type Option = ProviderChoice["optionFields"][number];

/** One of a sender's own options. */
function OptionField({ field, part: { settings, change, errors, disabled } }: { field: Option; part: SettingsPart }) {
  return (
    <Field
      label={field.label}
      help={field.help}
      mark={field.required ? "needed" : "optional"}
      error={errors[`options.${field.id}`]}
    >
      {field.kind === "select" ? (
        <Select
          value={settings.options[field.id] ?? field.defaultValue}
          onValueChange={(value) => change({ options: { ...settings.options, [field.id]: value } })}
          disabled={disabled}
          options={field.choices.map((choice) => ({ value: choice, label: choice }))}
        />
      ) : (
        <Input
          value={settings.options[field.id] ?? field.defaultValue}
          onValueChange={(value) => change({ options: { ...settings.options, [field.id]: value } })}
          disabled={disabled}
          mono
        />
      )}
    </Field>
  );
}

/** Long lists of options show what is needed or set; the rest is folded away. */
function foldOptions(
  { optionFields }: ProviderChoice,
  { options }: SettingsPart["settings"],
  errors: SettingsPart["errors"],
) {
  if (optionFields.length <= FOLDED_ABOVE) return { shown: optionFields, folded: [] };
  const counts = ({ id, required, defaultValue }: Option) =>
    required || (options[id] ?? defaultValue) !== defaultValue || errors[`options.${id}`] !== undefined;
  return { shown: optionFields.filter(counts), folded: optionFields.filter((field) => !counts(field)) };
}

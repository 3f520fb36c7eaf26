"use client";
import type { SettingsPart } from "#components/endpoints/settings-form.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { Switch } from "#components/ui/switch.tsx";
import type { ProviderChoice } from "#lib/core/endpoint-views.ts";

type SenderFieldsProps = SettingsPart & {
  provider: ProviderChoice;
  providers: readonly ProviderChoice[];
  onProvider: (provider: ProviderChoice) => void;
  url: string;
  secretCount: number;
};

/** Who sends, how it signs, and what else that needs. */
export function SenderFields({ settings, change, errors, disabled, provider, providers, onProvider, url, secretCount }: SenderFieldsProps) {
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
        <Select
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
      {provider.optionFields.map((field) => (
        <Field
          key={field.id}
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
      ))}
      {provider.id === "none" ? null : (
        <details>
          <summary className="flex h-8 items-center text-13 font-medium text-ink-2">More about signatures</summary>
          <div className="flex flex-col gap-4 pt-2">
            <Field
              label="Oldest signed time, in seconds"
              mark="optional"
              error={errors.toleranceSeconds}
              help="Empty: the sender's own rule."
            >
              <Input
                inputMode="numeric"
                value={settings.toleranceSeconds === null ? "" : String(settings.toleranceSeconds)}
                onValueChange={(text) => change({ toleranceSeconds: numberOf(text) })}
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
        </details>
      )}
    </>
  );
}

/** A number as typed, null when empty; what is no number goes on as NaN and is refused with a sentence. */
function numberOf(text: string): number | null {
  return text.trim() === "" ? null : Number(text);
}

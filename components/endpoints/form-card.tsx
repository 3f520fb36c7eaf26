"use client";
import { useState } from "react";
import { FormSnippets } from "#components/endpoints/form-snippets-view.tsx";
import type { SettingsPart } from "#components/endpoints/settings-form.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { NumberInput } from "#components/ui/number-input.tsx";
import { Switch } from "#components/ui/switch.tsx";
import { Textarea } from "#components/ui/textarea.tsx";

const HONEYPOT = "website";
const MINIMUM_SECONDS = 3;

/**
 * Forms and links on web pages: who may post by script, what keeps programs out, and links that ask before they act.
 */
export function FormFields({ settings, change, errors, disabled, url }: SettingsPart & { url: string }) {
  const { form } = settings;
  const [origins, setOrigins] = useState(form.origins.join("\n"));
  const originError = Object.entries(errors).find(([field]) => field.startsWith("form.origins"))?.[1];
  const set = (patch: Partial<typeof form>) => change({ form: { ...form, ...patch } });
  return (
    <div className="flex flex-col gap-4">
      <Field
        label="Pages whose scripts may post"
        mark="optional"
        error={originError}
        help={
          "One origin a line, such as https://www.example.com, or * for every page. Needed for fetch only: a " +
          "plain form can post from anywhere."
        }
      >
        <Textarea
          mono
          value={origins}
          disabled={disabled}
          onChange={(event) => {
            setOrigins(event.currentTarget.value);
            set({ origins: event.currentTarget.value.split(/[\s,]+/).filter((text) => text !== "") });
          }}
        />
      </Field>
      <Switch
        label="Refuse forms whose hidden field is filled in"
        help={
          "People do not see it; programs that fill in every field do. They " +
          "are shown the usual answer and learn nothing."
        }
        checked={form.honeypot !== null}
        disabled={disabled}
        onCheckedChange={(checked) => set({ honeypot: checked ? HONEYPOT : null })}
      />
      {form.honeypot === null ? null : (
        <Field
          label="Name of the hidden field"
          error={errors["form.honeypot"]}
          help="A name that programs like to fill in and your form does not use."
        >
          <Input
            mono
            value={form.honeypot}
            maxLength={100}
            disabled={disabled}
            onValueChange={(text) => set({ honeypot: text })}
          />
        </Field>
      )}
      <Switch
        label="Refuse forms that are sent too fast"
        help="Visitors without JavaScript are not lost: their form is accepted with a failed check."
        checked={form.minimumSeconds !== null}
        disabled={disabled}
        onCheckedChange={(checked) => set({ minimumSeconds: checked ? MINIMUM_SECONDS : null })}
      />
      {form.minimumSeconds === null ? null : (
        <Field label="Fewest seconds a person needs" error={errors["form.minimumSeconds"]}>
          <NumberInput
            value={form.minimumSeconds}
            disabled={disabled}
            onNumberChange={(seconds) => set({ minimumSeconds: seconds ?? Number.NaN })}
          />
        </Field>
      )}
      <FormSnippets settings={settings} url={url} />
      <Switch
        label="Ask before an opened link acts"
        help={
          "Mail scanners and previews open links. With this a GET shows a page with a button, and only pressing " +
          "it makes an event."
        }
        checked={settings.confirmGet}
        disabled={disabled}
        onCheckedChange={(checked) => change({ confirmGet: checked })}
      />
      {settings.confirmGet && !settings.methods.includes("GET") ? (
        <Notice tone="warn" title="GET is not allowed here">
          Tick GET under "Who may send", or the link is answered 405.
        </Notice>
      ) : null}
    </div>
  );
}

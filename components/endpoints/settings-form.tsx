"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { AdmissionFields } from "#components/endpoints/admission-fields.tsx";
import { AnswerFields } from "#components/endpoints/answer-fields.tsx";
import type { EndpointActions, Rehearsal } from "#components/endpoints/endpoint-actions.ts";
import { NamingFields } from "#components/endpoints/naming-fields.tsx";
import { SecretsCard } from "#components/endpoints/secrets-card.tsx";
import { SenderFields } from "#components/endpoints/sender-fields.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { showToast } from "#components/ui/show-toast.ts";
import type { EndpointSettingsView, EndpointView, ProviderChoice } from "#lib/core/endpoint-views.ts";

/** What a part of the form needs: the settings as they stand in it, a way to change them, and what is wrong with each. */
export type SettingsPart = {
  settings: EndpointSettingsView;
  change: (patch: Partial<EndpointSettingsView>) => void;
  errors: Readonly<Record<string, string>>;
  disabled: boolean;
};

type SettingsFormProps = { endpoint: EndpointView; providers: readonly ProviderChoice[]; actions: EndpointActions };

/** An endpoint's settings. What would refuse requests that were accepted so far is said, with numbers, before it is saved. */
export function SettingsForm({ endpoint, providers, actions }: SettingsFormProps) {
  const router = useRouter();
  const [name, setName] = useState(endpoint.name);
  const [provider, setProvider] = useState(endpoint.provider);
  const [settings, setSettings] = useState(endpoint.settings);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [refusal, setRefusal] = useState<string | null>(null);
  const [warned, setWarned] = useState<Rehearsal | null>(null);
  const [pending, setPending] = useState(false);
  const part: SettingsPart = {
    settings,
    change: (patch) => setSettings((now) => ({ ...now, ...patch })),
    errors,
    disabled: !endpoint.mayEdit,
  };
  const input = { name, provider: provider.id, settings, revision: endpoint.revision };

  const store = async (): Promise<string | undefined> => {
    const result = await actions.update(endpoint.id, input);
    if (result.kind === "refused") {
      setErrors(Object.fromEntries(result.problems.map(({ field, message }) => [field.replace(/^settings\./, ""), message])));
      setRefusal(result.message);
      return result.message;
    }
    setErrors({});
    setRefusal(null);
    setWarned(null);
    showToast("Saved", { description: "Takes effect at once." });
    router.refresh();
    return undefined;
  };
  const save = async () => {
    setPending(true);
    try {
      const rehearsed = await actions.rehearse(endpoint.id, { settings });
      if (rehearsed.kind === "ok" && rehearsed.value.refused > 0) setWarned(rehearsed.value);
      else await store();
    } finally {
      setPending(false);
    }
  };

  return (
    <div className="flex max-w-form flex-col gap-4">
      <form
        className="flex flex-col gap-4"
        aria-label="Endpoint settings"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Card title="Sender">
          <div className="flex flex-col gap-4">
            <Field label="Name" error={errors.name}>
              <Input value={name} onValueChange={(next) => setName(next)} maxLength={120} disabled={part.disabled} />
            </Field>
            <SenderFields
              {...part}
              provider={provider}
              providers={providers}
              onProvider={setProvider}
              url={endpoint.url}
              secretCount={endpoint.secrets.length}
            />
          </div>
        </Card>
        <Card title="Who may send" description="Checked before anything is stored; each refusal is recorded with its reason.">
          <AdmissionFields {...part} bodyBytesLimit={endpoint.bodyBytesLimit} />
        </Card>
        <Card title="Event type and duplicates">
          <NamingFields {...part} />
        </Card>
        <Card title="Answer" description="What the sender is told once the event is stored.">
          <AnswerFields {...part} />
        </Card>
        {refusal === null ? null : (
          <Notice tone="bad" title="Not saved">
            {refusal}
          </Notice>
        )}
        {endpoint.mayEdit ? (
          <div>
            <Button type="submit" variant="secondary" pending={pending}>
              Save settings
            </Button>
          </div>
        ) : null}
      </form>
      <SecretsCard endpoint={endpoint} provider={provider} actions={actions} />
      <ConfirmDialog
        title="Some requests would be refused"
        confirmLabel="Refuse these from now on"
        cancelLabel="Keep accepting them"
        danger
        open={warned !== null}
        onOpenChange={(open) => {
          if (!open) setWarned(null);
        }}
        onConfirm={store}
      >
        {warned === null ? null : (
          <>
            <p>
              These settings would have refused {warned.refused.toLocaleString("en")} of the last {warned.checked.toLocaleString("en")}{" "}
              accepted events:
            </p>
            <ul className="list-disc pl-5">
              {warned.reasons.map(({ reason, count }) => (
                <li key={reason}>
                  {reason} ({count.toLocaleString("en")})
                </li>
              ))}
            </ul>
          </>
        )}
      </ConfirmDialog>
    </div>
  );
}

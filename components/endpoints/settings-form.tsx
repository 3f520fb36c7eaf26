"use client";
import { useRouter } from "next/navigation";
import { Fragment, useState } from "react";
import { AdmissionFields } from "#components/endpoints/admission-fields.tsx";
import { AnswerFields } from "#components/endpoints/answer-fields.tsx";
import type { EndpointActions } from "#components/endpoints/endpoint-actions.ts";
import { FormFields } from "#components/endpoints/form-card.tsx";
import { NamingFields } from "#components/endpoints/naming-fields.tsx";
import { rebaseSettings } from "#components/endpoints/rebase-settings.ts";
import { SchemaFields } from "#components/endpoints/schema-fields.tsx";
import { SecretsCard } from "#components/endpoints/secrets-card.tsx";
import { SenderFields } from "#components/endpoints/sender-fields.tsx";
import { ConsentDialog, ProofView } from "#components/endpoints/settings-proof.tsx";
import { SplitFields } from "#components/endpoints/split-fields.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { showToast } from "#components/ui/show-toast.ts";
import type { EndpointSettingsView, EndpointView, ProviderChoice } from "#lib/core/endpoint-views.ts";
import { needsConsent, type SettingsProof } from "#lib/core/settings-proof.ts";

/** What a part of the form needs: the settings as they stand in it, a way to change them, and what is wrong with each. */
export type SettingsPart = {
  settings: EndpointSettingsView;
  change: (patch: Partial<EndpointSettingsView>) => void;
  errors: Readonly<Record<string, string>>;
  disabled: boolean;
};

type SettingsFormProps = { endpoint: EndpointView; providers: readonly ProviderChoice[]; actions: EndpointActions };

/** An endpoint's settings. What they would have done to the stored requests is said, with numbers, before they are saved. */
export function SettingsForm({ endpoint, providers, actions }: SettingsFormProps) {
  const router = useRouter();
  const [name, setName] = useState(endpoint.name);
  const [provider, setProvider] = useState(endpoint.provider);
  const [settings, setSettings] = useState(endpoint.settings);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [refusal, setRefusal] = useState<string | null>(null);
  const [warned, setWarned] = useState<SettingsProof | null>(null);
  const [tried, setTried] = useState<SettingsProof | null>(null);
  const [trying, setTrying] = useState(false);
  const [pending, setPending] = useState(false);
  const [base, setBase] = useState(endpoint);
  // Somebody saved something, here or elsewhere, such as a secret: what is typed and not saved stays.
  if (base.revision !== endpoint.revision) {
    setBase(endpoint);
    setSettings(rebaseSettings(settings, base.settings, endpoint.settings));
    if (name === base.name) setName(endpoint.name);
    if (provider.id === base.provider.id) setProvider(endpoint.provider);
    setTried(null);
  }
  const part: SettingsPart = {
    settings,
    change: (patch) => setSettings((now) => ({ ...now, ...patch })),
    errors,
    disabled: !endpoint.mayEdit,
  };
  const input = { name, provider: provider.id, settings, revision: endpoint.revision };

  const fail = (result: { message: string; problems: ReadonlyArray<{ field: string; message: string }> }): string => {
    setErrors(Object.fromEntries(result.problems.map(({ field, message }) => [field.replace(/^settings\./, ""), message])));
    setRefusal(result.message);
    return result.message;
  };
  const store = async (): Promise<string | undefined> => {
    const result = await actions.update(endpoint.id, input);
    if (result.kind === "refused") return fail(result);
    setErrors({});
    setRefusal(null);
    setWarned(null);
    setBase((now) => ({ ...now, name, provider, settings }));
    showToast("Saved", { description: "Takes effect at once." });
    router.refresh();
    return undefined;
  };
  const rehearse = () => actions.rehearse(endpoint.id, { provider: provider.id, settings });
  const tryOut = async () => {
    setTrying(true);
    try {
      const result = await rehearse();
      if (result.kind === "refused") return void fail(result);
      setErrors({});
      setRefusal(null);
      setTried(result.value);
    } finally {
      setTrying(false);
    }
  };
  const save = async () => {
    setPending(true);
    try {
      if (provider.id === endpoint.provider.id && JSON.stringify(settings) === JSON.stringify(endpoint.settings))
        return void (await store());
      const rehearsed = await rehearse();
      if (rehearsed.kind === "ok" && needsConsent(rehearsed.value)) setWarned(rehearsed.value);
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
        {/* Fields that hold a text of their own begin again with what was saved. */}
        <Fragment key={JSON.stringify(endpoint.settings)}>
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
            <AdmissionFields
              {...part}
              bodyBytesLimit={endpoint.bodyBytesLimit}
              provider={provider}
              testAddress={actions.help.testAddress}
            />
          </Card>
          <Card title="Required content" description="A body that lacks what is asked for is a misfit: refused, or accepted and marked.">
            <SchemaFields {...part} endpointId={endpoint.id} infer={actions.inferSchema} />
          </Card>
          <Card title="Event type and duplicates">
            <NamingFields {...part} provider={provider} endpointId={endpoint.id} infer={actions.inferSchema} />
          </Card>
          <Card title="Batches" description="Some senders put several events in one request.">
            <SplitFields {...part} provider={provider} />
          </Card>
          <Card title="Answer" description="What the sender is told once the event is stored.">
            <AnswerFields {...part} provider={provider} answeringFlows={endpoint.answeringFlows} />
          </Card>
          <Card title="Forms and links" description="For forms on web pages, and for links that people open.">
            <FormFields {...part} url={endpoint.url} />
          </Card>
        </Fragment>
        {refusal === null ? null : (
          <Notice tone="bad" title="Not saved">
            {refusal}
          </Notice>
        )}
        {endpoint.mayEdit ? (
          <div className="flex flex-wrap gap-2">
            <Button type="submit" variant="secondary" pending={pending}>
              Save settings
            </Button>
            <Button type="button" pending={trying} onClick={tryOut}>
              Try on the last 1,000 requests
            </Button>
          </div>
        ) : null}
        {tried === null ? null : (
          <Card title="What these settings would have done" description="Tried on the stored requests; nothing is saved yet.">
            <ProofView endpointId={endpoint.id} proof={tried} />
          </Card>
        )}
      </form>
      <SecretsCard endpoint={endpoint} provider={provider} actions={actions} />
      <ConsentDialog endpointId={endpoint.id} proof={warned} onClose={() => setWarned(null)} onConfirm={store} />
    </div>
  );
}

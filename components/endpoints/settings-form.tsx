"use client";
import { useRouter } from "next/navigation";
import { type FormEvent, type ReactNode, useRef, useState } from "react";
import { AdmissionFields } from "#components/endpoints/admission-fields.tsx";
import { AnswerFields } from "#components/endpoints/answer-fields.tsx";
import type { EndpointActions } from "#components/endpoints/endpoint-actions.ts";
import { FormFields } from "#components/endpoints/form-card.tsx";
import { NamingFields } from "#components/endpoints/naming-fields.tsx";
import { SchemaFields } from "#components/endpoints/schema-fields.tsx";
import { SecretsCard } from "#components/endpoints/secrets-card.tsx";
import { SenderFields } from "#components/endpoints/sender-fields.tsx";
import { ConsentDialog, ProofView } from "#components/endpoints/settings-proof.tsx";
import { SettingsSaveBar } from "#components/endpoints/settings-save-bar.tsx";
import { SplitFields } from "#components/endpoints/split-fields.tsx";
import { useFieldProblems } from "#components/endpoints/use-field-problems.ts";
import { useSettingsDraft } from "#components/endpoints/use-settings-draft.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { showToast } from "#components/ui/show-toast.ts";
import { useAction } from "#components/ui/use-action.ts";
import type { EndpointSettings } from "#lib/core/endpoint-settings.ts";
import type { EndpointView, ProviderChoice } from "#lib/views/endpoint-views.ts";
import { needsConsent, type SettingsProof } from "#lib/views/settings-proof.ts";

/**
 * What a part of the form needs: the settings as they stand in it, a way to change them, and what is wrong with each.
 */
export type SettingsPart = {
  settings: EndpointSettings;
  change: (patch: Partial<EndpointSettings>) => void;
  errors: Readonly<Record<string, string>>;
  disabled: boolean;
};

type SettingsFormProps = { endpoint: EndpointView; providers: readonly ProviderChoice[]; actions: EndpointActions };

/**
 * An endpoint's settings. What they would have done to the stored requests is said, with numbers, before they are
 * saved.
 */
export function SettingsForm({ endpoint, providers, actions }: SettingsFormProps) {
  const router = useRouter();
  const draft = useSettingsDraft(endpoint, providers);
  const { name, provider, settings } = draft;
  const whole = useRef<HTMLDivElement>(null);
  const problems = useFieldProblems(whole);
  const [warned, setWarned] = useState<SettingsProof | null>(null);
  const [tried, setTried] = useState<SettingsProof | null>(null);
  const [ownRevision, setOwnRevision] = useState(0);
  const saving = useAction();
  const trying = useAction();
  const busy = saving.pending ? "saving" : trying.pending ? "trying" : null;
  const part: SettingsPart = { settings, change: draft.change, errors: problems.errors, disabled: !endpoint.mayEdit };

  const store = async (): Promise<string | undefined> => {
    // A second save may come before the page has read what the first one made.
    const revision = Math.max(endpoint.revision, ownRevision);
    const wanted = { name, provider: provider.id, settings, revision };
    const result = await saving.run(() => actions.update(endpoint.id, wanted));
    if (result.kind === "refused") return problems.show(result);
    problems.clear();
    setWarned(null);
    setTried(null);
    draft.settle();
    setOwnRevision(result.value.revision);
    showToast("Saved", { description: "Takes effect at once." });
    router.refresh();
    return undefined;
  };
  const rehearse = () => actions.rehearse(endpoint.id, { provider: provider.id, settings });
  const tryOut = async () => {
    const result = await trying.run(rehearse);
    if (result.kind === "refused") return void problems.show(result);
    problems.clear();
    setTried(result.value);
  };
  const save = async () => {
    if (busy !== null) return;
    const rehearsed = draft.concernsRequests ? await saving.run(rehearse) : null;
    if (rehearsed?.kind === "ok" && needsConsent(rehearsed.value)) setWarned(rehearsed.value);
    else await store();
  };

  return (
    <div ref={whole} className="flex max-w-form flex-col gap-4 [&_:is(input,textarea,button,summary)]:scroll-mb-28">
      <Part label="Who sends" onSave={save}>
        <Card title="Sender">
          <div className="flex flex-col gap-4" key={draft.round}>
            <Field label="Name" error={problems.errors.name}>
              <Input
                value={name}
                onValueChange={(next) => draft.setName(next)}
                maxLength={120}
                disabled={part.disabled}
              />
            </Field>
            <SenderFields
              {...part}
              provider={provider}
              providers={providers}
              onProvider={draft.setProvider}
              url={endpoint.url}
              secretCount={endpoint.secrets.length}
            />
          </div>
        </Card>
      </Part>
      <SecretsCard endpoint={endpoint} provider={provider} actions={actions} />
      <Part label="Endpoint settings" onSave={save}>
        {/* Fields that hold a text of their own begin again with what came from elsewhere. */}
        <div className="flex flex-col gap-4" key={draft.round}>
          <Card
            title="Who may send"
            description="Checked before anything is stored; each refusal is recorded with its reason."
          >
            <AdmissionFields
              {...part}
              bodyBytesLimit={endpoint.bodyBytesLimit}
              provider={provider}
              testAddress={actions.help.testAddress}
            />
          </Card>
          <Card
            title="Required content"
            description="A body that lacks what is asked for is a misfit: refused, or accepted and marked."
          >
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
        </div>
      </Part>
      {tried === null ? null : (
        <div ref={showTried} className="scroll-mb-28">
          <Card
            title="What these settings would have done"
            description="Tried on the stored requests; nothing is saved yet."
          >
            <ProofView endpointId={endpoint.id} proof={tried} />
          </Card>
        </div>
      )}
      {endpoint.mayEdit ? (
        <SettingsSaveBar
          draft={draft}
          refusal={problems.refusal}
          busy={busy}
          onDiscard={() => {
            problems.clear();
            setTried(null);
            draft.discard();
          }}
          onTry={() => void tryOut()}
          onSave={() => void save()}
        />
      ) : null}
      <ConsentDialog endpointId={endpoint.id} proof={warned} onClose={() => setWarned(null)} onConfirm={store} />
    </div>
  );
}

/** The answer stands far below the button that asked for it. */
function showTried(card: HTMLElement | null): void {
  card?.scrollIntoView({ block: "end" });
}

/** A part of the form that Enter saves whole. */
function Part({ label, onSave, children }: { label: string; onSave: () => Promise<void>; children: ReactNode }) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void onSave();
  };
  return (
    <form aria-label={label} onSubmit={submit}>
      {children}
      {/* Enter saves only a form that has a button for it; the one people see stands below all parts. */}
      <Button type="submit" className="hidden">
        Save settings
      </Button>
    </form>
  );
}

"use client";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import type { EndpointActions } from "#components/endpoints/endpoint-actions.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { SearchSelect } from "#components/ui/search-select.tsx";
import { showToast } from "#components/ui/show-toast.ts";
import { useAction } from "#components/ui/use-action.ts";
import type { EndpointView, ProviderChoice } from "#lib/views/endpoint-views.ts";

type FirstSenderProps = {
  endpoint: EndpointView;
  providers: readonly ProviderChoice[];
  actions: Pick<EndpointActions, "update" | "addSecret">;
  /** Called when the sender is chosen; `unfinished` where it needs more than a secret. */
  onChosen: (unfinished: boolean) => void;
};

/** The names endpoints are made with: who chooses a sender means its name. */
const UNNAMED = /^Endpoint( \d+)?$/;

/** For who knows the sender before its first request: choose its name, paste its secret, done. */
export function FirstSender({ endpoint, providers, actions, onChosen }: FirstSenderProps) {
  const router = useRouter();
  const [chosen, setChosen] = useState<ProviderChoice | null>(null);
  const [secret, setSecret] = useState("");
  const { pending, problem, run, clear } = useAction();
  const takesSecret = chosen?.schemes[0]?.needsSecret === true;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (chosen === null) return;
    const name = UNNAMED.test(endpoint.name) ? { name: chosen.name } : {};
    const adds = takesSecret && secret.trim() !== "";
    const result = await run<unknown>(async () => {
      const saved = await actions.update(endpoint.id, { provider: chosen.id, ...name });
      return saved.kind === "ok" && adds ? actions.addSecret(endpoint.id, { secret, label: "" }) : saved;
    });
    if (result.kind === "refused") return;
    if (adds) showToast(`Signatures of ${chosen.name} are checked from now on`);
    else
      showToast(`The sender is ${chosen.name}`, {
        description: takesSecret ? "Signatures are checked once its secret is added." : "",
      });
    router.refresh();
    onChosen(chosen.optionFields.some(({ required, defaultValue }) => required && defaultValue === ""));
  };
  return (
    <Card
      title="Do you know who will send?"
      description="Otherwise send something: most senders are recognised by their first request."
      className="max-w-form"
    >
      <form aria-label="Who will send" className="flex flex-col gap-4" onSubmit={(event) => void submit(event)}>
        <Field label="Sender" help={chosen?.pasteUrl} error={takesSecret ? null : problem}>
          <SearchSelect
            what="senders"
            placeholder="Choose the sender…"
            value={chosen?.id ?? null}
            onValueChange={(id) => {
              setChosen(providers.find((provider) => provider.id === id) ?? null);
              clear();
            }}
            options={providers.filter(({ id }) => id !== "none").map(({ id, name }) => ({ value: id, label: name }))}
          />
        </Field>
        {chosen !== null && takesSecret ? (
          <Field
            label="Signing secret"
            mark="optional"
            error={problem}
            help={[chosen.secretWhere, chosen.secretLooksLike].filter((text) => text !== null).join(" ")}
          >
            <Input mono type="password" autoComplete="off" value={secret} onValueChange={(next) => setSecret(next)} />
          </Field>
        ) : null}
        {chosen === null ? null : (
          <div>
            <Button type="submit" pending={pending}>
              {takesSecret && secret.trim() !== "" ? "Verify signatures" : `Use ${chosen.name}`}
            </Button>
          </div>
        )}
      </form>
    </Card>
  );
}

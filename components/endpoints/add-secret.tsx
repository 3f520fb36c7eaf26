"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { checkedWords } from "#components/endpoints/checked-words.ts";
import type { SecretsCardProps } from "#components/endpoints/secrets-card.tsx";
import { ProofView } from "#components/endpoints/settings-proof.tsx";
import { Plus } from "#components/icons.ts";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { showToast } from "#components/ui/show-toast.ts";
import { useAction } from "#components/ui/use-action.ts";
import type { SettingsProof } from "#lib/views/settings-proof.ts";

/**
 * Adds a secret. It is tried on the stored requests first; one that verifies none of them, or would refuse some, is
 * asked about.
 */
export function AddSecret({ endpoint, provider, actions }: SecretsCardProps) {
  const router = useRouter();
  const [secret, setSecret] = useState("");
  const [label, setLabel] = useState("");
  const { pending, problem, run } = useAction();
  const [asked, setAsked] = useState<SettingsProof | null>(null);
  const changed = provider.id === endpoint.provider.id ? {} : { provider: provider.id };

  const add = async (): Promise<string | undefined> => {
    const result = await run(() => actions.addSecret(endpoint.id, { secret, label, ...changed }));
    if (result.kind === "refused") return result.problems[0]?.message ?? result.message;
    const { endsIn, checked, matched } = result.value;
    showToast("Saved", {
      description:
        `${endsIn === "" ? "" : `Ends in …${endsIn}. `}Hookline will not show it ` +
        `again.${checked === 0 ? "" : ` ${checkedWords(checked, matched)}`}`,
    });
    setSecret("");
    setLabel("");
    setAsked(null);
    router.refresh();
    return undefined;
  };
  const submit = async () => {
    const tried = await run(() => actions.rehearse(endpoint.id, { secret, ...changed }));
    if (tried.kind === "refused") return;
    if (isDoubtful(tried.value)) setAsked(tried.value);
    else await add();
  };
  const refuses = asked !== null && asked.refused.count > 0;
  return (
    <>
      <form
        className="grid items-start gap-3 md:grid-cols-[minmax(0,2fr)_minmax(0,1fr)_auto]"
        aria-label="Add a signing secret"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Field
          label="New secret"
          error={problem}
          help={[provider.secretWhere, provider.secretLooksLike].filter((text) => text !== null).join(" ")}
        >
          <Input mono type="password" autoComplete="off" value={secret} onValueChange={(next) => setSecret(next)} />
        </Field>
        <Field label="Label" mark="optional">
          <Input value={label} onValueChange={(next) => setLabel(next)} maxLength={80} placeholder="live" />
        </Field>
        <Button type="submit" className="md:mt-6" icon={<Plus aria-hidden />} pending={pending}>
          Add secret
        </Button>
      </form>
      <ConfirmDialog
        title={
          asked?.secret?.verified === 0 && asked.secret.signed > 0
            ? "Is this the right secret?"
            : "Some requests would be refused"
        }
        confirmLabel={refuses ? "Refuse these from now on" : "Add it anyway"}
        cancelLabel="Do not add it"
        danger={refuses}
        open={asked !== null}
        onOpenChange={(open) => {
          if (!open) setAsked(null);
        }}
        onConfirm={add}
      >
        <p>From now on only what one of the endpoint's secrets verifies is accepted. Tried on what is stored:</p>
        {asked === null ? null : <ProofView endpointId={endpoint.id} proof={asked} />}
      </ConfirmDialog>
    </>
  );
}

/**
 * Requests without any signature are what turning verification on is for; they are asked about too, because they were
 * accepted.
 */
function isDoubtful({ secret, refused }: SettingsProof): boolean {
  return refused.count > 0 || (secret !== null && secret.signed > 0 && secret.verified === 0);
}

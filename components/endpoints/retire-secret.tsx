"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { EndpointActions } from "#components/endpoints/endpoint-actions.ts";
import { ProofView } from "#components/endpoints/settings-proof.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { useAction } from "#components/ui/use-action.ts";
import { secretNumber } from "#lib/core/secret-number.ts";
import type { EndpointView, SecretView } from "#lib/views/endpoint-views.ts";
import type { SettingsProof } from "#lib/views/settings-proof.ts";

type RetireSecretProps = {
  endpoint: EndpointView;
  secret: SecretView;
  actions: Pick<EndpointActions, "rehearse" | "retireSecret">;
};

/** Retires a secret after showing which of the stored requests would be refused without it. */
export function RetireSecret({ endpoint, secret, actions }: RetireSecretProps) {
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const { pending, run } = useAction("toast");
  const [proof, setProof] = useState<SettingsProof | null>(null);
  const last = endpoint.secrets.length === 1;
  const ask = async () => {
    const result = await run(() => actions.rehearse(endpoint.id, { retire: secret.id }));
    if (result.kind === "refused" && (result.code === "no-answer" || result.code === "busy")) return;
    setProof(result.kind === "ok" ? result.value : null);
    setOpen(true);
  };
  const confirm = async () => {
    const result = await actions.retireSecret(endpoint.id, secret.id);
    if (result.kind === "refused") return result.message;
    router.refresh();
    return undefined;
  };
  return (
    <>
      <Button size="compact" pending={pending} onClick={ask}>
        Retire
      </Button>
      <ConfirmDialog
        title="Retire this secret?"
        confirmLabel={proof !== null && proof.refused.count > 0 ? "Refuse these from now on" : "Retire secret"}
        cancelLabel="Keep it"
        danger
        open={open}
        onOpenChange={setOpen}
        onConfirm={confirm}
      >
        <p>
          What is signed with {secret.label === "" ? "it" : `"${secret.label}"`}
          {secret.endsIn === "" ? "" : `, which ends in …${secret.endsIn}`} (no. {secretNumber(secret.id)}), is refused
          from now on.
          {last && endpoint.settings.verification === "required"
            ? " It is the only one: everything is refused until another is added."
            : ""}
        </p>
        {proof === null ? null : <ProofView endpointId={endpoint.id} proof={proof} />}
      </ConfirmDialog>
    </>
  );
}

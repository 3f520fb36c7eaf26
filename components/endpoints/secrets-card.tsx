"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { EndpointActions } from "#components/endpoints/endpoint-actions.ts";
import { Plus } from "#components/icons.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { showToast } from "#components/ui/show-toast.ts";
import { Cell, HeadCell, Row, Table, TableHead } from "#components/ui/table.tsx";
import type { EndpointView, ProviderChoice, SecretView } from "#lib/core/endpoint-views.ts";

type SecretsCardProps = { endpoint: EndpointView; provider: ProviderChoice; actions: EndpointActions };

/** The signing secrets: several may be valid at once while one is rotated; which one verified is counted. */
export function SecretsCard({ endpoint, provider, actions }: SecretsCardProps) {
  const scheme = provider.schemes.find(({ id }) => id === endpoint.settings.scheme) ?? provider.schemes[0];
  if (scheme?.needsSecret !== true && endpoint.secrets.length === 0) return null;
  return (
    <Card
      title="Signing secrets"
      description="Stored encrypted and never shown again. To rotate, add the new one, change it at the sender, and retire the old one."
    >
      <div className="flex flex-col gap-4">
        {endpoint.secrets.length === 0 ? null : <SecretTable endpoint={endpoint} actions={actions} />}
        {endpoint.mayEdit ? <AddSecret endpoint={endpoint} provider={provider} actions={actions} /> : null}
      </div>
    </Card>
  );
}

function SecretTable({ endpoint, actions }: { endpoint: EndpointView; actions: EndpointActions }) {
  return (
    <Table label="Signing secrets">
      <TableHead>
        <HeadCell>Secret</HeadCell>
        <HeadCell end>Verified</HeadCell>
        <HeadCell end>Last used</HeadCell>
        <HeadCell end>
          <span className="sr-only">Retire</span>
        </HeadCell>
      </TableHead>
      <tbody>
        {endpoint.secrets.map((secret) => (
          <Row key={secret.id}>
            <Cell>
              <span className="font-semibold">{secret.label === "" ? "Secret" : secret.label}</span>
              {secret.endsIn === "" ? null : <span className="ml-2 font-mono text-12 text-ink-2">ends in …{secret.endsIn}</span>}
            </Cell>
            <Cell end>{secret.verifiedCount.toLocaleString("en")}</Cell>
            <Cell end>{secret.lastVerifiedAt === null ? "never" : <RelativeTime at={secret.lastVerifiedAt} ago />}</Cell>
            <Cell end>{endpoint.mayEdit ? <RetireSecret endpoint={endpoint} secret={secret} retire={actions.retireSecret} /> : null}</Cell>
          </Row>
        ))}
      </tbody>
    </Table>
  );
}

function RetireSecret({
  endpoint,
  secret,
  retire,
}: {
  endpoint: EndpointView;
  secret: SecretView;
  retire: EndpointActions["retireSecret"];
}) {
  const router = useRouter();
  const last = endpoint.secrets.length === 1;
  const confirm = async () => {
    const result = await retire(endpoint.id, secret.id);
    if (result.kind === "refused") return result.message;
    router.refresh();
    return undefined;
  };
  return (
    <ConfirmDialog
      title="Retire this secret?"
      confirmLabel="Retire secret"
      cancelLabel="Keep it"
      danger
      trigger={<Button size="compact">Retire</Button>}
      onConfirm={confirm}
    >
      <p>
        What is signed with it is refused from now on.
        {last && endpoint.settings.verification === "required" ? " It is the only one: everything is refused until another is added." : ""}
      </p>
    </ConfirmDialog>
  );
}

function AddSecret({ endpoint, provider, actions }: SecretsCardProps) {
  const router = useRouter();
  const [secret, setSecret] = useState("");
  const [label, setLabel] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const [pending, setPending] = useState(false);
  const add = async () => {
    setPending(true);
    setProblem(null);
    try {
      const changed = provider.id === endpoint.provider.id ? {} : { provider: provider.id };
      const result = await actions.addSecret(endpoint.id, { secret, label, ...changed });
      if (result.kind === "refused") return setProblem(result.problems[0]?.message ?? result.message);
      const { endsIn, checked, matched } = result.value;
      showToast("Saved", {
        description: `${endsIn === "" ? "" : `Ends in …${endsIn}. `}Hookline will not show it again.${checked === 0 ? "" : ` ${checked} stored requests checked: ${matched} match, ${checked - matched} do not.`}`,
      });
      setSecret("");
      setLabel("");
      router.refresh();
    } finally {
      setPending(false);
    }
  };
  return (
    <form
      className="grid items-start gap-3 sm:grid-cols-[minmax(0,2fr)_minmax(0,1fr)_auto]"
      aria-label="Add a signing secret"
      onSubmit={(event) => {
        event.preventDefault();
        void add();
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
      <Button type="submit" className="sm:mt-6" icon={<Plus aria-hidden />} pending={pending}>
        Add secret
      </Button>
    </form>
  );
}

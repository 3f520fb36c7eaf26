"use client";
import { AddSecret } from "#components/endpoints/add-secret.tsx";
import type { EndpointActions } from "#components/endpoints/endpoint-actions.ts";
import { RetireHours } from "#components/endpoints/retire-hours.tsx";
import { RetireSecret } from "#components/endpoints/retire-secret.tsx";
import { Card } from "#components/ui/card.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Cell, HeadCell, Row, Table, TableHead } from "#components/ui/table.tsx";
import { TimeLeft } from "#components/ui/time-left.tsx";
import { secretNumber } from "#lib/core/secret-number.ts";
import type { EndpointView, ProviderChoice, SecretView } from "#lib/views/endpoint-views.ts";

/** What the card and its parts need. */
export type SecretsCardProps = { endpoint: EndpointView; provider: ProviderChoice; actions: EndpointActions };

/** The signing secrets: several may be valid at once while one is rotated; which one verified is counted. */
export function SecretsCard({ endpoint, provider, actions }: SecretsCardProps) {
  const scheme = provider.schemes.find(({ id }) => id === endpoint.settings.scheme) ?? provider.schemes[0];
  if (scheme?.needsSecret !== true && endpoint.secrets.length === 0) return null;
  return (
    <Card
      title="Signing secrets"
      description={
        "Stored encrypted and never shown again. To rotate, add the new one, change it at the sender, and retire " +
        "the old one."
      }
    >
      <div className="flex flex-col gap-4">
        {endpoint.secrets.length === 0 ? null : <SecretTable endpoint={endpoint} actions={actions} />}
        {endpoint.mayEdit ? <AddSecret endpoint={endpoint} provider={provider} actions={actions} /> : null}
        {endpoint.mayEdit && endpoint.secrets.length > 0 ? (
          <RetireHours key={endpoint.settings.retireSecretsAfterHours} endpoint={endpoint} update={actions.update} />
        ) : null}
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
              {secret.endsIn === "" ? null : (
                <span className="ml-2 font-mono text-12 text-ink-2">ends in …{secret.endsIn}</span>
              )}
              <p className="text-12 text-ink-3">
                No. <span className="font-mono">{secretNumber(secret.id)}</span>, added{" "}
                <RelativeTime at={secret.createdAt} ago />
              </p>
              <RetirementNote secret={secret} />
            </Cell>
            <Cell end>{secret.verifiedCount.toLocaleString("en")}</Cell>
            <Cell end>
              {secret.lastVerifiedAt === null ? "never" : <RelativeTime at={secret.lastVerifiedAt} ago />}
            </Cell>
            <Cell end>
              {endpoint.mayEdit ? <RetireSecret endpoint={endpoint} secret={secret} actions={actions} /> : null}
            </Cell>
          </Row>
        ))}
      </tbody>
    </Table>
  );
}

function RetirementNote({ secret }: { secret: SecretView }) {
  const { retirement } = secret;
  switch (retirement.kind) {
    case "stays":
      return null;
    case "waits":
      return (
        <p className="text-12 text-ink-3">Stays until a newer secret verifies a request after this one's last use.</p>
      );
    case "due":
      return (
        <p className="text-12 text-warn-text">
          Retires automatically <TimeLeft until={retirement.at} /> unless used.
        </p>
      );
  }
}

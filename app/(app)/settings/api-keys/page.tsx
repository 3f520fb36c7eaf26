import type { Metadata } from "next";
import { KeyRound, Lock } from "#components/icons.ts";
import { MakeApiKey } from "#components/settings/make-api-key.tsx";
import { RevokeApiKey } from "#components/settings/revoke-api-key.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Page } from "#components/ui/page.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Cell, HeadCell, Row, Table, TableHead } from "#components/ui/table.tsx";
import { loadApiKeys } from "#lib/loaders/api-keys.ts";
import { createApiKeyAction, revokeApiKeyAction } from "./actions.ts";

export const metadata: Metadata = { title: "API keys" };

type Keys = NonNullable<Awaited<ReturnType<typeof loadApiKeys>>>["active"];

/** The workspace's API keys: made here, shown once, revoked for good. */
export default async function ApiKeysPage() {
  const keys = await loadApiKeys();
  if (keys === null)
    return (
      <Page kind="form">
        <PageHeader title="API keys" />
        <EmptyState icon={<Lock />} title="Only admins manage API keys">
          Ask an admin or owner of this workspace for one.
        </EmptyState>
      </Page>
    );
  const make = <MakeApiKey roles={keys.roles} make={createApiKeyAction} />;
  return (
    <Page>
      <PageHeader
        title="API keys"
        count={keys.active.length}
        description="For programs that use /api/v1. A key can never do more than the person who created it."
        actions={keys.active.length > 0 ? make : null}
      />
      <div className="flex flex-col gap-6">
        {keys.active.length === 0 ? (
          <EmptyState icon={<KeyRound />} title="No API key yet" action={make}>
            A key lets a program read events and runs, publish flows and replay runs, as far as its role allows.
          </EmptyState>
        ) : (
          <KeyTable label="API keys" keys={keys.active} mayRevoke />
        )}
        {keys.revoked.length > 0 ? (
          <details>
            <summary className="flex h-8 items-center text-13 font-medium text-ink-2">
              Revoked ({keys.revoked.length})
            </summary>
            <KeyTable label="Revoked API keys" keys={keys.revoked} mayRevoke={false} />
          </details>
        ) : null}
      </div>
    </Page>
  );
}

function KeyTable({ label, keys, mayRevoke }: { label: string; keys: Keys; mayRevoke: boolean }) {
  return (
    <Table label={label}>
      <TableHead>
        <HeadCell>Name</HeadCell>
        <HeadCell>Role</HeadCell>
        <HeadCell>Key</HeadCell>
        <HeadCell>Made by</HeadCell>
        <HeadCell end>Last used</HeadCell>
        <HeadCell end>{mayRevoke ? "Revoke" : "Revoked"}</HeadCell>
      </TableHead>
      <tbody>
        {keys.map((key) => (
          <Row key={key.id}>
            <Cell className="font-semibold">{key.name}</Cell>
            <Cell>
              <Badge>{key.role}</Badge>
            </Cell>
            <Cell mono>{key.prefix}…</Cell>
            <Cell>{key.createdByEmail ?? <Badge tone="warn">its creator has left: it no longer works</Badge>}</Cell>
            <Cell end>{key.lastUsedAt === null ? "never" : <RelativeTime at={key.lastUsedAt} ago />}</Cell>
            <Cell end>
              {mayRevoke ? (
                <RevokeApiKey id={key.id} name={key.name} revoke={revokeApiKeyAction} />
              ) : key.revokedAt === null ? null : (
                <RelativeTime at={key.revokedAt} />
              )}
            </Cell>
          </Row>
        ))}
      </tbody>
    </Table>
  );
}

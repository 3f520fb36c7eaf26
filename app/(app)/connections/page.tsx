import type { Metadata } from "next";
import { RestoreConnection } from "#components/connections/restore-connection.tsx";
import { Inbox, iconNamed, Plug, Plus } from "#components/icons.ts";
import { Badge } from "#components/ui/badge.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Page } from "#components/ui/page.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Cell, HeadCell, Row, RowLink, Table, TableHead } from "#components/ui/table.tsx";
import { databaseNow } from "#lib/core/database-time.ts";
import { findConnectionKind } from "#lib/engine/connections/connection-kinds.ts";
import { type ConnectionItem, loadConnections } from "#lib/loaders/connections.ts";
import { restoreConnectionAction } from "./actions.ts";

export const metadata: Metadata = { title: "Connections" };

/** Every connection of the workspace: made once, used by name in steps. */
export default async function ConnectionsPage() {
  const { connections, deleted, mayEdit } = await loadConnections(databaseNow());
  const hasMail = connections.some((connection) => connection.kind === "smtp");
  return (
    <Page>
      <PageHeader
        title="Connections"
        count={connections.length}
        description={
          "Credentials for the services your flows act on. " + "Secrets are stored encrypted and never shown again."
        }
        actions={
          mayEdit ? (
            <ButtonLink href="/connections/new" variant="primary" icon={<Plus aria-hidden />}>
              New connection
            </ButtonLink>
          ) : null
        }
      />
      <Table label="Connections">
        <TableHead>
          <HeadCell>Name</HeadCell>
          <HeadCell>Last test</HeadCell>
          <HeadCell>Kind</HeadCell>
          <HeadCell>Details</HeadCell>
          <HeadCell end>Changed</HeadCell>
        </TableHead>
        <tbody>
          {connections.map((connection) => (
            <ConnectionRow key={connection.id} connection={connection} />
          ))}
          <Row>
            <Cell>
              <span className="flex items-center gap-2">
                <Inbox aria-hidden className="text-ink-3" />
                <RowLink href="/outbox">Outbox</RowLink>
                <Badge>{hasMail ? "built in" : "used until there is a mail server"}</Badge>
              </span>
            </Cell>
            <Cell className="text-ink-3">–</Cell>
            <Cell>Built in</Cell>
            <Cell className="text-ink-2">Mail is kept here, not sent</Cell>
            <Cell end>–</Cell>
          </Row>
        </tbody>
      </Table>
      {connections.length === 0 ? (
        <EmptyState
          icon={<Plug />}
          title="No connections yet"
          action={mayEdit ? <ButtonLink href="/connections/new?kind=smtp">Add a mail server</ButtonLink> : null}
        >
          Calls without a credential need none, and mail is kept in the Outbox until there is a mail server.
        </EmptyState>
      ) : null}
      {deleted.length > 0 ? <Deleted connections={deleted} mayEdit={mayEdit} /> : null}
    </Page>
  );
}

function ConnectionRow({ connection }: { connection: ConnectionItem }) {
  const Icon = iconNamed(findConnectionKind(connection.kind)?.icon ?? "circle-help");
  const { lastTest } = connection;
  return (
    <Row>
      <Cell>
        <span className="flex items-center gap-2">
          <Icon aria-hidden className="text-ink-3" />
          <RowLink href={`/connections/${connection.id}`}>{connection.name}</RowLink>
        </span>
      </Cell>
      <Cell>
        {lastTest === null ? (
          <span className="text-ink-3">not tested</span>
        ) : (
          <span className="flex items-center gap-2" title={lastTest.message}>
            <Badge tone={lastTest.ok ? "ok" : "bad"}>{lastTest.ok ? "Works" : "Does not work"}</Badge>
            <RelativeTime at={lastTest.at} ago className="text-12 text-ink-3" />
          </span>
        )}
      </Cell>
      <Cell>{connection.kindTitle}</Cell>
      <Cell mono className="text-ink-2">
        {connection.summary}
      </Cell>
      <Cell end>
        <RelativeTime at={connection.updatedAt} ago />
      </Cell>
    </Row>
  );
}

function Deleted({ connections, mayEdit }: { connections: ConnectionItem[]; mayEdit: boolean }) {
  return (
    <details className="mt-6">
      <summary className="flex h-8 items-center text-13 font-medium text-ink-2">
        Recently deleted ({connections.length})
      </summary>
      <Table label="Recently deleted connections">
        <tbody>
          {connections.map((connection) => (
            <Row key={connection.id}>
              <Cell className="font-semibold text-ink-2">{connection.name}</Cell>
              <Cell>{connection.kindTitle}</Cell>
              <Cell end>{connection.deletedAt === null ? null : <RelativeTime at={connection.deletedAt} ago />}</Cell>
              <Cell end>
                {mayEdit ? (
                  <RestoreConnection id={connection.id} name={connection.name} restore={restoreConnectionAction} />
                ) : null}
              </Cell>
            </Row>
          ))}
        </tbody>
      </Table>
    </details>
  );
}

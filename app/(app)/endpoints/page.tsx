import type { Metadata } from "next";
import { EndpointTable } from "#components/endpoints/endpoint-table.tsx";
import { NewEndpointButton } from "#components/endpoints/new-endpoint-button.tsx";
import { RestoreEndpoint } from "#components/endpoints/restore-endpoint.tsx";
import { Webhook } from "#components/icons.ts";
import { Disclosure } from "#components/ui/disclosure.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Page } from "#components/ui/page.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Cell, Row, Table } from "#components/ui/table.tsx";
import { databaseNow } from "#lib/core/database-time.ts";
import { loadEndpoints } from "#lib/loaders/endpoints.ts";
import { createEndpointAction, restoreEndpointAction } from "./actions.ts";

export const metadata: Metadata = { title: "Endpoints" };

/** Every address of the workspace that takes webhooks. */
export default async function EndpointsPage() {
  const { endpoints, deleted, mayEdit } = await loadEndpoints(databaseNow());
  return (
    <Page>
      <PageHeader
        title="Endpoints"
        count={endpoints.length}
        description="Permanent addresses that take webhooks. Everything that arrives is kept and can be looked at."
        actions={mayEdit && endpoints.length > 0 ? <NewEndpointButton create={createEndpointAction} /> : null}
      />
      {endpoints.length === 0 ? (
        <EmptyState
          icon={<Webhook />}
          title="No endpoints yet"
          action={mayEdit ? <NewEndpointButton create={createEndpointAction} /> : null}
        >
          An endpoint is an address for one sender. It works the moment it is made.
        </EmptyState>
      ) : (
        <EndpointTable endpoints={endpoints} />
      )}
      {deleted.length > 0 ? (
        <Disclosure className="mt-6" label={`Recently deleted (${deleted.length})`}>
          <Table label="Recently deleted endpoints">
            <tbody>
              {deleted.map(({ id, name, deletedAt }) => (
                <Row key={id}>
                  <Cell className="font-semibold text-ink-2">{name}</Cell>
                  <Cell end>
                    <RelativeTime at={deletedAt} ago />
                  </Cell>
                  <Cell end>
                    {mayEdit ? <RestoreEndpoint id={id} name={name} restore={restoreEndpointAction} /> : null}
                  </Cell>
                </Row>
              ))}
            </tbody>
          </Table>
        </Disclosure>
      ) : null}
    </Page>
  );
}

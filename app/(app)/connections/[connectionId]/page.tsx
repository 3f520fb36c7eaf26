import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { AnyHostNotice } from "#components/connections/any-host-notice.tsx";
import { ConnectionForm } from "#components/connections/connection-form.tsx";
import { DeleteConnection } from "#components/connections/delete-connection.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Page } from "#components/ui/page.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { loadConnection } from "#lib/loaders/connections.ts";
import {
  allowAddressAction,
  deleteConnectionAction,
  limitConnectionHostsAction,
  restoreConnectionAction,
  saveConnectionAction,
  testConnectionAction,
} from "../actions.ts";

export const metadata: Metadata = { title: "Connection" };

/** One connection: change it, test it, see which flows use it, delete it. */
export default async function ConnectionPage({ params }: { params: Promise<{ connectionId: string }> }) {
  const loaded = await loadConnection((await params).connectionId);
  if (loaded === null) notFound();
  const { connection, kind, flows, mayEdit, anyHost } = loaded;
  return (
    <Page kind="form">
      <PageHeader
        title={connection.name}
        meta={<Badge>{kind.title}</Badge>}
        description={
          flows.length === 0 ? (
            "No flow uses it yet."
          ) : (
            <>
              Used by{" "}
              {flows.map((flow, index) => (
                <span key={flow.id}>
                  {index > 0 ? ", " : null}
                  <TextLink href={`/flows/${flow.id}`}>{flow.name}</TextLink>
                </span>
              ))}
            </>
          )
        }
        actions={
          mayEdit ? (
            <DeleteConnection
              connection={connection}
              flows={flows}
              actions={{ remove: deleteConnectionAction, restore: restoreConnectionAction }}
            />
          ) : null
        }
      />
      {anyHost === null ? null : (
        <AnyHostNotice
          connectionId={connection.id}
          written={anyHost}
          mayEdit={mayEdit}
          limit={limitConnectionHostsAction}
        />
      )}
      <ConnectionForm
        key={connection.updatedAt.toISOString()}
        kind={kind}
        stored={{
          id: connection.id,
          name: connection.name,
          config: connection.config,
          secretHints: connection.secretHints,
        }}
        mayEdit={mayEdit}
        actions={{ save: saveConnectionAction, test: testConnectionAction, allow: allowAddressAction }}
      />
    </Page>
  );
}

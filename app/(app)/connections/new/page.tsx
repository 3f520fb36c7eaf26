import type { Metadata } from "next";
import { ConnectionForm } from "#components/connections/connection-form.tsx";
import { iconNamed } from "#components/icons.ts";
import { Notice } from "#components/ui/notice.tsx";
import { Page } from "#components/ui/page.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Cell, Row, RowLink, Table } from "#components/ui/table.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { type ConnectionKindForm, loadConnectionKinds } from "#lib/loaders/connections.ts";
import { allowAddressAction, saveConnectionAction, testConnectionAction } from "../actions.ts";

export const metadata: Metadata = { title: "New connection" };

/** Chooses a kind of connection, then shows its form. */
export default async function NewConnectionPage({
  searchParams,
}: {
  searchParams: Promise<{ kind?: string | string[]; host?: string | string[] }>;
}) {
  const { kinds, mayEdit } = await loadConnectionKinds();
  const { kind: wanted, host: given } = await searchParams;
  const host = typeof given === "string" ? given : null;
  const kind = kinds.find((one) => one.id === wanted);
  if (!mayEdit)
    return (
      <Page kind="form">
        <PageHeader title="New connection" />
        <Notice title="Only admins add connections">Ask an admin or owner of this workspace.</Notice>
      </Page>
    );
  if (kind === undefined) return <ChooseKind kinds={kinds} host={host} />;
  return (
    <Page kind="form">
      <PageHeader
        title={`New connection: ${kind.title}`}
        description={
          <>
            {kind.description} <TextLink href="/connections/new">Choose another kind</TextLink>
          </>
        }
      />
      <ConnectionForm
        kind={kind}
        stored={null}
        host={host}
        mayEdit
        actions={{ save: saveConnectionAction, test: testConnectionAction, allow: allowAddressAction }}
      />
    </Page>
  );
}

function ChooseKind({ kinds, host }: { kinds: ConnectionKindForm[]; host: string | null }) {
  return (
    <Page kind="form">
      <PageHeader title="New connection" description="What does it connect to?" />
      <Table label="Kinds of connections">
        <tbody>
          {kinds.map((kind) => {
            const Icon = iconNamed(kind.icon);
            const choice = new URLSearchParams({ kind: kind.id, ...(host === null ? {} : { host }) });
            return (
              <Row key={kind.id}>
                <Cell className="py-2">
                  <span className="flex items-start gap-3">
                    <Icon aria-hidden className="mt-0.5 text-ink-3" />
                    <span>
                      <RowLink href={`/connections/new?${choice}`}>{kind.title}</RowLink>
                      <span className="block text-12 text-ink-2">{kind.description}</span>
                    </span>
                  </span>
                </Cell>
              </Row>
            );
          })}
        </tbody>
      </Table>
    </Page>
  );
}

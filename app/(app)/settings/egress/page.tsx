import type { Metadata } from "next";
import { AllowAddressForm } from "#components/egress/allow-address-form.tsx";
import { RevokeAddress } from "#components/egress/revoke-address.tsx";
import { ShieldCheck } from "#components/icons.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Page } from "#components/ui/page.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Cell, HeadCell, Row, Table, TableHead } from "#components/ui/table.tsx";
import { loadEgress } from "#lib/loaders/egress.ts";
import { allowAddressAction, revokeAddressAction } from "./actions.ts";

export const metadata: Metadata = { title: "Egress" };

/** Which private addresses the workspace's flows may call. */
export default async function EgressPage() {
  const { permissions, revoked, operatorAllows, locked, mayEdit } = await loadEgress();
  return (
    <Page kind="form">
      <PageHeader
        title="Egress"
        description={
          "Flows call public addresses only. Private ones, inside the network " +
          "Hookline runs in, are opened here one by one."
        }
      />
      <div className="flex flex-col gap-6">
        {locked ? (
          <Notice tone="hold" title="The operator decides here">
            HOOKLINE_EGRESS_LOCKED is on: only HOOKLINE_EGRESS_ALLOW opens private addresses, and permissions given
            earlier have no effect.
          </Notice>
        ) : null}
        {permissions.length === 0 ? (
          <EmptyState icon={<ShieldCheck />} title="No private address is open">
            A step that calls one waits before anything is sent, and its run offers to allow that address.
          </EmptyState>
        ) : (
          <Table label="Allowed addresses">
            <TableHead>
              <HeadCell>Address</HeadCell>
              <HeadCell>What it is</HeadCell>
              <HeadCell end>Allowed</HeadCell>
              {mayEdit ? <HeadCell end>Revoke</HeadCell> : null}
            </TableHead>
            <tbody>
              {permissions.map((permission) => (
                <Row key={permission.id}>
                  <Cell mono className="font-semibold">
                    {placeOf(permission)}
                  </Cell>
                  <Cell>{permission.note}</Cell>
                  <Cell end>
                    <RelativeTime at={permission.createdAt} ago />
                  </Cell>
                  {mayEdit ? (
                    <Cell end>
                      <RevokeAddress id={permission.id} place={placeOf(permission)} revoke={revokeAddressAction} />
                    </Cell>
                  ) : null}
                </Row>
              ))}
            </tbody>
          </Table>
        )}
        {mayEdit ? <AllowAddressForm allow={allowAddressAction} /> : null}
        {operatorAllows.length > 0 ? (
          <Notice title="Opened by the operator for every workspace">
            <span className="font-mono text-13">{operatorAllows.join(", ")}</span>
          </Notice>
        ) : null}
        {revoked.length > 0 ? (
          <details>
            <summary className="flex h-8 items-center text-13 font-medium text-ink-2">
              Revoked ({revoked.length})
            </summary>
            <Table label="Revoked addresses">
              <tbody>
                {revoked.map((permission) => (
                  <Row key={permission.id}>
                    <Cell mono>{placeOf(permission)}</Cell>
                    <Cell>{permission.note}</Cell>
                    <Cell end>
                      {permission.revokedAt === null ? null : <RelativeTime at={permission.revokedAt} ago />}
                    </Cell>
                  </Row>
                ))}
              </tbody>
            </Table>
          </details>
        ) : null}
      </div>
    </Page>
  );
}

function placeOf({ address, port }: { address: string; port: number }): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

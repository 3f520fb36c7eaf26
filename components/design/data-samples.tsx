"use client";
import { Workflow } from "#components/icons.ts";
import { Button } from "#components/ui/button.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { DescriptionList } from "#components/ui/description-list.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { HeadersTable } from "#components/ui/headers-table.tsx";
import { JsonTree } from "#components/ui/json-tree.tsx";
import { ProviderTile } from "#components/ui/provider-tile.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { TableSkeleton } from "#components/ui/skeleton.tsx";
import { Sparkline } from "#components/ui/sparkline.tsx";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { Cell, HeadCell, Row, RowLink, Table, TableHead } from "#components/ui/table.tsx";

const PAYLOAD = {
  type: "payment_intent.succeeded",
  created: 1_700_000_000,
  livemode: false,
  data: {
    object: {
      receipt_email: "ada@example.com",
      amount: 4200,
      description: null,
      "odd-key": "x\u0000y\u202ez",
      lines: [{ price: 1 }, { price: 2 }],
    },
  },
};

/** Tables, trees, headers, code, empty and loading states. */
export function DataSamples() {
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <Table label="Flows">
        <TableHead>
          <HeadCell>Name</HeadCell>
          <HeadCell>State</HeadCell>
          <HeadCell>Traffic</HeadCell>
          <HeadCell end>Last run</HeadCell>
        </TableHead>
        <tbody>
          <Row>
            <Cell>
              <span className="flex items-center gap-2">
                <ProviderTile name="Stripe" />
                <RowLink href="#">Thank the customer</RowLink>
              </span>
            </Cell>
            <Cell>
              <StateBadge of="flow" state="live" />
            </Cell>
            <Cell>
              <Sparkline label="86 events in 24 hours" counts={[1, 4, 0, 8, 12, 6, 9, 3, 0, 0, 5, 14, 8, 2]} />
            </Cell>
            <Cell end>
              <RelativeTime at="2026-11-22T14:02:11Z" />
            </Cell>
          </Row>
          <Row selected>
            <Cell>
              <RowLink href="#">Tell the CRM</RowLink>
            </Cell>
            <Cell>
              <StateBadge of="run" state="failed" />
            </Cell>
            <Cell mono>evt_1Nx</Cell>
            <Cell end>340 ms</Cell>
          </Row>
        </tbody>
      </Table>
      <div className="rounded-card border border-line bg-surface p-2">
        <JsonTree label="Sample payload" value={PAYLOAD} levels={4} />
      </div>
      <HeadersTable
        headers={[
          ["Content-Type", "application/json"],
          ["Stripe-Signature", "t=1700000000,v1=5257a869e7ecebeda32affa62cdca3fa51cad7e77a0e56ff536d0ce8e108d8bd"],
        ]}
      />
      <DescriptionList
        items={[
          ["Received", "14:02:11"],
          ["From", "203.0.113.9"],
        ]}
      />
      <CodeBlock
        label="curl"
        code={
          "curl -X POST https://hooks.acme.dev/in/abc \\\n  -H 'content-type: application/json' \\\n  -d " +
          `'{"hello":"world"}'`
        }
      />
      <EmptyState
        icon={<Workflow />}
        title="No flows yet"
        action={<Button variant="primary">Start from your last event</Button>}
      >
        A flow says what should happen when an event arrives.
      </EmptyState>
      <TableSkeleton rows={3} />
    </div>
  );
}

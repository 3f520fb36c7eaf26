"use client";
import { useRouter } from "next/navigation";
import { HealthBadge } from "#components/endpoints/health-badge.tsx";
import { useLive } from "#components/live/use-live.ts";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { ProviderTile } from "#components/ui/provider-tile.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Sparkline } from "#components/ui/sparkline.tsx";
import { Cell, HeadCell, Row, RowLink, Table, TableHead } from "#components/ui/table.tsx";
import type { EndpointListItem } from "#lib/views/endpoint-views.ts";

/** Every endpoint with its last 24 hours; keeps itself up to date. */
export function EndpointTable({ endpoints }: { endpoints: readonly EndpointListItem[] }) {
  const router = useRouter();
  useLive(["endpoints"], () => router.refresh());
  return (
    <Table label="Endpoints">
      <TableHead>
        <HeadCell>Name</HeadCell>
        <HeadCell>Health</HeadCell>
        <HeadCell>Address</HeadCell>
        <HeadCell>Last 24 h</HeadCell>
        <HeadCell end>Last event</HeadCell>
      </TableHead>
      <tbody>
        {endpoints.map((endpoint) => (
          <EndpointRow key={endpoint.id} endpoint={endpoint} />
        ))}
      </tbody>
    </Table>
  );
}

function EndpointRow({ endpoint }: { endpoint: EndpointListItem }) {
  const total = endpoint.accepted.reduce((sum, count) => sum + count, 0);
  return (
    <Row>
      <Cell>
        <span className="flex items-center gap-3">
          <ProviderTile name={endpoint.providerName} />
          <span className="min-w-0">
            <RowLink href={`/endpoints/${endpoint.id}`}>{endpoint.name}</RowLink>
            <span className="block truncate text-12 text-ink-3">{endpoint.providerName}</span>
          </span>
        </span>
      </Cell>
      <Cell>
        <HealthBadge health={endpoint.health} />
      </Cell>
      <Cell mono className="max-w-80 text-ink-2">
        <span className="flex items-center gap-1">
          <span className="truncate" title={endpoint.url}>
            {endpoint.url.replace(/^https?:\/\//, "")}
          </span>
          <span className="relative z-10">
            <CopyButton text={endpoint.url} label={`Copy the address of ${endpoint.name}`} />
          </span>
        </span>
      </Cell>
      <Cell>
        <span className="flex items-center gap-2">
          <Sparkline counts={endpoint.accepted} label={`${total.toLocaleString("en")} events in the last 24 hours`} />
          <span className="tabular text-12 text-ink-2">{total.toLocaleString("en")}</span>
        </span>
      </Cell>
      <Cell end>
        {endpoint.lastAt === null ? (
          <span className="text-ink-3">none yet</span>
        ) : (
          <span className="flex flex-col items-end">
            <RelativeTime at={endpoint.lastAt} ago />
            {endpoint.lastEventType === null ? null : (
              <span className="max-w-48 truncate font-mono text-12 text-ink-3">{endpoint.lastEventType}</span>
            )}
          </span>
        )}
      </Cell>
    </Row>
  );
}

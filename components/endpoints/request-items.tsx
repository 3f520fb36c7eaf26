import { Badge } from "#components/ui/badge.tsx";
import { ScrollRegion } from "#components/ui/scroll-region.tsx";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { visibleText } from "#components/ui/visible-text.ts";
import type { RequestDetail, RequestItemView } from "#lib/views/endpoint-views.ts";

/** The items a request was split into: what each is, and the runs it started here or, when it came before, then. */
export function RequestItems({
  detail,
  onOpen,
}: {
  detail: Pick<RequestDetail, "id" | "itemCount" | "items">;
  onOpen: (id: string) => void;
}) {
  const { id, items } = detail;
  const count = detail.itemCount ?? 0;
  if (items === null) return null;
  const left = count - items.shown.length;
  return (
    <section aria-label="Items">
      <h3 className="mb-1 text-13 font-semibold">{heading(count, items.seen)}</h3>
      {count === 0 ? (
        <p className="text-13 text-ink-3">The list in its body is empty.</p>
      ) : (
        <ScrollRegion label="All items shown" className="max-h-96 overflow-y-auto">
          <ol className="flex flex-col">
            {items.shown.map((item) => (
              <Item key={item.index} item={item} eventId={id} onOpen={onOpen} />
            ))}
          </ol>
        </ScrollRegion>
      )}
      {left <= 0 ? null : (
        <p className="mt-1 text-13 text-ink-2">
          The first {items.shown.length.toLocaleString("en")} of {count.toLocaleString("en")} items are shown.{" "}
          <TextLink href={`/runs?event=${id}`}>See all of its runs</TextLink>
        </p>
      )}
    </section>
  );
}

function heading(count: number, seen: number): string {
  const items = count === 1 ? "1 item" : `${count.toLocaleString("en")} items`;
  return seen === 0
    ? items
    : `${items}: ${(count - seen).toLocaleString("en")} new, ${seen.toLocaleString("en")} seen before`;
}

function Item({ item, eventId, onOpen }: { item: RequestItemView; eventId: string; onOpen: (id: string) => void }) {
  const { firstEventId } = item;
  return (
    <li className="flex gap-3 border-b border-line py-1 text-13 last:border-b-0">
      <span className="tabular w-6 shrink-0 text-right text-ink-3">{(item.index + 1).toLocaleString("en")}</span>
      <span className="flex min-w-0 flex-1 flex-wrap items-center gap-x-3 gap-y-0.5">
        <span className="min-w-0 font-mono text-12 [overflow-wrap:anywhere]">
          {item.eventType === null ? "no type" : visibleText(item.eventType)}
        </span>
        {item.deliveryId === null ? null : (
          <span className="min-w-0 font-mono text-12 text-ink-2 [overflow-wrap:anywhere]">
            {visibleText(item.deliveryId)}
          </span>
        )}
        {item.duplicate ? <Badge>Seen before</Badge> : null}
        {firstEventId === null || firstEventId === eventId ? null : (
          <TextLink
            href={`?request=${firstEventId}`}
            onClick={(event) => {
              event.preventDefault();
              onOpen(firstEventId);
            }}
          >
            See when
          </TextLink>
        )}
        {item.runs.map((run) => (
          <span key={run.id} className="flex min-w-0 items-center gap-1.5">
            <StateBadge of="run" state={run.status} quiet />
            <TextLink href={`/runs/${run.id}`}>{run.flowName}</TextLink>
            {run.kind === "event" ? null : <span className="text-ink-3">{run.kind}</span>}
          </span>
        ))}
      </span>
    </li>
  );
}

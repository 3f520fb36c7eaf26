"use client";
import { keyOf } from "#components/flows/missed-choice.ts";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { cx } from "#components/ui/cx.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { useAction } from "#components/ui/use-action.ts";
import { visibleText } from "#components/ui/visible-text.ts";
import type { MissedEventView } from "#lib/engine/missed-view.ts";
import { shortId } from "#lib/engine/run-words.ts";

type MissedListProps = {
  events: readonly MissedEventView[];
  /** Of how many these are the newest. */
  total: number;
  picked: ReadonlySet<string>;
  onPicked: (picked: ReadonlySet<string>) => void;
  onMore: () => Promise<void>;
};

/** Missed events to tick, newest first: when each came, its type, and its name or else its id. */
export function MissedList({ events, total, picked, onPicked, onMore }: MissedListProps) {
  const loading = useAction("toast");
  const all = events.length > 0 && events.every((event) => picked.has(keyOf(event)));
  const some = events.some((event) => picked.has(keyOf(event)));
  const toggle = (key: string, on: boolean) => {
    const next = new Set(picked);
    if (on) next.add(key);
    else next.delete(key);
    onPicked(next);
  };
  return (
    <div className="rounded-control border border-line">
      <div className="border-b border-line px-3 py-1.5">
        <Checkbox
          label={events.length < total ? `The ${events.length} shown` : "All of them"}
          checked={all}
          indeterminate={some && !all}
          onCheckedChange={(on) => onPicked(new Set(on ? events.map(keyOf) : []))}
        />
      </div>
      <ul aria-label="Missed events" className="max-h-64 overflow-y-auto">
        {events.map((event) => (
          <li key={keyOf(event)} className="border-b border-line px-3 py-1 last:border-b-0">
            <Checkbox
              className="w-full"
              checked={picked.has(keyOf(event))}
              onCheckedChange={(on) => toggle(keyOf(event), on)}
              label={
                <span className="flex flex-wrap items-baseline gap-x-3 text-13">
                  <RelativeTime at={event.receivedAt} className="tabular text-ink-2" />
                  <span className="font-mono text-12 [overflow-wrap:anywhere]">
                    {event.eventType === null ? "no type" : visibleText(event.eventType)}
                  </span>
                  <span className={cx("text-12 [overflow-wrap:anywhere]", event.name === null && "text-ink-3")}>
                    {visibleText(event.name ?? event.deliveryId ?? shortId(event.eventId))}
                    {event.itemIndex === null ? "" : ` · item ${(event.itemIndex + 1).toLocaleString("en")}`}
                  </span>
                </span>
              }
            />
          </li>
        ))}
      </ul>
      {events.length < total ? (
        <div className="border-t border-line p-2">
          <Button
            size="compact"
            variant="quiet"
            pending={loading.pending}
            onClick={() =>
              void loading.run(async () => {
                await onMore();
                return { kind: "ok", value: undefined };
              })
            }
          >
            Show more
          </Button>
        </div>
      ) : null}
    </div>
  );
}

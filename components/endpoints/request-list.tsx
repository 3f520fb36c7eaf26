"use client";
import { type KeyboardEvent, useEffect, useEffectEvent, useRef } from "react";
import { byteCount } from "#components/endpoints/byte-count.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { cx } from "#components/ui/cx.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { visibleText } from "#components/ui/visible-text.ts";
import type { RequestItem } from "#lib/views/endpoint-views.ts";

type RequestListProps = {
  rows: readonly RequestItem[];
  openId: string | null;
  newSince: string;
  onOpen: (id: string) => void;
  onScrolled: (scrolled: boolean) => void;
  onOlder: (() => void) | null;
};

/** The requests of an endpoint, newest first. ↑ ↓ or J K move, Enter opens. */
export function RequestList({ rows, openId, newSince, onOpen, onScrolled, onOlder }: RequestListProps) {
  const list = useRef<HTMLUListElement>(null);
  const move = (event: KeyboardEvent) => {
    const step =
      event.key === "ArrowDown" || event.key === "j" ? 1 : event.key === "ArrowUp" || event.key === "k" ? -1 : 0;
    if (step === 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const buttons = [...(list.current?.querySelectorAll<HTMLElement>("[data-request]") ?? [])];
    const next = buttons[buttons.indexOf(document.activeElement as HTMLElement) + step];
    if (next === undefined) return;
    event.preventDefault();
    next.focus();
  };
  // On a narrow page the list has no box of its own to scroll in: the page does.
  const tellScrolled = () => {
    const box = list.current;
    if (box !== null) onScrolled(box.scrollTop > 8 || box.getBoundingClientRect().top < 0);
  };
  const pageScrolled = useEffectEvent(tellScrolled);
  useEffect(() => {
    const listener = () => pageScrolled();
    // Scrolled before the page woke up, or by the browser that came back to it.
    listener();
    window.addEventListener("scroll", listener, { passive: true });
    return () => window.removeEventListener("scroll", listener);
  }, []);
  return (
    <ul
      ref={list}
      aria-label="Requests, newest first"
      className="h-full overflow-y-auto"
      onKeyDown={move}
      onScroll={tellScrolled}
    >
      {rows.map((row) => (
        <RequestRow key={row.id} row={row} open={row.id === openId} isNew={row.id > newSince} onOpen={onOpen} />
      ))}
      {onOlder === null ? null : (
        <li className="p-3">
          <Button size="compact" onClick={onOlder}>
            Show older requests
          </Button>
        </li>
      )}
    </ul>
  );
}

function RequestRow({
  row,
  open,
  isNew,
  onOpen,
}: {
  row: RequestItem;
  open: boolean;
  isNew: boolean;
  onOpen: (id: string) => void;
}) {
  return (
    <li className={cx("border-b border-line", isNew && "animate-[arrive_1.2s_ease-out]")}>
      <button
        type="button"
        data-request={row.id}
        aria-current={open ? "true" : undefined}
        onClick={() => onOpen(row.id)}
        className={cx(
          "flex w-full min-w-0 flex-col gap-1 px-3 py-2 text-left outline-offset-[-2px] hover:bg-hover",
          open && "bg-selected hover:bg-selected",
        )}
      >
        <span className="flex w-full min-w-0 items-center gap-2">
          <StateBadge of="verdict" state={row.verdict} />
          {row.verification === "verified" ? <StateBadge of="verification" state="verified" quiet /> : null}
          <span className="min-w-0 flex-1 truncate font-mono text-12 text-ink">
            {row.eventType === null ? "" : visibleText(row.eventType)}
          </span>
          {row.isTest ? <Badge title="Sent from this page, not by the sender">test</Badge> : null}
          {row.duplicateCount > 0 ? (
            <span className="tabular text-12 text-ink-3">×{(row.duplicateCount + 1).toLocaleString("en")}</span>
          ) : null}
          <RelativeTime at={row.receivedAt} className="tabular text-12 text-ink-2" />
        </span>
        <span className="tabular flex w-full min-w-0 gap-2 text-12 text-ink-3">
          <span className="font-mono">{row.method}</span>
          <span>{byteCount(row.bodyBytes)}</span>
          {row.itemCount === null ? null : (
            <span>{row.itemCount === 1 ? "1 item" : `${row.itemCount.toLocaleString("en")} items`}</span>
          )}
          {row.clientIp === null ? null : <span className="truncate font-mono">{row.clientIp}</span>}
          {row.reason === null || row.verdict !== "refused" ? null : (
            <span className="min-w-0 truncate text-bad-text">{row.reason.replaceAll("-", " ")}</span>
          )}
        </span>
      </button>
    </li>
  );
}

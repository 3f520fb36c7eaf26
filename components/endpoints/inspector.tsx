"use client";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { EmptyInspector } from "#components/endpoints/empty-inspector.tsx";
import type { EndpointActions } from "#components/endpoints/endpoint-actions.ts";
import { FirstSender } from "#components/endpoints/first-sender.tsx";
import { RecognitionBanner } from "#components/endpoints/recognition-banner.tsx";
import { RequestDetail } from "#components/endpoints/request-detail.tsx";
import { RequestList } from "#components/endpoints/request-list.tsx";
import { useNotThisSender } from "#components/endpoints/use-not-this-sender.ts";
import { useRequestDetail, useRequests, type WantedRequests } from "#components/endpoints/use-requests.ts";
import { Pause, Play } from "#components/icons.ts";
import { useHeldRows } from "#components/runs/use-held-rows.ts";
import { isTyping } from "#components/shell/shortcuts.ts";
import { Button } from "#components/ui/button.tsx";
import { ListDetail } from "#components/ui/list-detail.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Select } from "#components/ui/select.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type {
  RequestDetail as Detail,
  EndpointView,
  ProviderChoice,
  Recognition,
  RequestItem,
  SampleChoice,
} from "#lib/views/endpoint-views.ts";

const FILTERS = [
  { value: "all", label: "Everything" },
  { value: "events", label: "Events" },
  { value: "refused", label: "Refused" },
  { value: "duplicate", label: "Duplicates" },
  { value: "handshake", label: "Handshakes" },
  { value: "tests", label: "Tests and samples" },
  { value: "genuine", label: "Without tests" },
] as const;
type Filter = (typeof FILTERS)[number]["value"];
const WANTED: Record<Filter, WantedRequests> = {
  all: {},
  events: { verdicts: ["accepted", "no flow", "parked"] },
  refused: { verdicts: ["refused"] },
  duplicate: { verdicts: ["duplicate"] },
  handshake: { verdicts: ["handshake"] },
  tests: { tests: "only" },
  genuine: { tests: "without" },
};

type InspectorProps = {
  endpoint: EndpointView;
  rows: RequestItem[];
  recognition: Recognition | null;
  opened: Detail | null;
  openId: string | null;
  providers: readonly ProviderChoice[];
  samples: readonly SampleChoice[];
  actions: EndpointActions;
  onSenderChosen: (unfinished: boolean) => void;
};

/** Everything that reaches the endpoint, as it arrives: the list, and the opened request beside it. */
export function Inspector({
  endpoint,
  rows: firstRows,
  recognition: firstRecognition,
  opened,
  openId: firstOpenId,
  providers,
  samples,
  actions,
  onSenderChosen,
}: InspectorProps) {
  const router = useRouter();
  const [filter, setFilter] = useState<Filter>("all");
  const [openId, setOpenId] = useState(firstOpenId);
  const [frozen, setFrozen] = useState(false);
  const [scrolled, setScrolled] = useState(false);
  const notThis = useNotThisSender(endpoint.id);
  const [newSince] = useState(firstRows[0]?.id ?? "");
  const requests = useRequests(endpoint.id, { rows: firstRows, recognition: firstRecognition }, WANTED[filter]);
  const held = useHeldRows(requests.rows, frozen || scrolled || openId !== null);
  const detail = useRequestDetail(endpoint.id, openId, opened);

  const open = (id: string | null) => {
    setOpenId(id);
    // Through the router, which otherwise would not know the address it is at and load the whole page anew when
    // refreshed.
    router.replace(id === null ? "?" : `?request=${id}`, { scroll: false });
  };
  const release = held.release;
  // The very first request is what the person waited for: it opens by itself. The page may be read anew meanwhile.
  const [wasEmpty] = useState(firstRows.length === 0);
  const first = wasEmpty ? requests.rows[0]?.id : undefined;
  const [greeted, setGreeted] = useState(false);
  useEffect(() => {
    if (first === undefined || greeted) return;
    setGreeted(true);
    setOpenId((now) => now ?? first);
  }, [first, greeted]);
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (
        isTyping(event.target) ||
        event.ctrlKey ||
        event.metaKey ||
        event.altKey ||
        document.querySelector('[role="dialog"]') !== null
      )
        return;
      if (event.key === ".") release();
      if (event.key === "Escape" && openId !== null) open(null);
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  });

  const recognition = requests.recognition;
  const banner =
    recognition === null || notThis.is(recognition.providerId) || !endpoint.mayEdit ? null : (
      <RecognitionBanner
        endpointId={endpoint.id}
        recognition={recognition}
        actions={actions}
        onDismiss={() => notThis.say(recognition.providerId)}
        onVerified={() => {
          open(recognition.requestId);
          requests.read();
          router.refresh();
        }}
      />
    );
  if (requests.rows.length === 0 && filter === "all")
    return (
      <div className="flex flex-col gap-4">
        <EmptyInspector endpoint={endpoint} samples={samples} send={actions.sendSample} />
        {endpoint.mayEdit && endpoint.provider.id === "none" ? (
          <FirstSender endpoint={endpoint} providers={providers} actions={actions} onChosen={onSenderChosen} />
        ) : null}
      </div>
    );
  const last = held.shown.at(-1);
  return (
    <div className="flex flex-col gap-3">
      {banner}
      {requests.problem === null ? null : (
        <Notice tone="warn" title="Not up to date">
          {requests.problem}
        </Notice>
      )}
      <div className="flex flex-wrap items-center gap-2">
        <Select label="Show" compact className="w-44" value={filter} onValueChange={setFilter} options={FILTERS} />
        <Button
          size="compact"
          icon={frozen ? <Play aria-hidden /> : <Pause aria-hidden />}
          aria-pressed={frozen}
          onClick={() => setFrozen(!frozen)}
        >
          {frozen ? "Go on" : "Pause list"}
        </Button>
        <span role="status" className="text-13">
          {held.waiting > 0 ? (
            <Button size="compact" onClick={release}>
              {held.waiting >= 100 ? "100 or more" : held.waiting} new
            </Button>
          ) : null}
        </span>
      </div>
      <ListDetail
        className="lg:h-[calc(100dvh-22rem)] lg:min-h-[28rem] lg:flex-none"
        open={openId !== null}
        list={
          held.shown.length === 0 ? (
            <p className="p-4 text-13 text-ink-2">
              {WANTED[filter].tests === undefined
                ? "Nothing matches."
                : "Nothing matches among the newest 1,000 requests."}{" "}
              Choose Everything to see the rest.
            </p>
          ) : (
            <RequestList
              rows={held.shown}
              openId={openId}
              newSince={newSince}
              onOpen={open}
              onScrolled={setScrolled}
              onOlder={last === undefined || held.shown.length < 100 ? null : () => void requests.readOlder(last.id)}
            />
          )
        }
        detail={<Opened endpoint={endpoint} openId={openId} detail={detail} actions={actions} onOpen={open} />}
      />
    </div>
  );
}

function Opened({
  endpoint,
  openId,
  detail,
  actions,
  onOpen,
}: {
  endpoint: EndpointView;
  openId: string | null;
  detail: Detail | "gone" | null;
  actions: EndpointActions;
  onOpen: (id: string | null) => void;
}) {
  if (openId === null)
    return <p className="p-4 text-13 text-ink-2">Open a request to see its checks, runs and content.</p>;
  if (detail === null)
    return (
      <div role="status" aria-label="Loading the request" className="flex flex-col gap-3 p-4">
        <Skeleton className="w-96 max-w-full" />
        <Skeleton className="w-48" />
        <Skeleton className="w-64 max-w-full" />
      </div>
    );
  if (detail === "gone")
    return (
      <div className="p-4">
        <Notice title="This request does not exist">
          It does not exist, belongs to another endpoint, or its content has expired.
        </Notice>
      </div>
    );
  return (
    <RequestDetail
      key={detail.id}
      endpoint={endpoint}
      detail={detail}
      actions={actions}
      onClose={() => onOpen(null)}
      onOpen={onOpen}
    />
  );
}

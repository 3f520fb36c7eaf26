"use client";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { readJson } from "#components/live/read-json.ts";
import { useLive } from "#components/live/use-live.ts";
import { useReread } from "#components/live/use-reread.ts";
import type { RequestVerdict } from "#lib/core/states.ts";
import type { Recognition, RequestDetail, RequestItem } from "#lib/views/endpoint-views.ts";

/** Rows are read at most this often, however much arrives. */
const READ_MS_MIN = 300;

/** An opened request: at once, as long as nothing is being read. */
const DETAIL_MS_MIN = 0;

/** Which of them are asked for; everything where nothing is said. */
export type WantedRequests = { verdicts?: readonly RequestVerdict[]; tests?: "only" | "without" };

type Page = { rows: RequestItem[]; recognition: Recognition | null };

/** The requests of an endpoint, kept up to date while the page is shown; `older` reads the next page below. */
export function useRequests(endpointId: string, first: Page, { verdicts = [], tests }: WantedRequests) {
  const [page, setPage] = useState<Page>(first);
  const [older, setOlder] = useState<readonly RequestItem[]>([]);
  const [problem, setProblem] = useState<string | null>(null);
  const filter = `verdicts=${verdicts.join(",")}${tests === undefined ? "" : `&tests=${tests}`}`;

  const read = useReread(
    `${endpointId} ${filter}`,
    async (signal) => {
      const found = await readJson<Page>(`/api/ui/endpoints/${endpointId}/requests?${filter}`, signal);
      if (signal.aborted) return false;
      if (found.kind === "found") setPage(found.value);
      setProblem(found.kind === "found" ? null : "The requests could not be read; what is shown may be old.");
      return found.kind !== "unanswered";
    },
    READ_MS_MIN,
  );

  // Read once at the start, too: what the page was loaded with is old when a person comes back from another tab of it.
  const shownFilter = useRef<string | null>(null);
  useEffect(() => {
    if (shownFilter.current === filter) return;
    shownFilter.current = filter;
    setOlder([]);
    read();
  }, [filter, read]);
  useLive([`endpoint:${endpointId}`], read);

  const readOlder = useCallback(
    async (beforeId: string) => {
      const found = await readJson<Page>(`/api/ui/endpoints/${endpointId}/requests?${filter}&before=${beforeId}`);
      if (found.kind !== "found") return 0;
      setOlder((rows) => [...rows, ...found.value.rows]);
      return found.value.rows.length;
    },
    [endpointId, filter],
  );

  // The same array until something changed: whoever holds rows back compares them.
  const rows = useMemo(() => {
    const known = new Set(page.rows.map((row) => row.id));
    return [...page.rows, ...older.filter((row) => !known.has(row.id))];
  }, [page.rows, older]);
  return { rows, recognition: page.recognition, problem, read, readOlder };
}

/**
 * One opened request, read again whenever something about the endpoint or its runs changes; null while it is read,
 * "gone" when it is not there.
 */
export function useRequestDetail(
  endpointId: string,
  requestId: string | null,
  first: RequestDetail | null,
): RequestDetail | "gone" | null {
  const [found, setFound] = useState(first === null ? null : { id: first.id, detail: first as RequestDetail | "gone" });
  const read = useReread(
    requestId ?? "",
    async (signal) => {
      if (requestId === null) return true;
      const answer = await readJson<RequestDetail>(`/api/ui/endpoints/${endpointId}/requests/${requestId}`, signal);
      if (signal.aborted || answer.kind === "unanswered") return false;
      setFound({ id: requestId, detail: answer.kind === "found" ? answer.value : "gone" });
      return true;
    },
    DETAIL_MS_MIN,
  );
  useEffect(() => {
    if (requestId !== null) read();
  }, [requestId, read]);
  useLive(requestId === null ? [] : [`endpoint:${endpointId}`, "runs"], read);
  return found !== null && found.id === requestId ? found.detail : null;
}

"use client";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useLive } from "#components/live/use-live.ts";
import type { RequestVerdict } from "#lib/core/states.ts";
import type { Recognition, RequestDetail, RequestItem } from "#lib/views/endpoint-views.ts";

/** Rows are read at most this often, however much arrives. */
const READ_MS_MIN = 300;

/** Which of them are asked for; everything where nothing is said. */
export type WantedRequests = { verdicts?: readonly RequestVerdict[]; tests?: "only" | "without" };

type Page = { rows: RequestItem[]; recognition: Recognition | null };

/** The requests of an endpoint, kept up to date while the page is shown; `older` reads the next page below. */
export function useRequests(endpointId: string, first: Page, { verdicts = [], tests }: WantedRequests) {
  const [page, setPage] = useState<Page>(first);
  const [older, setOlder] = useState<readonly RequestItem[]>([]);
  const [problem, setProblem] = useState<string | null>(null);
  const reading = useRef({ busy: false, again: false, atMs: 0 });
  const filter = `verdicts=${verdicts.join(",")}${tests === undefined ? "" : `&tests=${tests}`}`;

  const read = useCallback(async () => {
    const state = reading.current;
    if (state.busy) {
      state.again = true;
      return;
    }
    state.busy = true;
    try {
      do {
        state.again = false;
        await pause(state.atMs + READ_MS_MIN - performance.now());
        state.atMs = performance.now();
        const found = await readJson<Page>(`/api/ui/endpoints/${endpointId}/requests?${filter}`);
        if (found === null) setProblem("The requests could not be read; what is shown may be old.");
        else {
          setProblem(null);
          setPage(found);
        }
      } while (state.again);
    } finally {
      state.busy = false;
    }
  }, [endpointId, filter]);

  // Read once at the start, too: what the page was loaded with is old when a person comes back from another tab of it.
  const shownFilter = useRef<string | null>(null);
  useEffect(() => {
    if (shownFilter.current === filter) return;
    shownFilter.current = filter;
    setOlder([]);
    void read();
  }, [filter, read]);
  useLive([`endpoint:${endpointId}`], () => void read());

  const readOlder = useCallback(
    async (beforeId: string) => {
      const found = await readJson<Page>(`/api/ui/endpoints/${endpointId}/requests?${filter}&before=${beforeId}`);
      if (found !== null) setOlder((rows) => [...rows, ...found.rows]);
      return found?.rows.length ?? 0;
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
  const [detail, setDetail] = useState<RequestDetail | "gone" | null>(first);
  const wanted = useRef(requestId);
  wanted.current = requestId;
  const read = useCallback(async () => {
    const id = wanted.current;
    if (id === null) return;
    const found = await readJson<RequestDetail>(`/api/ui/endpoints/${endpointId}/requests/${id}`);
    if (wanted.current === id) setDetail(found ?? "gone");
  }, [endpointId]);
  useEffect(() => {
    if (requestId !== null) void read();
  }, [requestId, read]);
  useLive(requestId === null ? [] : [`endpoint:${endpointId}`, "runs"], () => void read());
  if (requestId === null) return null;
  return detail !== null && detail !== "gone" && detail.id !== requestId ? null : detail;
}

async function readJson<Value>(url: string): Promise<Value | null> {
  try {
    const answer = await fetch(url, { cache: "no-store" });
    return answer.ok ? ((await answer.json()) as Value) : null;
  } catch {
    return null;
  }
}

function pause(ms: number): Promise<void> {
  return ms <= 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms));
}

"use client";
import { useEffect, useRef, useState } from "react";
import { readJson } from "#components/live/read-json.ts";
import { useLive } from "#components/live/use-live.ts";
import { useReread } from "#components/live/use-reread.ts";
import type { EndpointView } from "#lib/views/endpoint-views.ts";
import type { EndpointPulse } from "#lib/views/pulse-views.ts";

/** Read at most this often, however much arrives; the last news is always read. */
const READ_MS_MIN = 1_000;

/**
 * The endpoint with what changes with every request kept up to date: verified and refused counts, answer times, what is
 * parked.
 */
export function usePulse(endpoint: EndpointView): EndpointView {
  const [news, setNews] = useState<{ of: EndpointView; pulse: EndpointPulse } | null>(null);
  const latest = useRef(endpoint);
  useEffect(() => {
    latest.current = endpoint;
  });
  const reread = useReread(
    endpoint.id,
    async (signal) => {
      const of = latest.current;
      const read = await readJson<EndpointPulse>(`/api/ui/endpoints/${of.id}/pulse`, signal);
      if (read.kind === "found") setNews({ of, pulse: read.value });
      return read.kind !== "unanswered";
    },
    READ_MS_MIN,
  );
  useLive([`endpoint:${endpoint.id}`], reread);
  // What the page's loader brings may have been read before the last news, whenever it comes.
  const shown = useRef(endpoint);
  useEffect(() => {
    if (shown.current === endpoint) return;
    shown.current = endpoint;
    reread();
  }, [endpoint, reread]);
  return news !== null && news.of === endpoint ? { ...endpoint, ...news.pulse } : endpoint;
}

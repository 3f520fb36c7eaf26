"use client";
import { useEffect, useRef, useState } from "react";
import { useLive } from "#components/live/use-live.ts";
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
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const latest = useRef(endpoint);
  useEffect(() => {
    latest.current = endpoint;
  });
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current);
    },
    [],
  );
  const read = async () => {
    timer.current = null;
    const of = latest.current;
    const pulse = await readPulse(of.id);
    if (pulse !== null) setNews({ of, pulse });
  };
  useLive([`endpoint:${endpoint.id}`], () => {
    timer.current ??= setTimeout(() => void read(), READ_MS_MIN);
  });
  // What the page's own loader read later counts more.
  return news !== null && news.of === endpoint ? { ...endpoint, ...news.pulse } : endpoint;
}

async function readPulse(endpointId: string): Promise<EndpointPulse | null> {
  try {
    const answer = await fetch(`/api/ui/endpoints/${endpointId}/pulse`, { cache: "no-store" });
    return answer.ok ? ((await answer.json()) as EndpointPulse) : null;
  } catch {
    return null;
  }
}

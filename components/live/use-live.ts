"use client";

import { useEffect, useRef } from "react";
import { liveHub, type NewsHandler } from "#components/live/live-hub.ts";

/**
 * Calls `onNews` when one of the topics changed (`["*"]`: read everything again), while the component is mounted and
 * its tab visible. Topics: `endpoint:<id>`, `run:<id>`, `flow:<id>`, `endpoints`, `runs`, `flows`, `connections`,
 * `outbox`.
 */
export function useLive(topics: readonly string[], onNews: NewsHandler): void {
  const latest = useRef(onNews);
  useEffect(() => {
    latest.current = onNews;
  });
  const key = topics.join(",");
  useEffect(() => {
    if (key === "") return;
    return liveHub().subscribe(key.split(","), (news) => latest.current(news));
  }, [key]);
}

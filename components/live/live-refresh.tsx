"use client";
import { useRouter } from "next/navigation";
import { useEffect, useRef } from "react";
import { useLive } from "#components/live/use-live.ts";

const AT_MOST_EVERY_MS = 400;

/**
 * Loads the page's data again when one of the topics changes, at most 2.5 times a second; what the person does stays as
 * it is.
 */
export function LiveRefresh({ topics, paused = false }: { topics: readonly string[]; paused?: boolean }) {
  const router = useRouter();
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const lastMs = useRef(0);
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current);
    },
    [],
  );
  useLive(paused ? [] : topics, () => {
    if (timer.current !== null) return;
    const waitMs = Math.max(0, lastMs.current + AT_MOST_EVERY_MS - Date.now());
    timer.current = setTimeout(() => {
      timer.current = null;
      lastMs.current = Date.now();
      router.refresh();
    }, waitMs);
  });
  return null;
}

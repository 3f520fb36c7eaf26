"use client";
import { useEffect, useRef, useState } from "react";
import type { ChaosChoice, ChaosNews, ChaosResult } from "#lib/views/chaos-views.ts";

/** A test as far as it has come. */
export type ChaosTest = {
  phase: "idle" | "running" | "ended";
  total: number;
  seed: number;
  /** What is on its way now; null between deliveries. */
  sending: string | null;
  results: ChaosResult[];
  skipped: Array<{ variant: ChaosChoice; why: string }>;
  problem: string | null;
};

const IDLE: ChaosTest = { phase: "idle", total: 0, seed: 0, sending: null, results: [], skipped: [], problem: null };

/** Runs tests of one endpoint and keeps what is known of the newest; leaving the page or stopping ends it. */
export function useChaos(endpointId: string) {
  const [test, setTest] = useState<ChaosTest>(IDLE);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);

  const start = async (order: { variants: readonly ChaosChoice[]; seed: number }) => {
    running.current?.abort();
    const abort = new AbortController();
    running.current = abort;
    setTest({ ...IDLE, phase: "running", seed: order.seed });
    try {
      const response = await fetch(`/api/ui/endpoints/${endpointId}/test`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(order),
        signal: abort.signal,
      });
      if (!response.ok || response.body === null) throw new Refused(await messageOf(response));
      for await (const news of readLines(response.body)) setTest((now) => after(now, news));
      setTest((now) => ({ ...now, phase: "ended", sending: null }));
    } catch (error) {
      if (abort.signal.aborted)
        setTest((now) => ({
          ...now,
          phase: "ended",
          sending: null,
          problem: "Stopped. What was sent before is in the list of requests.",
        }));
      else
        setTest((now) => ({
          ...now,
          phase: "ended",
          sending: null,
          problem: error instanceof Refused ? error.message : BROKEN,
        }));
    }
  };
  return {
    test,
    start: (order: { variants: readonly ChaosChoice[]; seed: number }) => void start(order),
    stop: () => running.current?.abort(),
  };
}

const BROKEN = "Hookline did not answer. What was sent before is in the list of requests.";

class Refused extends Error {}

async function messageOf(response: Response): Promise<string> {
  const body = (await response.json().catch(() => null)) as { message?: unknown } | null;
  return typeof body?.message === "string" ? body.message : BROKEN;
}

function after(now: ChaosTest, news: ChaosNews): ChaosTest {
  switch (news.kind) {
    case "planned":
      return { ...now, total: news.total, seed: news.seed, skipped: news.skipped };
    case "sending":
      return { ...now, sending: news.what };
    case "result":
      return { ...now, sending: null, results: [...now.results, news.result] };
    case "failed":
      return { ...now, problem: news.message };
    case "done":
      return now;
  }
}

async function* readLines(body: ReadableStream<Uint8Array>): AsyncGenerator<ChaosNews> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line !== "") yield JSON.parse(line) as ChaosNews;
  }
}

import { pushRequests } from "#bench/support/push-request.ts";
import { RawConnection } from "#bench/support/raw-connection.ts";

/** Answers per second and how long they took; `failed` counts every answer that is not 202. */
export type LoadResult = { perSecond: number; p50Ms: number; p99Ms: number; failed: number };

/** Where to send, as what, and for how long. */
export type Load = { port: number; path: string; secret: string; connections: number; seconds: number };

/**
 * Keeps every connection busy with one signed request after the other over raw sockets, which leaves the CPU to the
 * server.
 */
export async function measureLoad(load: Load): Promise<LoadResult> {
  const next = pushRequests(load);
  const untilMs = performance.now() + load.seconds * 1_000;
  const times: number[] = [];
  let failed = 0;
  const keepBusy = async (): Promise<void> => {
    const connection = await RawConnection.open(load.port);
    while (performance.now() < untilMs) {
      const sentAtMs = performance.now();
      const status = await connection.send(next());
      times.push(performance.now() - sentAtMs);
      if (status !== 202) failed += 1;
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: load.connections }, keepBusy));
  return { perSecond: times.length / load.seconds, ...percentiles(times), failed };
}

/** The median and the 99th percentile of times in milliseconds; sorts the list. */
export function percentiles(times: number[]): { p50Ms: number; p99Ms: number } {
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
}

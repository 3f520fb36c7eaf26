import { setTimeout as wait } from "node:timers/promises";
import { percentiles } from "#bench/support/measure-load.ts";
import { pushRequests } from "#bench/support/push-request.ts";
import { RawConnection } from "#bench/support/raw-connection.ts";

/** An order to this process: so many requests a second, whether or not the ones before were answered. */
export type PacerOrder = { port: number; path: string; secret: string; perSecond: number; seconds: number };

/**
 * How an order ended; times count from the moment a request was due, so a stalled server cannot hide behind its own
 * stall.
 */
export type PacerResult = {
  sent: number;
  statuses: Record<string, number>;
  p50Ms: number;
  p99Ms: number;
  times: number[];
};

const CONNECTIONS_MAX = 400;

process.on("message", (order: PacerOrder) => {
  pace(order).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on("disconnect", () => process.exit(0));

async function pace({ perSecond, seconds, ...target }: PacerOrder): Promise<PacerResult> {
  const next = pushRequests(target);
  const free: RawConnection[] = [];
  let open = 0;
  const times: number[] = [];
  const statuses: Record<string, number> = {};
  const count = (status: string): void => void (statuses[status] = (statuses[status] ?? 0) + 1);
  const sendOne = async (dueMs: number): Promise<void> => {
    let connection = free.shift();
    while (connection?.isOpen === false) {
      open -= 1;
      connection = free.shift();
    }
    if (connection === undefined) {
      if (open >= CONNECTIONS_MAX) return count("no connection free");
      open += 1;
      connection = await RawConnection.open(target.port);
    }
    count(String(await connection.send(next())));
    times.push(performance.now() - dueMs);
    if (connection.isOpen) free.push(connection);
    else open -= 1;
  };
  const startedMs = performance.now();
  const underWay: Array<Promise<void>> = [];
  const total = Math.round(perSecond * seconds);
  while (underWay.length < total) {
    const due = Math.min(total, Math.ceil(((performance.now() - startedMs) / 1_000) * perSecond));
    while (underWay.length < due) underWay.push(sendOne(startedMs + (underWay.length / perSecond) * 1_000));
    await wait(1);
  }
  await Promise.all(underWay);
  for (const connection of free) connection.close();
  return { sent: total, statuses, ...percentiles(times), times };
}

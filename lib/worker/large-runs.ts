import { type ChildProcess, fork } from "node:child_process";
import path from "node:path";
import { SECOND } from "#lib/core/units.ts";
import type { ClaimedRun } from "#lib/db/claims.ts";
import { LeaseLostError } from "#lib/engine/journal-rows.ts";
import type { RunEnding } from "#lib/engine/run-flow.ts";
import { log } from "#lib/platform/log.ts";
import { metrics } from "#lib/platform/metrics.ts";
import type { FromLargeRuns, ToLargeRuns } from "#lib/worker/large-run-messages.ts";

/** A run needs up to eight times its body, most of it outside the heap; three of the largest are worked on at once. */
const HEAP_MIB = 512;
const IDLE_MS_MAX = 60 * SECOND;

type Waiting = { resolve: (ending: RunEnding) => void; reject: (error: Error) => void };

/** The one other process of a worker, for runs over large bodies. */
export type LargeRuns = {
  work(run: ClaimedRun): Promise<RunEnding>;
  /** Begins no new effect from now on. */
  drain(): void;
  /** Gives up the effects under way. */
  abort(): void;
  /** Ends the process; what it still holds goes back. */
  close(): Promise<void>;
};

/**
 * Works on runs over large bodies in a process of its own: parsing, writing and storing 16 MiB takes the thread that does
 * it a second, and every small run beside it would wait that long at each of its steps. The process starts with the
 * first such run and ends a minute after the last. When it dies, each of its runs is taken up again, as after the death
 * of a worker.
 */
export function openLargeRuns(): LargeRuns {
  let child: ChildProcess | null = null;
  let idle: NodeJS.Timeout | undefined;
  const waiting = new Map<string, Waiting>();

  const tell = (message: ToLargeRuns) => child?.connected === true && child.send(message, () => undefined);
  const settle = (said: FromLargeRuns) => {
    const one = waiting.get(said.runId);
    waiting.delete(said.runId);
    if (waiting.size === 0) idle = setTimeout(() => child?.disconnect(), IDLE_MS_MAX).unref();
    if (said.kind === "failed")
      return one?.reject(said.lost ? new LeaseLostError(said.runId) : new Error(said.message));
    for (const { action, outcome, count } of said.attempts) metrics().attempts.inc({ action, outcome }, count);
    one?.resolve(said.ending);
  };
  const start = (): ChildProcess => {
    const file = path.join(import.meta.dirname, "../../server/worker-large.ts");
    const flags = process.execArgv.filter((flag) => !flag.startsWith("--inspect"));
    const started = fork(file, [String(process.pid)], {
      execArgv: [...flags, `--max-old-space-size=${HEAP_MIB}`],
      // Structured clones: dates and bytes arrive as what they are.
      serialization: "advanced",
      env: { ...process.env, HOOKLINE_DATABASE_CONNECTIONS: "4", HOOKLINE_SANDBOX_PROCESSES: "1" },
    });
    started.on("message", (said) => settle(said as FromLargeRuns));
    const onEnd = () => {
      if (child !== started) return;
      child = null;
      if (waiting.size > 0)
        log().error({ runs: [...waiting.keys()] }, "the process for large bodies ended over these runs");
      for (const { reject } of waiting.values()) reject(new Error("The process for large bodies ended."));
      waiting.clear();
    };
    started.once("exit", onEnd);
    started.on("error", (error) => {
      log().error({ error }, "the process for large bodies reports a problem");
      if (started.pid === undefined) onEnd();
    });
    return started;
  };

  return {
    work(run) {
      clearTimeout(idle);
      if (child !== null && !child.connected) child = null;
      child ??= start();
      const ended = new Promise<RunEnding>((resolve, reject) => waiting.set(run.id, { resolve, reject }));
      tell({ kind: "work", run });
      return ended;
    },
    drain: () => void tell({ kind: "drain" }),
    abort: () => void tell({ kind: "abort" }),
    async close() {
      clearTimeout(idle);
      const last = child;
      if (last === null || last.exitCode !== null || last.signalCode !== null) return;
      const gone = new Promise<void>((resolve) => last.once("exit", () => resolve()));
      if (last.connected) last.disconnect();
      const cut = setTimeout(() => last.kill("SIGKILL"), 3 * SECOND);
      await gone;
      clearTimeout(cut);
    },
  };
}

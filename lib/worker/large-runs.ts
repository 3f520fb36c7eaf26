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

/** One such process, with the runs it has: what becomes of it decides over those, whatever was started since. */
type Beside = { readonly child: ChildProcess; readonly waiting: Map<string, Waiting> };

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
 * Works on runs over large bodies in a process of its own: parsing, writing and storing 16 MiB takes the thread that
 * does it a second, and every small run beside it would wait that long at each of its steps. The process starts with
 * the first such run and ends a minute after the last. When it dies, each of its runs is taken up again, as after the
 * death of a worker.
 */
export function openLargeRuns(): LargeRuns {
  let current: Beside | null = null;
  let idle: NodeJS.Timeout | undefined;

  const tell = (message: ToLargeRuns) =>
    current?.child.connected === true && current.child.send(message, () => undefined);
  const onIdle = ({ child, waiting }: Beside) => {
    clearTimeout(idle);
    if (waiting.size === 0) idle = setTimeout(() => child.connected && child.disconnect(), IDLE_MS_MAX).unref();
  };
  return {
    work(run) {
      clearTimeout(idle);
      if (current?.child.connected !== true) current = startBeside(onIdle);
      const { waiting } = current;
      const ended = new Promise<RunEnding>((resolve, reject) => waiting.set(run.id, { resolve, reject }));
      tell({ kind: "work", run });
      return ended;
    },
    drain: () => void tell({ kind: "drain" }),
    abort: () => void tell({ kind: "abort" }),
    async close() {
      clearTimeout(idle);
      if (current === null) return;
      const { child } = current;
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
      if (child.connected) child.disconnect();
      const cut = setTimeout(() => child.kill("SIGKILL"), 3 * SECOND);
      await gone;
      clearTimeout(cut);
    },
  };
}

/** Starts a process; `onSettled` is called after each of its runs. */
function startBeside(onSettled: (beside: Beside) => void): Beside {
  const file = path.join(import.meta.dirname, "../../server/worker-large.ts");
  const flags = process.execArgv.filter((flag) => !flag.startsWith("--inspect"));
  const child = fork(file, [String(process.pid)], {
    execArgv: [...flags, `--max-old-space-size=${HEAP_MIB}`],
    // Structured clones: dates and bytes arrive as what they are.
    serialization: "advanced",
    env: { ...process.env, HOOKLINE_DATABASE_CONNECTIONS: "4", HOOKLINE_SANDBOX_PROCESSES: "1" },
  });
  const beside: Beside = { child, waiting: new Map() };
  child.on("message", (message) => {
    settle(beside.waiting, message as FromLargeRuns);
    onSettled(beside);
  });
  const onEnd = () => {
    const { waiting } = beside;
    if (waiting.size > 0)
      log().error({ runs: [...waiting.keys()] }, "the process for large bodies ended over these runs");
    for (const { reject } of waiting.values()) reject(new Error("The process for large bodies ended."));
    waiting.clear();
  };
  child.once("exit", onEnd);
  child.on("error", (error) => {
    log().error({ error }, "the process for large bodies reports a problem");
    if (child.pid === undefined) onEnd();
  });
  return beside;
}

function settle(waiting: Map<string, Waiting>, said: FromLargeRuns): void {
  const one = waiting.get(said.runId);
  waiting.delete(said.runId);
  if (said.kind === "failed") return one?.reject(said.lost ? new LeaseLostError(said.runId) : new Error(said.message));
  for (const { action, outcome, count } of said.attempts) metrics().attempts.inc({ action, outcome }, count);
  one?.resolve(said.ending);
}

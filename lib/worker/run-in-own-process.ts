import { type ChildProcess, fork } from "node:child_process";
import path from "node:path";
import { MIB, SECOND } from "#lib/core/units.ts";
import { POOL_SILENCE_MS_MAX } from "#lib/db/worker-pools.ts";
import { cpuMsOf, residentBytesOf } from "#lib/platform/process-usage.ts";
import type { FromAlone, ToAlone } from "#lib/worker/alone-messages.ts";
import { type AloneEnd, judgeEnd, type Verdict } from "#lib/worker/judge-end.ts";

const HEAP_MIB = 512;
/** Heap and everything outside of it (bodies are bytes) together. */
const RESIDENT_BYTES_MAX = 1024 * MIB;
const START_MS_MAX = 30 * SECOND;
const END_MS_MAX = 5 * SECOND;
const LAST_WORDS_MS_MAX = 2 * SECOND;
const LOOK_EVERY_MS = 250;
/** A look that comes later than this was held up: life signs are waiting to be read. */
const LATE_LOOK_MS = 1 * SECOND;
/** Silence is a run's doing when its process was busy meanwhile; else the machine had no time for it. */
const BUSY_SHARE_MIN = 0.15;

/** Who works on which run, and what is asked of the process meanwhile. */
export type AloneTask = { runId: string; poolId: string; isDraining(): boolean; signal: AbortSignal };

/**
 * Works on one run in a Node process of its own, as the pool `poolId`, and judges how that ended. The process ends with
 * this one, and is gone when this resolves.
 */
export async function runInOwnProcess(task: AloneTask): Promise<Verdict> {
  const file = path.join(import.meta.dirname, "../../server/worker-alone.ts");
  const child = fork(file, [task.runId, task.poolId, String(process.pid)], {
    execArgv: [...process.execArgv.filter((flag) => !flag.startsWith("--inspect")), `--max-old-space-size=${HEAP_MIB}`],
    env: { ...process.env, HOOKLINE_DATABASE_CONNECTIONS: "2", HOOKLINE_SANDBOX_PROCESSES: "1" },
  });
  const end: AloneEnd = { began: false, told: null, killedFor: null, code: null, signal: null };
  const watch = watchChild(child, task, end);
  await new Promise<void>((resolve) => {
    child.once("exit", (code, signal) => {
      Object.assign(end, { code, signal });
      // What it said last may still be in the channel, and decides.
      if (!child.connected) return resolve();
      child.once("disconnect", resolve);
      setTimeout(resolve, LAST_WORDS_MS_MAX).unref();
    });
    // It could not even be started; or a message to it found it going, and its exit follows.
    child.on("error", () => child.pid === undefined && resolve());
  });
  watch.stop();
  return judgeEnd(end);
}

/** Notes what a child says, passes on that the worker stops, and kills it when it must not go on. */
function watchChild(child: ChildProcess, task: AloneTask, end: AloneEnd): { stop(): void } {
  const pid = child.pid ?? -1;
  const startedAtMs = performance.now();
  let heard = { atMs: startedAtMs, cpuMs: 0 };
  let lookedAtMs = startedAtMs;
  let toldToDrain = false;
  let endBy = Number.POSITIVE_INFINITY;

  const hear = () => (heard = { atMs: performance.now(), cpuMs: cpuMsOf(pid) ?? 0 });
  const tell = (message: ToAlone) => child.connected && child.send(message, () => undefined);
  const kill = (why: AloneEnd["killedFor"]) => {
    end.killedFor ??= why;
    child.kill("SIGKILL");
  };
  child.on("message", (message) => {
    hear();
    const said = message as FromAlone;
    if (said.kind === "began") end.began = true;
    if (said.kind !== "ended") return;
    end.told = said.how;
    endBy = performance.now() + END_MS_MAX;
  });
  const look = () => {
    const now = performance.now();
    if (now - lookedAtMs > LATE_LOOK_MS) hear();
    lookedAtMs = now;
    if (task.isDraining() && !toldToDrain) toldToDrain = tell({ kind: "drain" });
    if (task.signal.aborted && endBy === Number.POSITIVE_INFINITY) {
      tell({ kind: "abort" });
      endBy = now + SECOND;
    }
    if (now > endBy) return kill("stopping");
    if (!end.began) return now - startedAtMs > START_MS_MAX ? kill("slow-start") : undefined;
    if ((residentBytesOf(pid) ?? 0) > RESIDENT_BYTES_MAX) return kill("memory");
    const silentMs = now - heard.atMs;
    if (silentMs < POOL_SILENCE_MS_MAX) return;
    const cpuMs = cpuMsOf(pid);
    kill(cpuMs === null || cpuMs - heard.cpuMs >= silentMs * BUSY_SHARE_MIN ? "silence" : "standstill");
  };
  const looking = setInterval(look, LOOK_EVERY_MS);
  return { stop: () => clearInterval(looking) };
}

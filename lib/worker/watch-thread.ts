import { Worker } from "node:worker_threads";
import { SECOND } from "#lib/core/units.ts";
import { POOL_SILENCE_MS_MAX } from "#lib/db/worker-pools.ts";

const LOOK_EVERY_MS = SECOND / 4;
/** A process whose main thread stood still for this long has been declared dead by others; alone, by nobody. */
const STUCK_MS = POOL_SILENCE_MS_MAX + 2 * SECOND;

/**
 * Ends this process when its main thread stands still: nothing in it could, and whoever keeps it running starts it
 * again. Counts the thread's own looks, so that a machine that slept, or a process that was stopped, is not taken for
 * stuck.
 */
export function endWhenStuck(): { stop(): void } {
  const beats = new Int32Array(new SharedArrayBuffer(4));
  const beating = setInterval(() => Atomics.add(beats, 0, 1), LOOK_EVERY_MS);
  const thread = startThread(
    `let seen = -1, still = 0;
     setInterval(() => {
       const now = Atomics.load(data.beats, 0);
       still = now === seen ? still + 1 : 0;
       seen = now;
       if (still < data.looksMax) return;
       say("the main thread stands still; ending this process");
       process.kill(process.pid, "SIGKILL");
     }, data.everyMs);`,
    { beats, everyMs: LOOK_EVERY_MS, looksMax: STUCK_MS / LOOK_EVERY_MS },
  );
  return {
    stop() {
      clearInterval(beating);
      void thread.terminate();
    },
  };
}

/** Ends this process `afterMs` after its parent is gone, also when it hangs and cannot see that itself. */
export function endWithParent(parentPid: number, afterMs: number): void {
  startThread(
    `const look = setInterval(() => {
       if (process.ppid === data.parentPid) return;
       clearInterval(look);
       setTimeout(() => process.kill(process.pid, "SIGKILL"), data.afterMs);
     }, data.everyMs);`,
    { parentPid, afterMs, everyMs: LOOK_EVERY_MS },
  );
}

/** A thread has its own event loop, which runs on while the main one is blocked. */
function startThread(code: string, data: object): Worker {
  const head = `const { workerData: data } = require("node:worker_threads");
    const say = (message) => {
      const line = JSON.stringify({ level: "error", time: new Date().toISOString(), message });
      require("node:fs").writeSync(2, line + "\\n");
    };`;
  const thread = new Worker(`${head}\n${code}`, { eval: true, execArgv: [], workerData: data });
  thread.unref();
  return thread;
}

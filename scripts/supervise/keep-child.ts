import { type ChildProcess, spawn } from "node:child_process";
import { say } from "../say.ts";
import { watchLifeSigns } from "./watch-life-signs.ts";

/** A child process that is started again whenever it dies or hangs, until it is told to stop. */
export type KeptChild = {
  readonly pid: number | undefined;
  /** Asks it to drain (SIGTERM), kills it after `graceMs`; resolves when it is gone. */
  stop(graceMs: number): Promise<void>;
};

const BACKOFF_FIRST_MS = 250;
const BACKOFF_LAST_MS = 10_000;
const HEALTHY_AFTER_MS = 30_000;

/**
 * Runs `node <file>` in a process group of its own, so that Ctrl-C reaches only us and we decide the order of stopping.
 * The channel between us closes when we die: the child drains and ends then too. A child that gives no sign of life on
 * that channel for `silentMsMax` (it is stopped, or its main thread stands still) is killed with its whole group.
 */
export function keepChild(name: string, file: string, env: NodeJS.ProcessEnv, silentMsMax: number): KeptChild {
  let child: ChildProcess;
  let backoffMs = BACKOFF_FIRST_MS;
  let stopping = false;
  let restart: NodeJS.Timeout | undefined;
  let watch: { stop(): void };

  const start = () => {
    const began = performance.now();
    child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", file], {
      env,
      detached: true,
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    const started = child;
    watch = watchLifeSigns(started, silentMsMax, () => {
      say(`the ${name} process gives no sign of life; ending it`);
      killGroup(started);
    });
    child.once("exit", (code, signal) => {
      watch.stop();
      if (stopping) return;
      if (performance.now() - began > HEALTHY_AFTER_MS) backoffMs = BACKOFF_FIRST_MS;
      say(`the ${name} process ended (${signal ?? `code ${code}`}); starting it again in ${backoffMs} ms`);
      restart = setTimeout(start, backoffMs);
      backoffMs = Math.min(backoffMs * 2, BACKOFF_LAST_MS);
    });
  };
  start();

  return {
    get pid() {
      return child.pid;
    },
    async stop(graceMs) {
      stopping = true;
      watch.stop();
      clearTimeout(restart);
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      const late = setTimeout(() => {
        say(`the ${name} process did not drain in ${graceMs / 1000} s; ending it`);
        killGroup(child);
      }, graceMs);
      await gone;
      clearTimeout(late);
    },
  };
}

function killGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  } catch {
    child.kill("SIGKILL");
  }
}

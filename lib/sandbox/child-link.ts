import { type ChildProcess, fork } from "node:child_process";
import { realpathSync } from "node:fs";
import path from "node:path";
import { cpuMsOf, residentBytesOf } from "#lib/platform/process-usage.ts";
import type { SandboxLimits } from "./limits.ts";
import type { FromChild, ToChild } from "./protocol.ts";

/** A forked sandbox process as the pool sees it. */
export type ChildLink = {
  readonly pid: number;
  send(message: ToChild): void;
  kill(): void;
  /** Resident memory now; null where the system does not tell. */
  residentBytes(): number | null;
  /** Processor time used since its start; null where the system does not tell. */
  cpuMs(): number | null;
};

/** The code a child reads. The folder of packages may be a link to another place. */
function readable(root: string): string[] {
  const parts = ["package.json", "lib", "node_modules"].map((part) => path.join(root, part));
  return [...new Set([...parts, ...parts.map((part) => realpathSync(/* turbopackIgnore: true */ part))])];
}

/** How V8 ends a process whose heap is full. */
const outOfMemorySignals = new Set(["SIGABRT", "SIGTRAP", "SIGILL"]);

/**
 * Starts one child with an empty environment, no standard streams and a heap cap; `onGone` is called exactly
 * once and told whether the child ran out of memory by itself.
 * The path is built from the working directory because a bundler would turn `import.meta.url` into an asset.
 */
export function forkChild(
  limits: SandboxLimits,
  onMessage: (message: FromChild) => void,
  onGone: (outOfMemory: boolean) => void,
): ChildLink {
  const root = path.join(/* turbopackIgnore: true */ process.cwd());
  const child: ChildProcess = fork(
    /* turbopackIgnore: true */ path.join(root, "lib/sandbox/child.ts"),
    [JSON.stringify(limits)],
    {
      cwd: "/",
      env: {} as NodeJS.ProcessEnv,
      execArgv: [
        `--max-old-space-size=${limits.heapMib}`,
        "--max-semi-space-size=8",
        "--disable-proto=delete",
        // Node's own permissions: read the code, and nothing else. No writing, no processes, no threads, no addons.
        "--permission",
        ...readable(root).map((part) => `--allow-fs-read=${part}`),
      ],
      serialization: "advanced",
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    },
  );
  let gone = false;
  const leave = (outOfMemory: boolean) => {
    if (gone) return;
    gone = true;
    onGone(outOfMemory);
  };
  child.on("message", (message) => onMessage(message as FromChild));
  child.once("exit", (code, signal) => leave(code === 134 || outOfMemorySignals.has(signal ?? "")));
  child.once("error", () => leave(false));
  child.unref();
  child.channel?.unref();

  return {
    pid: child.pid ?? -1,
    send(message) {
      // A failed write means the child is going; its exit is what the pool acts on.
      if (child.connected) child.send(message, () => undefined);
    },
    kill() {
      child.kill("SIGKILL");
    },
    cpuMs: () => (child.pid === undefined ? null : cpuMsOf(child.pid)),
    residentBytes: () => (child.pid === undefined ? null : residentBytesOf(child.pid)),
  };
}

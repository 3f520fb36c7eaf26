import { type ChildProcess, spawn } from "node:child_process";

/** A process of ours that is started again whenever it dies, as the supervisor does. */
export type KeptProcess = {
  pid(): number;
  kill(signal: NodeJS.Signals): void;
  /** How often it was started. */
  starts(): number;
  /** Every line it wrote in all its lives. */
  lines: string[];
  waitForLine(text: string, timeoutMs?: number): Promise<void>;
  end(): Promise<void>;
};

const RESTART_MS = 200;

/** Keeps `node <args>` running until `end`. */
export function keepProcess(args: readonly string[], env: Record<string, string>): KeptProcess {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith("VITEST") && name !== "NODE_OPTIONS"),
  );
  const lines: string[] = [];
  let starts = 0;
  let ending = false;
  let child: ChildProcess;
  let gone: Promise<void> = Promise.resolve();
  const start = () => {
    starts += 1;
    child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", ...args], {
      env: { ...inherited, NODE_ENV: "production", HOOKLINE_LOG_LEVEL: "info", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [child.stdout, child.stderr])
      stream?.on(
        "data",
        (chunk: Buffer) =>
          void lines.push(
            ...chunk
              .toString()
              .split("\n")
              .filter((line) => line !== ""),
          ),
      );
    gone = new Promise((resolve) => child.once("exit", () => resolve()));
    child.once("exit", () => {
      if (!ending) setTimeout(() => !ending && start(), RESTART_MS);
    });
  };
  start();
  return {
    pid: () => child.pid ?? -1,
    kill: (signal) => void child.kill(signal),
    starts: () => starts,
    lines,
    async waitForLine(text, timeoutMs = 20_000) {
      const until = performance.now() + timeoutMs;
      while (!lines.some((line) => line.includes(text))) {
        if (performance.now() > until)
          throw new Error(`No "${text}" within ${timeoutMs} ms:\n${lines.slice(-10).join("\n")}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    async end() {
      ending = true;
      child.kill("SIGCONT");
      child.kill("SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), 12_000);
      if (child.exitCode === null && child.signalCode === null) await gone;
      clearTimeout(late);
    },
  };
}

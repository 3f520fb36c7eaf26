import { type ChildProcess, spawn } from "node:child_process";

/** A real process of ours, with its JSON log lines. */
export type Child = {
  pid: number;
  lines(): Record<string, unknown>[];
  /** What it wrote that is not a log line: crashes, mostly. */
  noise(): string;
  kill(signal: NodeJS.Signals): void;
  isRunning(): boolean;
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  waitForLine(message: string, timeoutMs?: number): Promise<void>;
};

/** Starts `node <flags> <file>` with only the given settings on top of this process's environment. */
export function startChild(file: string, env: Record<string, string>, flags: readonly string[] = []): Child {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith("VITEST") && name !== "NODE_OPTIONS"),
  );
  const child: ChildProcess = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", ...flags, file], {
    env: { ...inherited, NODE_ENV: "production", HOOKLINE_LOG_LEVEL: "info", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: Record<string, unknown>[] = [];
  let noise = "";
  let rest = "";
  const read = (chunk: Buffer) => {
    const parts = (rest + chunk.toString()).split("\n");
    rest = parts.pop() ?? "";
    for (const part of parts) {
      try {
        lines.push(JSON.parse(part) as Record<string, unknown>);
      } catch {
        noise += `${part}\n`;
      }
    }
  };
  child.stdout?.on("data", read);
  child.stderr?.on("data", (chunk: Buffer) => void (noise += chunk.toString()));
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) =>
    child.once("exit", (code, signal) => resolve({ code, signal })),
  );
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  return {
    pid: child.pid ?? -1,
    lines: () => lines,
    noise: () => noise,
    kill: (signal) => void child.kill(signal),
    isRunning,
    exited,
    async waitForLine(message, timeoutMs = 20_000) {
      const until = performance.now() + timeoutMs;
      while (!lines.some((line) => line["message"] === message)) {
        if (!isRunning())
          throw new Error(`The process ended before "${message}":\n${noise}\n${JSON.stringify(lines.slice(-5))}`);
        if (performance.now() > until)
          throw new Error(`No "${message}" within ${timeoutMs} ms:\n${noise}\n${JSON.stringify(lines.slice(-5))}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  };
}

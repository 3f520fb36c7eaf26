/** How the process of a suspect run ended, as its parent saw it. */
export type AloneEnd = {
  /** It had said that it begins to work on the run. */
  began: boolean;
  /** What it said last, when it was done by itself. */
  told: "done" | "lost" | "fault" | null;
  /** Why its parent killed it; null = it did not. */
  killedFor: "silence" | "memory" | "standstill" | "slow-start" | "stopping" | null;
  code: number | null;
  signal: NodeJS.Signals | null;
};

/** What that says about the run. `how` goes on after "its process". */
export type Verdict =
  | { kind: "innocent" }
  /** Nothing is proven: the run is taken up again. */
  | { kind: "unproven"; why: string }
  | { kind: "guilty"; how: string };

/** Signals by which somebody asks a process to end; a run never sends them. */
const ASKED: ReadonlySet<string> = new Set(["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT"]);

/** How V8 ends a process whose heap is full. */
const OUT_OF_MEMORY: ReadonlySet<string> = new Set(["SIGABRT", "SIGTRAP", "SIGILL"]);
const OUT_OF_MEMORY_CODE = 134;

/**
 * Guilty is a run whose own process was at work on it and came to harm by itself: it ended by a signal or an error, ran
 * out of memory, or was busy without answering. What its parent or somebody else did to the process proves nothing.
 */
export function judgeEnd({ began, told, killedFor, code, signal }: AloneEnd): Verdict {
  if (told === "done") return { kind: "innocent" };
  if (told === "lost") return { kind: "unproven", why: "the run went elsewhere" };
  if (told === "fault") return { kind: "unproven", why: "not even its failure could be written" };
  switch (killedFor) {
    case "silence":
      return { kind: "guilty", how: "stopped answering and had to be killed" };
    case "memory":
      return { kind: "guilty", how: "ran out of memory and had to be killed" };
    case "standstill":
      return { kind: "unproven", why: "its process stood still without using a processor" };
    case "slow-start":
      return { kind: "unproven", why: "its process did not come up in time" };
    case "stopping":
      return { kind: "unproven", why: "the worker is stopping" };
    case null:
  }
  if (!began) return { kind: "unproven", why: "its process ended before it had begun" };
  if (signal !== null && ASKED.has(signal)) return { kind: "unproven", why: "somebody asked its process to end" };
  if (code === OUT_OF_MEMORY_CODE || (signal !== null && OUT_OF_MEMORY.has(signal)))
    return { kind: "guilty", how: `ran out of memory or crashed (${signal ?? `exit code ${code}`})` };
  if (signal !== null) return { kind: "guilty", how: `ended by signal ${signal}` };
  return { kind: "guilty", how: `ended with exit code ${code}` };
}

import { describe, expect, test } from "vitest";
import { type AloneEnd, judgeEnd } from "#lib/worker/judge-end.ts";

const end = (seen: Partial<AloneEnd>) =>
  judgeEnd({ began: true, told: null, killedFor: null, code: null, signal: null, ...seen });

describe("a run is guilty when the process it was alone in came to harm by itself", () => {
  test.each([
    [{ signal: "SIGKILL" }, "ended by signal SIGKILL"],
    [{ signal: "SIGSEGV" }, "ended by signal SIGSEGV"],
    [{ signal: "SIGABRT" }, "ran out of memory or crashed (SIGABRT)"],
    [{ code: 134 }, "ran out of memory or crashed (exit code 134)"],
    [{ code: 70 }, "ended with exit code 70"],
    [{ code: 0 }, "ended with exit code 0"],
    [{ killedFor: "silence", signal: "SIGKILL" }, "stopped answering and had to be killed"],
    [{ killedFor: "memory", signal: "SIGKILL" }, "ran out of memory and had to be killed"],
  ] as const)("%o", (seen, how) => {
    expect(end(seen)).toEqual({ kind: "guilty", how });
  });
});

describe("nothing is proven", () => {
  test.each([
    ["it had not begun", { began: false, signal: "SIGKILL" }],
    ["it had not begun and crashed", { began: false, code: 1 }],
    ["the database went away", { told: "fault", code: 0 }],
    ["the run went elsewhere", { told: "lost", code: 0 }],
    ["somebody asked it to end", { signal: "SIGTERM" }],
    ["the worker stops", { killedFor: "stopping", signal: "SIGKILL" }],
    ["it did not come up", { began: false, killedFor: "slow-start", signal: "SIGKILL" }],
    ["it stood still without a processor", { killedFor: "standstill", signal: "SIGKILL" }],
  ] as const)("%s", (_, seen) => {
    expect(end(seen).kind).toBe("unproven");
  });
});

test("what happens to a process after it was done proves nothing", () => {
  expect(end({ told: "done", code: 0 })).toEqual({ kind: "innocent" });
  expect(end({ told: "done", killedFor: "stopping", signal: "SIGKILL" })).toEqual({ kind: "innocent" });
  expect(end({ told: "done", signal: "SIGSEGV" })).toEqual({ kind: "innocent" });
});

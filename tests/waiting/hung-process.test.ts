import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { isAlive } from "#lib/platform/file-lock.ts";
import { type KeptChild, keepChild } from "#scripts/supervise/keep-child.ts";

const REPLACED_MS_MAX = 15_000;

let folder: string;
let child: KeptChild;
beforeEach(() => {
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
  folder = mkdtempSync(path.join(os.tmpdir(), "hookline-hung-"));
});
afterEach(async () => {
  await child.stop(5_000);
  rmSync(folder, { recursive: true });
});

async function keep(silentMsMax: number): Promise<void> {
  const env = { ...process.env, NODE_OPTIONS: "", PID_FILE: path.join(folder, "pid") };
  child = keepChild("living", "tests/support/living-process.ts", env, silentMsMax);
  await expect.poll(pidNow, { timeout: 30_000 }).toBe(child.pid);
}

function pidNow(): number | null {
  try {
    return Number(readFileSync(path.join(folder, "pid"), "utf8")) || null;
  } catch {
    return null;
  }
}

describe.runIf(process.platform !== "win32")(
  "a process that hangs is killed and another is at work within 15 s",
  () => {
    test.each([
      ["stopped", "SIGSTOP"],
      ["spinning", "SIGUSR2"],
    ] as const)(
      "%s",
      async (_, signal) => {
        await keep(9_000);
        const first = child.pid ?? -1;
        process.kill(first, signal);
        await expect.poll(pidNow, { timeout: REPLACED_MS_MAX }).not.toBe(first);
        expect(isAlive(first)).toBe(false);
      },
      60_000,
    );
  },
);

test("a process that gives signs of life is left alone", async () => {
  await keep(3_000);
  const first = child.pid;
  await new Promise((resolve) => setTimeout(resolve, 6_000));
  expect(child.pid).toBe(first);
}, 60_000);

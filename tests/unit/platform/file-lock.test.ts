import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { tryFileLock, withFileLock } from "#lib/platform/file-lock.ts";
import { markProcess } from "#lib/platform/process-mark.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "lock-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("a lock held by a living process is not taken, and its holder is named", async () => {
  const file = path.join(folder, "held");
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  await once(child, "spawn");
  writeFileSync(file, String(child.pid));
  expect(tryFileLock(file)).toEqual({ kind: "held", by: child.pid });
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(tryFileLock(file).kind).toBe("taken");
});

test("a lock whose process is gone is taken even when its number is another process's now", () => {
  const file = path.join(folder, "reused");
  const mark = markProcess(process.ppid);
  writeFileSync(file, mark ?? "");
  expect(tryFileLock(file)).toEqual({ kind: "held", by: process.ppid });
  writeFileSync(file, `${process.ppid} 1 an-earlier-boot`);
  expect(tryFileLock(file).kind).toBe("taken");
});

test("a lock file with anything but a process number is taken over", () => {
  const file = path.join(folder, "torn");
  writeFileSync(file, "");
  expect(tryFileLock(file).kind).toBe("taken");
});

test("the lock is given back when the work throws", async () => {
  const file = path.join(folder, "thrown");
  await expect(withFileLock(file, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await withFileLock(file, () => Promise.resolve("again"))).toBe("again");
});

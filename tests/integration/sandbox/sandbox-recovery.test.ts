import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { closeSandbox, getSandbox, replaceSandbox } from "#lib/sandbox/sandbox.ts";
import { SandboxUnavailable } from "#lib/sandbox/sandbox-unavailable.ts";

const here = process.cwd();
const elsewhere = mkdtempSync(path.join(os.tmpdir(), "hookline-elsewhere-"));
afterEach(async () => {
  process.chdir(here);
  rmSync(elsewhere, { recursive: true });
  await closeSandbox();
});

const evaluate = () =>
  getSandbox().evaluate({
    expressions: [{ id: "sum", source: "$sum($map([1..3], function($n) { $n * 2 }))" }],
    contextJson: "{}",
    now: "2026-11-23T10:00:00Z",
    seed: "s",
  });

test("a sandbox whose processes did not start says so, and works again once it is replaced", async () => {
  // In a folder like ours that has none of the children's code.
  for (const folder of ["lib", "node_modules"]) mkdirSync(path.join(elsewhere, folder));
  writeFileSync(path.join(elsewhere, "package.json"), "{}");
  process.chdir(elsewhere);
  await expect(evaluate()).rejects.toBeInstanceOf(SandboxUnavailable);
  await expect(evaluate()).rejects.toBeInstanceOf(SandboxUnavailable);
  process.chdir(here);
  replaceSandbox();
  expect(await evaluate()).toEqual([{ kind: "value", json: "12" }]);
  expect(getSandbox().stats().children).toBeGreaterThan(0);
});

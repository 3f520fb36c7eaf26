import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";

const FIXTURES = "tests/fixtures/kinds";
/** What each kind of addition takes: nothing but these files. */
const ADDED = {
  [`${FIXTURES}/nap.step.ts`]: "lib/engine/steps/nap.ts",
  [`${FIXTURES}/nap.form.tsx`]: "components/builder/steps/nap.tsx",
  [`${FIXTURES}/chat-post.action.ts`]: "lib/actions/chat-post.ts",
  [`${FIXTURES}/chat.connection.ts`]: "lib/engine/connections/kinds/chat-bot.ts",
};

let copy: string;
beforeAll(() => {
  copy = mkdtempSync(path.join(tmpdir(), "hookline-kinds-"));
  for (const part of [
    "lib",
    "components",
    "scripts",
    "tests/support",
    "tests/contract",
    "package.json",
    "vitest.config.ts",
  ])
    cpSync(part, path.join(copy, part), { recursive: true });
  symlinkSync(path.resolve("node_modules"), path.join(copy, "node_modules"));
  for (const [from, to] of Object.entries(ADDED)) cpSync(from, path.join(copy, to));
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

const run = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--disable-warning=ExperimentalWarning", ...args], {
    cwd: copy,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
  });
  return { status, output: `${stdout}\n${stderr}` };
};

it("a step kind is two files, an action with a connection kind of its own two: generated lists do the rest", () => {
  expect(run("scripts/generate-registries.ts")).toMatchObject({ status: 0 });
  for (const [registry, word] of [
    ["lib/engine/steps", "nap as unknown as StepKind"],
    ["components/builder/steps", "nap as unknown as StepForm"],
    ["lib/actions", "chatPost as unknown as Action"],
    ["lib/engine/connections/kinds", "chatBot as unknown as ConnectionKind"],
  ] as const)
    expect(readFileSync(path.join(copy, registry, "registry.generated.ts"), "utf8")).toContain(word);
  const suites = ["step-kinds", "actions", "connection-kinds"].map((name) => `tests/contract/${name}.test.ts`);
  const { status, output } = run(
    "node_modules/vitest/vitest.mjs",
    "run",
    "--project",
    "contract",
    "--reporter=verbose",
    ...suites,
  );
  expect([status, output]).toEqual([0, expect.stringContaining("the step kind nap")]);
  expect(output).toContain("action chat.post");
  expect(output).toContain("the connection kind chat.bot");
}, 120_000);

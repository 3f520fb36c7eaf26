import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { internalVariables } from "#lib/platform/env.ts";
import { settings } from "#lib/platform/settings.ts";
import { generatedFiles, isFresh, replaceBetween } from "#scripts/generated-files.ts";
import { listSources } from "#scripts/list-sources.ts";

const PLATFORM_VARIABLES = ["NODE_ENV", "NEXT_RUNTIME", "NEXTAUTH_URL", "PATH", "npm_execpath", "CI", "TZ"];

test.each(generatedFiles.map((file) => [file.path, file] as const))("%s is what its source makes of it", (_, file) => {
  expect(isFresh(file), `out of date: npm run check -- --write`).toBe(true);
});

test(".env.example and the README name every setting once", () => {
  const example = readFileSync(".env.example", "utf8");
  const readme = readFileSync("README.md", "utf8");
  for (const { variable } of Object.values(settings)) {
    expect(example.match(new RegExp(`^# ${variable}=`, "gm")), variable).toHaveLength(1);
    expect(readme.match(new RegExp(`^\\| \`${variable}\` \\|`, "gm")), variable).toHaveLength(1);
  }
});

test("the code reads no environment variable that is neither a setting nor one our own processes hand on", () => {
  const known = new Set<string>([
    ...Object.values(settings).map((setting) => setting.variable),
    ...internalVariables,
    ...PLATFORM_VARIABLES,
  ]);
  const read = listSources()
    .filter((file) => !file.startsWith("tests/") && !file.startsWith("bench/"))
    .flatMap((file) =>
      [...readFileSync(file, "utf8").matchAll(/process\.env(?:\.|\[")([A-Za-z_]+)/g)].map(
        ([, name = ""]) => `${file}: ${name}`,
      ),
    );
  expect(read.filter((use) => !known.has(use.split(": ")[1] ?? ""))).toEqual([]);
});

test("every command the README shows exists", () => {
  const readme = readFileSync("README.md", "utf8");
  const scripts = Object.keys((JSON.parse(readFileSync("package.json", "utf8")) as { scripts: object }).scripts);
  const npm = [...readme.matchAll(/\bnpm (?:run )?([a-z]+)/g)]
    .map(([, name = ""]) => name)
    .filter((name) => name !== "and");
  expect(npm.filter((name) => !scripts.includes(name))).toEqual([]);
  const commands = [...readme.matchAll(/npx hookline ([a-z-]+)/g)]
    .map(([, name = ""]) => name)
    .filter((name) => !name.startsWith("-"));
  for (const name of commands) expect(() => readFileSync(`bin/commands/${name}.ts`), name).not.toThrow();
});

describe("the checks themselves can fail", () => {
  test("a hand-edited and a missing file are found", () => {
    expect(isFresh({ path: "LICENSE", make: () => "something else" })).toBe(false);
    expect(isFresh({ path: "no-such-file", make: () => "" })).toBe(false);
  });

  test("a README without its marks is refused", () => {
    expect(() => replaceBetween("text", "settings", "x")).toThrow("There is no <!-- settings -->");
    expect(replaceBetween("a <!-- s -->old<!-- /s --> b", "s", "new")).toBe("a <!-- s -->\n\nnew\n\n<!-- /s --> b");
  });
});

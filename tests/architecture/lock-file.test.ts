import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { findMissingVariants, type LockEntry } from "#scripts/complete-lock.ts";

const lock = JSON.parse(readFileSync("package-lock.json", "utf8")) as { packages: Record<string, LockEntry> };

test("the lock file names the variants of every platform, so that npm ci takes it anywhere", () => {
  const missing = Object.keys(findMissingVariants(lock.packages));
  expect(missing, "mend with: node_modules/.bin/node scripts/complete-lock.ts").toEqual([]);
});

test("a variant left out is found with its platform", () => {
  const packages = {
    "node_modules/tool": {
      dev: true,
      optionalDependencies: { "@tool/linux-arm64-musl": "1.2.3", "@tool/any": "1.0.0" },
    },
  };
  expect(findMissingVariants(packages)).toEqual({
    "node_modules/@tool/linux-arm64-musl": {
      version: "1.2.3",
      os: ["linux"],
      cpu: ["arm64"],
      libc: ["musl"],
      dev: true,
      optional: true,
    },
  });
});

test("every package is pinned to one version", () => {
  const manifest = JSON.parse(readFileSync("package.json", "utf8")) as Record<string, Record<string, string>>;
  const all = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };
  expect(Object.entries(all).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
});

import { readFileSync, writeFileSync } from "node:fs";

/** An entry of package-lock.json, as far as it matters here. */
export type LockEntry = {
  version?: string;
  dev?: boolean;
  optional?: boolean;
  optionalDependencies?: Record<string, string>;
  [key: string]: unknown;
};

/**
 * The entries that a lock file lacks for other platforms than the one it was written on: npm drops the optional
 * packages it could not load, and `npm ci` then refuses the lock everywhere. Made from the name alone; npm needs no
 * more to skip or to fetch them.
 */
export function findMissingVariants(packages: Record<string, LockEntry>): Record<string, LockEntry> {
  const missing: Record<string, LockEntry> = {};
  for (const parent of Object.values(packages))
    for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
      const path = `node_modules/${name}`;
      if (packages[path] !== undefined || !/^\d+\.\d+\.\d+/.test(version)) continue;
      const platform = platformOf(name);
      if (platform === null) continue;
      missing[path] = { version, ...platform, ...(parent.dev === true ? { dev: true } : {}), optional: true };
    }
  return missing;
}

function platformOf(name: string): { os?: string[]; cpu: string[]; libc?: string[] } | null {
  if (name.includes("wasm32")) return { cpu: ["wasm32"] };
  const [, os, cpu] =
    /(android|darwin|freebsd|linux|openharmony|win32)-(arm64|arm|x64|ia32|ppc64|riscv64|s390x)/.exec(name) ?? [];
  if (os === undefined || cpu === undefined) return null;
  const libc = os !== "linux" ? null : /musl/.test(name) ? "musl" : /gnu/.test(name) ? "glibc" : null;
  return { os: [os], cpu: [cpu], ...(libc === null ? {} : { libc: [libc] }) };
}

if (import.meta.main) {
  const lock = JSON.parse(readFileSync("package-lock.json", "utf8")) as { packages: Record<string, LockEntry> };
  const merged = { ...lock.packages, ...findMissingVariants(lock.packages) };
  lock.packages = Object.fromEntries(Object.entries(merged).sort(([a], [b]) => a.localeCompare(b, "en")));
  writeFileSync("package-lock.json", `${JSON.stringify(lock, null, 2)}\n`);
}

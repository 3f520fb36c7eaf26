import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";

const SOURCES = [
  "app",
  "components",
  "lib",
  "public",
  "instrumentation.ts",
  "proxy.ts",
  "next.config.js",
  "postcss.config.js",
  "postcss.config.mjs",
  "tsconfig.json",
  "package-lock.json",
];

/** SHA-256 (hex) over every file the built app is made from. */
export function hashSources(): string {
  const digest = createHash("sha256").update(process.version);
  for (const file of SOURCES.flatMap(listFiles).sort()) digest.update(file).update("\0").update(readFileSync(file));
  return digest.digest("hex");
}

function listFiles(entry: string): string[] {
  const stat = statSync(entry, { throwIfNoEntry: false });
  if (stat === undefined) return [];
  if (!stat.isDirectory()) return [entry];
  return readdirSync(entry).flatMap((name) => listFiles(path.join(entry, name)));
}

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { writeEnvExample, writeSettingsTable } from "#lib/platform/describe-settings.ts";
import { REGISTRIES, renderRegistry } from "./generate-registries.ts";
import { readLayers } from "./layers.ts";
import { writeLayersTable } from "./layers-table.ts";
import { writeLintLayers } from "./lint-layers.ts";

/** A file of the repository that is made from others; `make` returns what it must contain. */
export type GeneratedFile = { path: string; make: () => string };

/** Every file that is generated and committed. */
export const generatedFiles: GeneratedFile[] = [
  { path: ".env.example", make: writeEnvExample },
  {
    path: "README.md",
    make: () => replaceBetween(readFileSync("README.md", "utf8"), "settings", writeSettingsTable()),
  },
  {
    path: "docs/architecture.md",
    make: () => replaceBetween(readFileSync("docs/architecture.md", "utf8"), "layers", writeLayersTable(readLayers())),
  },
  { path: ".oxlint-layers.generated.json", make: () => writeLintLayers(readLayers()) },
  ...REGISTRIES.map((spec) => ({ path: spec.output, make: () => renderRegistry(process.cwd(), spec) })),
];

/** Writes those that are out of date and returns their paths. */
export function refreshGeneratedFiles(): string[] {
  const stale = generatedFiles.filter((file) => !isFresh(file));
  for (const file of stale) writeFileSync(file.path, file.make());
  return stale.map((file) => file.path);
}

/** Whether the file on disk is what its maker would write now. */
export function isFresh(file: GeneratedFile): boolean {
  return existsSync(file.path) && readFileSync(file.path, "utf8") === file.make();
}

/** Replaces what stands between `<!-- name -->` and `<!-- /name -->`; throws when the marks are missing. */
export function replaceBetween(text: string, name: string, content: string): string {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [start, end] = [text.indexOf(open), text.indexOf(close)];
  if (start < 0 || end < start) throw new Error(`There is no ${open} … ${close}.`);
  return `${text.slice(0, start + open.length)}\n\n${content}\n\n${text.slice(end)}`;
}

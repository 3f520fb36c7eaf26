import { readFileSync } from "node:fs";

/** The rules of layers.json: which folder may import which, and which packages never. */
export type Layers = {
  packages: Record<string, string[]>;
  layers: { folder: string; may: string[]; never: string[]; because: string }[];
};

/** One import that breaks a rule, told as a person would say where the code belongs instead. */
export type LayerBreach = { file: string; imported: string; message: string };

/** Reads layers.json of the working folder. */
export function readLayers(): Layers {
  return JSON.parse(readFileSync("layers.json", "utf8")) as Layers;
}

/**
 * Finds the imports of one file that its layer forbids. `file` is a path from the top of the project; packages that are
 * imported for their types alone are allowed, project files are not: a type is as much a dependency as a function.
 */
export function findBreaches(layers: Layers, file: string, source: string): LayerBreach[] {
  const layer = layerOf(layers, file);
  if (layer === undefined) return [];
  return readImports(source).flatMap(({ imported, typeOnly }) => {
    const target = resolveImport(file, imported);
    const breach = (message: string) => [{ file, imported, message: `${message} ${layer.because}` }];
    const forbidden = typeOnly
      ? undefined
      : layer.never.find((group) => matches(layers.packages[group] ?? [], imported));
    if (forbidden !== undefined) return breach(`${layer.folder} never imports ${forbidden} (${imported}).`);
    if (target === null) return [];
    const targetLayer = layerOf(layers, target);
    if (targetLayer === undefined || targetLayer === layer || layer.may.includes(targetLayer.folder)) return [];
    return breach(`${layer.folder} may not import ${targetLayer.folder} (${imported}).`);
  });
}

/** The imports of a source file, dynamic ones included, with whether they vanish when types are stripped. */
export function readImports(source: string): { imported: string; typeOnly: boolean }[] {
  const pattern =
    /^\s*(?:import|export)\s+(type\s+)?(?:[^"'();]*?\sfrom\s+)?["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']/gm;
  return [...source.matchAll(pattern)].map(([, type, plain, dynamic]) => ({
    imported: plain ?? dynamic ?? "",
    typeOnly: type !== undefined,
  }));
}

/** The layer a file belongs to: the one with the longest folder that holds it. */
export function layerOf(layers: Layers, file: string): Layers["layers"][number] | undefined {
  return layers.layers
    .filter((layer) => file.startsWith(`${layer.folder}/`))
    .sort((a, b) => b.folder.length - a.folder.length)[0];
}

/** `#lib/x.ts` and `./x.ts` as a path from the top of the project; null for packages. */
export function resolveImport(file: string, imported: string): string | null {
  if (imported.startsWith("#")) return imported.slice(1);
  if (!imported.startsWith(".")) return null;
  return new URL(imported, `file:///${file}`).pathname.slice(1);
}

function matches(patterns: string[], imported: string): boolean {
  return patterns.some((pattern) =>
    pattern.endsWith("*") ? imported.startsWith(pattern.slice(0, -1)) : imported === pattern,
  );
}

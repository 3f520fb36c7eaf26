import type { Layers } from "./layers.ts";

/** Oxlint's overrides for layers.json: an editor shows a breach, and where the code belongs, while it is typed. */
export function writeLintLayers(layers: Layers): string {
  const overrides = layers.layers.map((layer) => {
    const others = layers.layers.filter((other) => other !== layer && !layer.may.includes(other.folder));
    const packages = layer.never.flatMap((group) => layers.packages[group] ?? []);
    return {
      files: [`${layer.folder}/**`],
      rules: {
        "no-restricted-imports": [
          "error",
          {
            patterns: [
              {
                group: others.map((other) => `#${other.folder}/**`),
                message: `${layer.folder} may not import this. ${layer.because}`,
              },
              {
                group: packages,
                allowTypeImports: true,
                message: `${layer.folder} never imports this. ${layer.because}`,
              },
            ],
          },
        ],
      },
    };
  });
  return `${JSON.stringify({ overrides }, null, 2)}\n`;
}

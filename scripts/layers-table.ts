import type { Layers } from "./layers.ts";

/** The rules of layers.json as the table of docs/architecture.md. */
export function writeLayersTable({ layers }: Layers): string {
  const rows = layers.map(({ folder, may, never, because }) => [
    `\`${folder}\``,
    may.length === 0 ? "–" : may.map((name) => name.replace(/^lib\//, "")).join(", "),
    never.join(", "),
    because,
  ]);
  return [["folder", "may use", "never", "because"], ["---", "---", "---", "---"], ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}

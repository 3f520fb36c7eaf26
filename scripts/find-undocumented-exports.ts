// Names Next reads from a page or route by convention: their meaning is Next's, not ours.
const CONVENTIONS = new Set([
  "default",
  "metadata",
  "viewport",
  "generateMetadata",
  "generateViewport",
  "generateStaticParams",
  "dynamic",
  "revalidate",
  "runtime",
  "maxDuration",
  "fetchCache",
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "OPTIONS",
  "register",
  "config",
  "proxy",
]);

/**
 * The exports of a source file that no `/** … *\/` comment directly precedes; names Next defines are left out of app/.
 */
export function findUndocumentedExports(file: string, source: string): string[] {
  const lines = source.split("\n");
  const missing: string[] = [];
  for (const [index, line] of lines.entries()) {
    const name = exportedName(line);
    if (name === null) continue;
    if (isByConvention(file, name)) continue;
    if (isOverload(lines, index, name)) continue;
    if (!endsComment(lines, index - 1)) missing.push(name);
  }
  return missing;
}

const EXPORT =
  /^export (default )?(?:abstract )?(?:async )?(?:function\*?|const|let|class|type|interface)\s+([A-Za-z0-9_$]+)/;

function exportedName(line: string): string | null {
  const match = EXPORT.exec(line);
  if (match !== null) return match[1] === undefined ? (match[2] ?? null) : "default";
  return /^export default\b/.test(line) ? "default" : null;
}

function isByConvention(file: string, name: string): boolean {
  return CONVENTIONS.has(name) && (/^(app|tests)\//.test(file) || !file.includes("/"));
}

function isOverload(lines: string[], index: number, name: string): boolean {
  return lines
    .slice(Math.max(0, index - 12), index)
    .some((line) => /^export (async )?function/.test(line) && exportedName(line) === name);
}

/** Whether a documenting comment ends on this line, decorators and lint suppressions in between passed over. */
function endsComment(lines: string[], index: number): boolean {
  const line = lines[index]?.trim() ?? "";
  if (line.startsWith("// biome-ignore") || line.startsWith("// oxlint-disable")) return endsComment(lines, index - 1);
  return line.endsWith("*/");
}

/** What a variable's name may be: what an expression can write after `vars.` without quotes. */
export const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

/**
 * Which variables expressions in the text of a definition may read: none, those named after `vars.`, or "all" where
 * `vars` is read in another way. A name that occurs for another reason costs time, nothing else.
 */
export function usedVariables(definition: string): "all" | ReadonlySet<string> {
  const names = new Set<string>();
  // In the JSON of a definition a line break inside an expression is written as \n.
  for (const [, name, quoted] of definition.matchAll(
    /(?<![A-Za-z0-9_])vars(?![A-Za-z0-9_])(?:(?:\s|\\[nrt])*\.(?:\s|\\[nrt])*(?:([A-Za-z_][A-Za-z0-9_]*)|`([^`]*)`))?/g,
  )) {
    const used = name ?? quoted;
    if (used === undefined) return "all";
    names.add(used);
  }
  return readsScopeWhole(definition) ? "all" : names;
}

/** `$` alone is everything an expression sees, and so are `$$`, `*` and `**` at its beginning. */
function readsScopeWhole(definition: string): boolean {
  return /\$(?![A-Za-z0-9_])|\*\*|[{"(]\s*\*/.test(definition);
}

const PLAIN_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
// Words that JSONata reads as values or operators where a name could stand.
const RESERVED = new Set(["true", "false", "null", "and", "or", "in", "function"]);

/**
 * A key as JSONata writes it in a path: bare when it is a plain name, else in backticks; null when it holds a backtick.
 */
export function quoteKey(key: string): string | null {
  if (PLAIN_NAME.test(key) && !RESERVED.has(key)) return key;
  return key.includes("`") || key === "" ? null : `\`${key}\``;
}

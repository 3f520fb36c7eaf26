/**
 * Classes of SQLSTATE that say the server, not the statement, is at fault: connection, resources, intervention, system.
 */
const DOWN_CLASSES = ["08", "53", "57", "58"];

/** Data exceptions and exceeded limits: one row's own fault. Not class 23: a missing partition is a check violation. */
const ROW_CLASSES = ["22", "54"];

/**
 * Says whether an error means that the database does not answer, as opposed to refusing one statement. Everything
 * without a SQLSTATE (refused, reset, timed out, ended connections) counts as down.
 */
export function isDatabaseDown(error: unknown): boolean {
  const code = sqlState(error);
  return code === null || DOWN_CLASSES.includes(code.slice(0, 2));
}

/** Says whether the row itself is what the database refuses, so that sending it again cannot help. */
export function isRowRefused(error: unknown): boolean {
  const code = sqlState(error);
  return code !== null && ROW_CLASSES.includes(code.slice(0, 2));
}

function sqlState(error: unknown): string | null {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : null;
  return typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) && !code.startsWith("E") ? code : null;
}

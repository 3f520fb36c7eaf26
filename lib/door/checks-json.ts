import type { RequestCheck } from "#lib/door/receiver.ts";

/** Text that is ASCII throughout is written to a socket in half the time. */
const NOT_ASCII = /[^\0-\x7f]/g;

/** Checks as the JSON text they are stored as. Remembering the text of each check costs more than writing it again. */
export function checksJson(checks: readonly RequestCheck[]): string {
  return JSON.stringify(checks).replace(NOT_ASCII, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

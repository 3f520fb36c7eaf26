import type { RequestCheck } from "#lib/receive/receiver.ts";

const written = new WeakMap<RequestCheck, string>();

/** Text that is ASCII throughout is written to a socket in half the time. */
const NOT_ASCII = /[^\0-\x7f]/g;

/** Checks as the JSON text they are stored as. Most are constants shared by all requests, so each is written once. */
export function checksJson(checks: readonly RequestCheck[]): string {
  let text = "[";
  for (const [index, check] of checks.entries()) {
    let json = written.get(check);
    if (json === undefined) {
      json = JSON.stringify(check).replace(NOT_ASCII, escaped);
      written.set(check, json);
    }
    text += index === 0 ? json : `,${json}`;
  }
  return `${text}]`;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

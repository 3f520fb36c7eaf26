import type { RequestCheck } from "#lib/receive/receiver.ts";

const written = new WeakMap<RequestCheck, string>();

/** Checks as the JSON text they are stored as. Most are constants shared by all requests, so each is written once. */
export function checksJson(checks: readonly RequestCheck[]): string {
  let text = "[";
  for (const [index, check] of checks.entries()) {
    let json = written.get(check);
    if (json === undefined) {
      json = JSON.stringify(check);
      written.set(check, json);
    }
    text += index === 0 ? json : `,${json}`;
  }
  return `${text}]`;
}

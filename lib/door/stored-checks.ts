import { secretNumber } from "#lib/core/secret-number.ts";
import { REMOVED } from "#lib/door/kept-headers.ts";
import type { RequestCheck } from "#lib/door/receiver.ts";
import type { HeaderList } from "#lib/webhooks/types.ts";

/** The checks of a stored request. */
export function readChecks(json: string): readonly RequestCheck[] {
  return JSON.parse(json) as RequestCheck[];
}

/** Whether a request came over HTTPS; null when it was refused before that was looked at. */
export function cameOverHttps(checks: readonly RequestCheck[]): boolean | null {
  const check = checks.find(({ id }) => id === "https");
  return check === undefined ? null : check.status === "passed";
}

/** Whether a person took a request that the door had refused. */
export function wasAcceptedByHand(checks: readonly RequestCheck[]): boolean {
  return checks.some(({ id }) => id === "accepted-by-hand");
}

/** The secret that verified a request: its number, and how people are told it from others; null when none did. */
export type UsedSecret = { readonly number: string; readonly words: string };

/** Which secret verified a request; null when none did. */
export function readUsedSecret(checks: readonly RequestCheck[]): UsedSecret | null {
  const check = checks.find(({ id }) => id === "secret-used");
  if (check === undefined) return null;
  if (check.data !== undefined && "secretId" in check.data)
    return { number: secretNumber(check.data.secretId), words: check.data.secret };
  // Before checks carried data there was this one sentence.
  const words = check.message.replace(/^Verified with the /, "");
  return { number: /no\. ([0-9a-f]{6})\)$/.exec(words)?.[1] ?? "", words };
}

/** What was taken out of a request before it was stored. */
export type Removed = { readonly removedHeaders: ReadonlySet<string>; readonly removedFromQuery: boolean };

/**
 * What was taken out of a request; of one stored before that was written down, by the mark that stands in its place.
 */
export function readRemoved(checks: readonly RequestCheck[], headers: HeaderList, query: string): Removed {
  const data = checks.find(({ id }) => id === "removed")?.data;
  if (data !== undefined && "headers" in data)
    return { removedHeaders: new Set(data.headers), removedFromQuery: data.query };
  const marked = headers.filter(([, value]) => value.includes(REMOVED)).map(([name]) => name.toLowerCase());
  return { removedHeaders: new Set(marked), removedFromQuery: query.includes(REMOVED) };
}

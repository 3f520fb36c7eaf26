import { canonicalPath } from "#lib/webhooks/canonical-path.ts";

/** A request target that leads to an endpoint. */
export type WebhookAddress = {
  readonly token: string;
  /** Path and query as sent, beginning with "/". */
  readonly target: string;
  /** What stands after the token in the path; "" where nothing does. */
  readonly appended: string;
};

/**
 * No page of ours has an escaped slash here, so whoever escapes a whole path means the door as well; whoever writes it
 * in capitals does too, and is told (`isInOtherCase`).
 */
const DOOR = /^\/in(?:\/|%2F)/i;

/** The plain spelling, which is nearly every request: no work but this. */
const PLAIN = /^\/in\/([A-Za-z0-9_-]{1,64})(?:\?|$)/;

/** What a token is made of, whatever follows it. */
const TOKEN = /^[A-Za-z0-9_-]{1,64}(?![A-Za-z0-9_-])/;

/** An absolute-form target (RFC 9112 §3.2.2): scheme and authority in front of path and query. */
const ABSOLUTE = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i;

/**
 * Reads a request target that leads to an endpoint in any spelling that means the same; null when it leads elsewhere.
 * The host of an absolute form decides nothing.
 */
export function readWebhookAddress(sent: string): WebhookAddress | null {
  const plain = PLAIN.exec(sent)?.[1];
  if (plain !== undefined) return { token: plain, target: sent, appended: "" };
  const { target } = readTarget(sent);
  const mark = target.indexOf("?");
  const path = canonicalPath(mark < 0 ? target : target.slice(0, mark));
  const door = DOOR.exec(path)?.[0];
  if (door === undefined) return null;
  const rest = path.slice(door.length);
  const token = TOKEN.exec(rest)?.[0] ?? rest;
  return { token, target, appended: rest.slice(token.length) };
}

/** Whether a target leads to the door in capitals: another address (RFC 3986 6.2.2.1), which its owner is told of. */
export function isInOtherCase(target: string): boolean {
  const mark = target.indexOf("?");
  const path = canonicalPath(mark < 0 ? target : target.slice(0, mark));
  return DOOR.test(path) && !path.startsWith("/in");
}

/** The path of a stored request without what its sender wrote after the token. */
export function pathToToken(path: string): string {
  const address = readWebhookAddress(path);
  return address === null ? "" : `/in/${address.token}`;
}

/** A request target without scheme and authority, and the authority it named; null when it named none. */
export function readTarget(sent: string): { readonly target: string; readonly authority: string | null } {
  const found = ABSOLUTE.exec(sent);
  if (found === null) return { target: sent, authority: null };
  const rest = sent.slice(found[0].length);
  return { target: rest.startsWith("/") ? rest : `/${rest}`, authority: found[1] ?? "" };
}

import type { HeaderList } from "#lib/webhooks/types.ts";

/** Headers that carry a sender's credential and never a value a flow would use. */
const CREDENTIAL_HEADERS = new Set(["authorization", "proxy-authorization", "cookie"]);

/** What stands in place of a removed value. */
export const REMOVED = "[removed]";

/** Shorter secrets would take ordinary words out of ordinary headers. */
const SECRET_CHARACTERS_MIN = 6;

/**
 * The headers as they are stored: credentials removed (the authorization scheme stays), and every occurrence of a
 * configured secret with them, so that a look into the database gives nobody a way to send.
 */
export function keptHeaders(headers: HeaderList, secrets: readonly string[]): HeaderList {
  const known = secrets.filter((secret) => secret.length >= SECRET_CHARACTERS_MIN);
  return headers.map(([name, value]) => {
    if (CREDENTIAL_HEADERS.has(name.toLowerCase())) return [name, withoutCredential(value)] as const;
    return [name, withoutSecrets(value, known)] as const;
  });
}

/** The query as it is stored: configured secrets removed, however they were percent-encoded. */
export function keptQuery(query: string, secrets: readonly string[]): string {
  const known = secrets.filter((secret) => secret.length >= SECRET_CHARACTERS_MIN);
  if (known.length === 0 || query === "") return query;
  return withoutSecrets(
    query,
    known.flatMap((secret) => [
      secret,
      encodeURIComponent(secret),
      new URLSearchParams({ s: secret }).toString().slice(2),
    ]),
  );
}

function withoutCredential(value: string): string {
  const scheme = /^([A-Za-z][A-Za-z0-9-]{1,20}) +\S/.exec(value)?.[1];
  return scheme === undefined ? REMOVED : `${scheme} ${REMOVED}`;
}

function withoutSecrets(value: string, secrets: readonly string[]): string {
  let kept = value;
  for (const secret of secrets) if (kept.includes(secret)) kept = kept.replaceAll(secret, REMOVED);
  return kept;
}

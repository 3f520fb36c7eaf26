import type { RequestCheck } from "#lib/door/receiver.ts";
import type { HeaderList } from "#lib/webhooks/types.ts";

/** Headers that carry a sender's credential and never a value a flow would use. */
const CREDENTIAL_HEADERS = new Set(["authorization", "proxy-authorization", "cookie"]);

/** What stands in place of a removed value. */
export const REMOVED = "[removed]";

/** Shorter secrets would take ordinary words out of ordinary headers. */
const SECRET_CHARACTERS_MIN = 6;

/** What is stored of a request's headers and query; `removed` is the check that says what is not, null when all is. */
export type KeptHead = { readonly headers: HeaderList; readonly query: string; readonly removed: RequestCheck | null };

/**
 * Headers and query as they are stored: credentials removed (the authorization scheme stays), and every occurrence of a
 * configured secret with them, however it was percent-encoded, so that a look into the database gives nobody a way to
 * send.
 */
export function keptHead(headers: HeaderList, query: string, secrets: readonly string[]): KeptHead {
  const known = secrets.filter((secret) => secret.length >= SECRET_CHARACTERS_MIN);
  const inHeaders = known.flatMap((secret) => [secret, Buffer.from(secret).toString("latin1")]);
  const gone: string[] = [];
  const kept = headers.map((header) => {
    const [name, value] = header;
    const rest = CREDENTIAL_HEADERS.has(name.toLowerCase())
      ? withoutCredential(value)
      : withoutSecrets(value, inHeaders);
    if (rest === value) return header;
    gone.push(name.toLowerCase());
    return [name, rest] as const;
  });
  const keptQuery = known.length === 0 || query === "" ? query : withoutSecrets(query, known.flatMap(spellingsOf));
  const removed = gone.length === 0 && keptQuery === query ? null : removedCheck(gone, keptQuery !== query);
  return { headers: kept, query: keptQuery, removed };
}

function removedCheck(names: readonly string[], query: boolean): RequestCheck {
  const headers = [...new Set(names)];
  const words = [...headers.map((name) => `the header ${name}`), ...(query ? ["the query"] : [])];
  const message = `Not kept: what is secret in ${words.join(" and in ")}.`;
  return { id: "removed", status: "passed", message, data: { headers, query } };
}

/** Beyond ASCII a secret stands in a request byte by byte. */
function spellingsOf(secret: string): string[] {
  return [
    secret,
    Buffer.from(secret).toString("latin1"),
    encodeURIComponent(secret),
    new URLSearchParams({ s: secret }).toString().slice(2),
  ];
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

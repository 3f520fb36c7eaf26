import { lookup } from "node:dns/promises";
import { isIP } from "node:net";

/** A resolved address. */
export type ResolvedAddress = { address: string; family: 4 | 6 };

/** Looks up every address of a host, as the machine does (hosts file, DNS). Tests put their own DNS here. */
export type ResolveHost = (host: string) => Promise<ResolvedAddress[]>;

const pending = new Map<string, Promise<ResolvedAddress[]>>();

/**
 * The machine's own resolver. Questions for one host at the same time share one lookup: getaddrinfo blocks one of
 * libuv's four threads for as long as a slow server likes. Never cached; a connection is kept alive instead.
 */
export const resolveHost: ResolveHost = (host) => {
  const family = isIP(host);
  if (family === 4 || family === 6) return Promise.resolve([{ address: host, family }]);
  const running = pending.get(host);
  if (running !== undefined) return running;
  const question = lookup(host, { all: true, order: "verbatim" })
    .then((found) =>
      found.map(({ address, family }) => ({ address, family: family === 6 ? (6 as const) : (4 as const) })),
    )
    .finally(() => pending.delete(host));
  pending.set(host, question);
  return question;
};

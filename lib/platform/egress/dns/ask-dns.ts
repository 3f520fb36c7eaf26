import { Resolver } from "node:dns/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { ResolvedAddress } from "../resolve-host.ts";

/** What DNS servers say of a name, and for how long (seconds). `code` is Node's where no server gave an answer. */
export type DnsAnswer =
  | { kind: "found"; addresses: ResolvedAddress[]; ttlSeconds: number }
  | { kind: "no-such-name" }
  | { kind: "failed"; code: string };

/** For the first question to a server; c-ares waits twice as long for the second. */
const TRY_MS = 1_500;
const TRIES = 2;
/** How much longer the second family may take than the first: some servers answer for IPv4 alone. */
const OTHER_FAMILY_MS = 250;

/**
 * Asks for both families of addresses. Its sockets are its own: no thread of Node waits for a server that is silent.
 */
export function createDnsQuestions(servers: readonly string[]): { ask(name: string): Promise<DnsAnswer> } {
  const resolver = new Resolver({ timeout: TRY_MS, tries: TRIES });
  if (servers.length > 0) resolver.setServers(servers);
  const askFamily = async (name: string, family: 4 | 6): Promise<DnsAnswer> => {
    try {
      const records = await (family === 4
        ? resolver.resolve4(name, { ttl: true })
        : resolver.resolve6(name, { ttl: true }));
      if (records.length === 0) return { kind: "no-such-name" };
      return {
        kind: "found",
        addresses: records.map(({ address }) => ({ address, family })),
        ttlSeconds: Math.min(...records.map(({ ttl }) => ttl)),
      };
    } catch (error) {
      const code = (error as { code?: unknown }).code;
      if (code === "ENOTFOUND" || code === "ENODATA" || code === "EBADNAME") return { kind: "no-such-name" };
      return { kind: "failed", code: code === "ETIMEOUT" ? "ETIMEDOUT" : typeof code === "string" ? code : "EUNKNOWN" };
    }
  };
  return {
    async ask(name) {
      const both = [askFamily(name, 4), askFamily(name, 6)] as const;
      const first = await Promise.race(both);
      if (first.kind !== "found") return merge(await Promise.all(both));
      const late = new AbortController();
      const patience = sleep(OTHER_FAMILY_MS, null, { signal: late.signal }).catch(() => null);
      const settled = await Promise.all(both.map((one) => Promise.race([one, patience])));
      late.abort();
      return merge(settled.filter((one) => one !== null));
    },
  };
}

/**
 * IPv4 first: where a machine has no IPv6, its addresses are tried in vain. A failure counts only where nothing was
 * found.
 */
function merge(answers: readonly DnsAnswer[]): DnsAnswer {
  const found = answers.filter((answer) => answer.kind === "found");
  if (found.length > 0)
    return {
      kind: "found",
      addresses: found.flatMap(({ addresses }) => addresses),
      ttlSeconds: Math.min(...found.map(({ ttlSeconds }) => ttlSeconds)),
    };
  return answers.find((answer) => answer.kind === "failed") ?? { kind: "no-such-name" };
}

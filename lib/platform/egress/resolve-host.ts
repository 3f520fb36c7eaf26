import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { LRUCache } from "lru-cache";
import { SECOND } from "#lib/core/units.ts";
import { env } from "#lib/platform/env.ts";
import { singleton } from "#lib/platform/singleton.ts";
import { Turns } from "#lib/platform/turns.ts";
import { createDnsQuestions } from "./dns/ask-dns.ts";
import { createSystemNames, SYSTEM_FILES } from "./dns/system-names.ts";

/** A resolved address. */
export type ResolvedAddress = { address: string; family: 4 | 6 };

/** Looks up every address of a host. Tests put their own DNS here. Rejects with Node's `code`. */
export type ResolveHost = (host: string) => Promise<ResolvedAddress[]>;

/** Where names are looked up. `servers` empty: those of the system, and what only the system itself knows. */
export type ResolverOptions = { servers: readonly string[]; files: typeof SYSTEM_FILES };

const LOOKUP_MS_MAX = 5 * SECOND;
const NAMES_KEPT_MAX = 2_000;
const KEPT_MS_MIN = 1 * SECOND;
const KEPT_MS_MAX = 60 * SECOND;
/** Of Node's four threads, which also read files. */
const SYSTEM_LOOKUPS_AT_ONCE = 2;

/** The resolver of this process: HOOKLINE_DNS_SERVERS, else as the system is set up, changes included. */
export const resolveHost: ResolveHost = (host) =>
  singleton("resolve-host", () => createResolver({ servers: env().dnsServers, files: SYSTEM_FILES }))(host);

/**
 * Looks names up as the system does (hosts file, search list, DNS), but waits for DNS servers on sockets of its own:
 * the system's way holds one of Node's four threads for as long as a server is silent. Every answer comes within 5 s.
 * Questions for one name share one look-up; answers are kept as long as they say, a second at least and a minute at
 * most. An address is judged when it is connected to, so a kept one opens nothing.
 */
export function createResolver({ servers, files }: ResolverOptions): ResolveHost {
  const readSystem = createSystemNames(files);
  const kept = new LRUCache<string, ResolvedAddress[]>({ max: NAMES_KEPT_MAX });
  const pending = new Map<string, Promise<ResolvedAddress[]>>();
  const turns = new Turns({
    atOnce: SYSTEM_LOOKUPS_AT_ONCE,
    waitingMax: 1_000,
    bytesMax: Number.MAX_SAFE_INTEGER,
    waitMsMax: LOOKUP_MS_MAX,
  });
  let questions = createDnsQuestions(servers);
  let version = "";

  const find = async (host: string): Promise<ResolvedAddress[]> => {
    const system = await readSystem();
    if (version !== "" && version !== system.version) {
      kept.clear();
      // What is asked of the servers of before is answered by them.
      questions = createDnsQuestions(servers);
    }
    version = system.version;
    const own = system.hosts.get(host);
    if (own !== undefined) return own.map(asAddress);
    if (host === "localhost" || host.endsWith(".localhost")) return ["127.0.0.1", "::1"].map(asAddress);
    const known = kept.get(host);
    if (known !== undefined) return known;

    let code = "ENOTFOUND";
    for (const name of candidates(host, system.search)) {
      const answer = await questions.ask(name);
      if (answer.kind === "found") {
        const ttl = Math.min(Math.max(answer.ttlSeconds * SECOND, KEPT_MS_MIN), KEPT_MS_MAX);
        kept.set(host, answer.addresses, { ttl });
        return answer.addresses;
      }
      if (answer.kind === "failed") code = answer.code;
      if (code === "ETIMEDOUT") break;
    }
    const systemMayKnow = servers.length === 0 && (code === "ENOTFOUND" || code === "ECONNREFUSED");
    if (!systemMayKnow) throw failure(code, host);
    // Names of other sources: mDNS, directory services, a machine without any DNS server.
    const found = await turns.take(host, 0, () => lookup(host, { all: true, order: "verbatim" }));
    if (found === null) throw failure("ETIMEDOUT", host);
    return found.map(({ address }) => asAddress(address));
  };

  return (host) => {
    if (isIP(host) !== 0) return Promise.resolve([asAddress(host)]);
    const running = pending.get(host);
    if (running !== undefined) return running;
    const question = inTime(find(host), host).finally(() => pending.delete(host));
    pending.set(host, question);
    return question;
  };
}

/**
 * A name without a dot is tried with each search domain first; one with dots as it stands first. (The system's "ndots"
 * can turn that round, which finds the same unless both names exist, and asks five questions for each public name.)
 */
function candidates(host: string, search: readonly string[]): string[] {
  const extended = search.map((domain) => `${host}.${domain}`);
  return host.includes(".") ? [host, ...extended] : [...extended, host];
}

async function inTime<Value>(work: Promise<Value>, host: string): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(failure("ETIMEDOUT", host)), LOOKUP_MS_MAX);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function asAddress(address: string): ResolvedAddress {
  return { address, family: isIP(address) === 6 ? 6 : 4 };
}

function failure(code: string, host: string): Error {
  return Object.assign(new Error(`Looking up ${host} failed: ${code}`), { code });
}

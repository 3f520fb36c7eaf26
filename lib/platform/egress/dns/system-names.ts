import { readFile, stat } from "node:fs/promises";
import { isIP } from "node:net";
import { SECOND } from "#lib/core/units.ts";

/** What this machine says about names before any DNS server is asked. */
export type SystemNames = {
  /** Addresses of the hosts file, by name in lower case. */
  hosts: ReadonlyMap<string, readonly string[]>;
  /** Domains that names are tried with, in order. */
  search: readonly string[];
  /** Changes when the files do. */
  version: string;
};

const READ_AGAIN_MS = 5 * SECOND;
const SEARCH_MAX = 6;

/** Where the machine keeps them; resolv.conf is absent on Windows, where there is no search list to read either. */
export const SYSTEM_FILES = {
  hosts: process.platform === "win32" ? "C:\\Windows\\System32\\drivers\\etc\\hosts" : "/etc/hosts",
  resolv: "/etc/resolv.conf",
};

/** Reads hosts file and search list, and again when they changed: looked at every 5 s, when asked. Never throws. */
export function createSystemNames(files: typeof SYSTEM_FILES): () => Promise<SystemNames> {
  let known: SystemNames = { hosts: new Map(), search: [], version: "" };
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  let looking: Promise<SystemNames> | null = null;
  const look = async () => {
    const version = (await Promise.all([versionOf(files.hosts), versionOf(files.resolv)])).join(" ");
    if (version !== known.version) {
      const [hosts, resolv] = await Promise.all([read(files.hosts), read(files.resolv)]);
      known = { hosts: parseHosts(hosts), search: parseSearch(resolv), version };
    }
    lookedAtMs = performance.now();
    return known;
  };
  return () => {
    if (performance.now() - lookedAtMs < READ_AGAIN_MS) return Promise.resolve(known);
    looking ??= look().finally(() => (looking = null));
    return looking;
  };
}

/**
 * The names of a hosts file (hosts(5)) with their addresses in order; addresses that name an interface are left out.
 */
export function parseHosts(text: string): Map<string, string[]> {
  const hosts = new Map<string, string[]>();
  for (const line of text.split("\n")) {
    const [address = "", ...names] = (line.split("#")[0] ?? "").trim().split(/\s+/);
    if (isIP(address) === 0 || address.includes("%")) continue;
    for (const name of names) {
      const key = name.toLowerCase().replace(/\.$/, "");
      const known = hosts.get(key) ?? [];
      if (!known.includes(address)) hosts.set(key, [...known, address]);
    }
  }
  return hosts;
}

/** The search list of a resolv.conf (resolv.conf(5)): the last "search" or "domain" line counts. */
export function parseSearch(text: string): string[] {
  let search: string[] = [];
  for (const line of text.split("\n")) {
    const [word, ...domains] = line.trim().split(/\s+/);
    if (word === "search") search = domains;
    if (word === "domain") search = domains.slice(0, 1);
  }
  return search
    .map((domain) => domain.toLowerCase().replace(/\.$/, ""))
    .filter((domain) => domain !== "")
    .slice(0, SEARCH_MAX);
}

async function versionOf(file: string): Promise<string> {
  const found = await stat(file).catch(() => null);
  return found === null ? "none" : `${found.mtimeMs}-${found.size}-${found.ino}`;
}

function read(file: string): Promise<string> {
  return readFile(file, "utf8").catch(() => "");
}

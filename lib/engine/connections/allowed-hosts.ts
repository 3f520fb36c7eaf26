import { z } from "zod";
import type { Json, JsonObject } from "#lib/core/json.ts";

/** The entry that lets a credential go to every host. */
export const ANY_HOST = "*";

const ENTRIES_MAX = 50;

/**
 * The hosts an HTTP credential may be sent to, at least one: `api.acme.dev`, `*.acme.dev` for every name below it,
 * `localhost:8080` for one port only, or `*` for any. A pasted address counts as its host.
 */
export const allowedHosts = z
  .array(
    z
      .string()
      .max(2_000)
      .overwrite((text) => readHostEntry(text) ?? text)
      .refine(
        (text) => readHostEntry(text) !== null,
        "Write a host such as api.acme.dev, *.acme.dev or localhost:8080.",
      ),
  )
  .min(1, "Name the host it is for, such as api.acme.dev. A single * lets it go anywhere.")
  .max(ENTRIES_MAX, `At most ${ENTRIES_MAX} hosts.`)
  .overwrite((entries) => [...new Set(entries)])
  .meta({
    hookline: {
      place: "plain",
      label: "Hosts",
      help:
        "Where its secret may be sent: api.acme.dev, *.acme.dev for every name below it, localhost:8080 for one " +
        "port, a single * for anywhere. A step that would send it elsewhere waits for an admin.",
      placeholder: "api.acme.dev",
    },
  });

/** Where a call goes, as lists of hosts name it: lower case, in ASCII, without brackets and without a final dot. */
export type HostAndPort = { host: string; port: number };

/** Where an http(s) URL goes, or null when it is none. */
export function targetOf(url: string): HostAndPort | null {
  const parsed = URL.parse(url);
  if (parsed === null || (parsed.protocol !== "http:" && parsed.protocol !== "https:")) return null;
  const host = bare(parsed.hostname);
  return host === "" ? null : { host, port: Number(parsed.port || (parsed.protocol === "https:" ? 443 : 80)) };
}

/** One entry of a list of hosts as it is kept, read from what a person wrote or pasted; null when it names no host. */
export function readHostEntry(text: string): string | null {
  const written = text.trim().toLowerCase();
  if (written === ANY_HOST) return ANY_HOST;
  const pasted = /^https?:\/\//.test(written) ? URL.parse(written) : null;
  if (pasted !== null) return bare(pasted.hostname) === "" ? null : entryOf(bare(pasted.hostname), pasted.port);
  const [, star = "", rest = ""] = /^(\*\.)?([^\s/?#@\\*%]+)$/.exec(written) ?? [];
  if (rest === "") return null;
  // An IPv6 address may stand without its brackets, but then no port can follow.
  const parsed = URL.parse(`http://${rest}`) ?? (/^[0-9a-f:.]+$/.test(rest) ? URL.parse(`http://[${rest}]`) : null);
  if (parsed === null || parsed.pathname !== "/") return null;
  const host = bare(parsed.hostname);
  // A written port 80 is the default of http alone.
  const port = parsed.port === "" ? (URL.parse(`https://${rest}`)?.port ?? "") : parsed.port;
  if (host === "" || (star !== "" && isAddress(host))) return null;
  return `${star}${entryOf(host, port)}`;
}

/** Says whether a credential may go there under its list of hosts. An empty or missing list lets it go nowhere. */
export function mayGoTo(hosts: readonly string[], target: HostAndPort): boolean {
  return hosts.some((entry) => {
    if (entry === ANY_HOST) return true;
    const { name, port } = splitEntry(entry);
    if (port !== null && port !== target.port) return false;
    return name.startsWith("*.")
      ? target.host.endsWith(name.slice(1)) && target.host.length > name.length - 1
      : name === target.host;
  });
}

/** Says whether every host of one list is also let through by another. */
export function coversHosts(wide: readonly string[], narrow: readonly string[]): boolean {
  return narrow.every((entry) => {
    if (wide.includes(ANY_HOST) || wide.includes(entry)) return true;
    const { name, port } = splitEntry(entry);
    if (wide.includes(name)) return true;
    return wide.some((one) => {
      const outer = splitEntry(one);
      return (
        outer.name.startsWith("*.") &&
        name.endsWith(outer.name.slice(1)) &&
        (outer.port === null || outer.port === port)
      );
    });
  });
}

/** The list of hosts in a connection's public settings; empty where it has none that is readable. */
export function hostsOf(config: JsonObject): string[] {
  const hosts: Json | undefined = config.hosts;
  return Array.isArray(hosts) ? hosts.filter((entry) => typeof entry === "string") : [];
}

/** How a target is written in a list of hosts: with its port where that is not the usual one, 80 or 443. */
export function entryFor({ host, port }: HostAndPort): string {
  return entryOf(host, port === 80 || port === 443 ? "" : String(port));
}

/** Why a call that would carry a connection's secret to `target` waits. */
export function describeOtherHost(connectionName: string, target: HostAndPort): string {
  return (
    `The connection "${connectionName}" may not be used with ${entryFor(target)}. An admin can allow that host. ` +
    "Nothing was sent."
  );
}

/** Hosts in a few words, for lists and headings. */
export function hostsText(hosts: readonly string[]): string {
  return hosts.includes(ANY_HOST) ? "for any host" : hosts.join(", ");
}

function entryOf(host: string, port: string): string {
  const shown = host.includes(":") && port !== "" ? `[${host}]` : host;
  return port === "" ? shown : `${shown}:${port}`;
}

function splitEntry(entry: string): { name: string; port: number | null } {
  const [, bracketed, plain, port] = /^(?:\[([0-9a-f:.]+)\]|([^:]+)):(\d+)$/.exec(entry) ?? [];
  return port === undefined ? { name: entry, port: null } : { name: bracketed ?? plain ?? "", port: Number(port) };
}

function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
}

function isAddress(host: string): boolean {
  return host.includes(":") || /^[0-9.]+$/.test(host);
}

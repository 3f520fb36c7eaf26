import { LRUCache } from "lru-cache";
import { EgressRefused } from "./egress-refused.ts";

/** Where an HTTP call goes, taken from ONE parsing of the URL: what is checked is what is called. */
export type HttpTarget = {
  /** http://host[:port] or https://host[:port]. */
  readonly origin: string;
  /** host[:port] as the Host header has it. */
  readonly authority: string;
  readonly secure: boolean;
  /** Lower case, punycode, without brackets and without a final dot. */
  readonly host: string;
  readonly port: number;
  /** Path and query as they go on the wire; the fragment is gone. */
  readonly path: string;
  readonly href: string;
};

/** Steps call the same few addresses again and again, each twice a call: for its credentials and for the wire. */
const parsed = new LRUCache<string, HttpTarget>({ max: 1_000 });
const REMEMBERED_CHARS_MAX = 1_000;

/** Parses the URL of a call by the WHATWG rules; throws EgressRefused for what is not plain http(s) to a host. */
export function parseTarget(text: string): HttpTarget {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const target = Object.freeze(parse(text));
  if (text.length <= REMEMBERED_CHARS_MAX) parsed.set(text, target);
  return target;
}

function parse(text: string): HttpTarget {
  const url = URL.parse(text);
  if (url === null) throw refused("bad-url", text, `"${cut(text)}" is not a complete URL. Nothing was sent.`);
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw refused(
      "scheme",
      url.hostname,
      `Hookline calls http and https only, not ${cut(url.protocol)} Nothing was sent.`,
    );
  if (url.username !== "" || url.password !== "")
    throw refused(
      "userinfo",
      url.hostname,
      "The URL holds a user name or password. Put them into a connection instead. Nothing was sent.",
    );
  const secure = url.protocol === "https:";
  const host = plainHost(url.hostname);
  if (host === "") throw refused("bad-url", text, "The URL names no host. Nothing was sent.");
  return {
    origin: url.origin,
    authority: url.host,
    secure,
    host,
    port: portOf(url),
    path: url.pathname + url.search,
    href: `${url.origin}${url.pathname}${url.search}`,
  };
}

/** A host as it is compared and looked up: no brackets, no final dot, lower case. */
export function plainHost(hostname: string): string {
  const bare = hostname.startsWith("[") && hostname.endsWith("]") ? hostname.slice(1, -1) : hostname;
  return bare.toLowerCase().replace(/\.$/, "");
}

function portOf(url: URL): number {
  if (url.port !== "") return Number(url.port);
  return url.protocol === "https:" ? 443 : 80;
}

function refused(reason: "bad-url" | "scheme" | "userinfo", host: string, message: string): EgressRefused {
  return new EgressRefused({ reason, host, address: null, port: null, message, allowable: false });
}

function cut(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

import ipaddr from "ipaddr.js";
import { z } from "zod";

/** The schema of one setting together with the words that say which values it takes. */
export type SettingKind<T> = { schema: z.ZodType<T, string>; bound: string };

/** A whole number between `min` and `max`, both included. */
export function wholeNumber(min: number, max: number): SettingKind<number> {
  const schema = z
    .string()
    .regex(/^\d{1,12}$/, "must be a whole number")
    .transform(Number)
    .pipe(z.number().min(min, `must be at least ${min}`).max(max, `must be at most ${max}`));
  return { schema, bound: `${min} to ${max}` };
}

/** A switch: `true`, `1`, `yes`, `on` or their opposites. */
export const onOff: SettingKind<boolean> = {
  schema: z
    .string()
    .toLowerCase()
    .pipe(z.enum(["true", "1", "yes", "on", "false", "0", "no", "off"], "must be true or false"))
    .transform((word) => ["true", "1", "yes", "on"].includes(word)),
  bound: "true or false",
};

/** Text of a bounded length. */
export function text(minLength: number, maxLength: number): SettingKind<string> {
  const schema = z
    .string()
    .min(minLength, `must have at least ${minLength} characters`)
    .max(maxLength, `must have at most ${maxLength} characters`);
  return { schema, bound: `${minLength} to ${maxLength} characters` };
}

/** One word of a closed list. */
export function oneOf<const W extends readonly [string, ...string[]]>(words: W): SettingKind<W[number]> {
  return { schema: z.enum(words, `must be one of ${words.join(", ")}`), bound: words.join(", ") };
}

/** A PostgreSQL connection string. */
export const postgresUrl: SettingKind<string> = {
  schema: z.string().refine((value) => {
    const url = URL.canParse(value) ? new URL(value) : null;
    return url !== null && ["postgres:", "postgresql:"].includes(url.protocol) && url.pathname.length > 1;
  }, "must look like postgresql://user:password@host:5432/database"),
  bound: "postgresql://user:password@host:port/database",
};

/** The address people and senders use: scheme, host and port, nothing after them. */
export const publicOrigin: SettingKind<string> = {
  schema: z
    .string()
    .refine((value) => {
      const url = URL.canParse(value) ? new URL(value) : null;
      return (
        url !== null &&
        ["http:", "https:"].includes(url.protocol) &&
        url.pathname === "/" &&
        url.search === "" &&
        url.hash === "" &&
        url.username === ""
      );
    }, "must be http(s)://host or http(s)://host:port, without a path")
    .transform((value) => new URL(value).origin),
  bound: "http(s)://host[:port], no path",
};

/** An e-mail address, kept in lower case. */
export const emailAddress: SettingKind<string> = {
  schema: z.string().trim().toLowerCase().pipe(z.email("must be an e-mail address")),
  bound: "an e-mail address",
};

/** 32 random bytes, written as base64 (any alphabet) or as 64 hexadecimal digits. */
export const key32: SettingKind<Buffer> = {
  schema: z.string().transform((value, context) => {
    const bytes = /^[0-9a-f]{64}$/i.test(value) ? Buffer.from(value, "hex") : Buffer.from(value, "base64");
    if (bytes.length !== 32) {
      context.addIssue("must be 32 bytes in base64 or hex; make one with: openssl rand -base64 32");
      return z.NEVER;
    }
    if (new Set(bytes).size < 12) {
      context.addIssue("is not random; make one with: openssl rand -base64 32");
      return z.NEVER;
    }
    return bytes;
  }),
  bound: "32 random bytes in base64 or hex",
};

/** IP addresses and CIDR ranges, each normalised to a CIDR range; a range that holds every address is refused. */
export const cidrList: SettingKind<string[]> = {
  schema: commaList((item) => {
    const cidr = asCidr(item);
    if (cidr === null) return { problem: `"${item}" is neither an IP address nor a CIDR range` };
    if (cidr.endsWith("/0")) return { problem: `"${item}" holds every address` };
    return { value: cidr };
  }),
  bound: "IP addresses and CIDR ranges, separated by commas",
};

/** Hosts, `host:port`, `*.suffix`, IP addresses and CIDR ranges that may be called although they are private. */
export const egressList: SettingKind<string[]> = {
  schema: commaList((item) => {
    const cidr = asCidr(item);
    if (cidr !== null) return cidr.endsWith("/0") ? { problem: `"${item}" holds every address` } : { value: cidr };
    if (/^(\*\.)?[a-z0-9]([a-z0-9._-]*[a-z0-9])?(:\d{1,5})?$/i.test(item)) return { value: item.toLowerCase() };
    if (/^\[[0-9a-f:]+\]:\d{1,5}$/i.test(item)) return { value: item.toLowerCase() };
    return { problem: `"${item}" is not a host, host:port, IP address or CIDR range` };
  }),
  bound: "hosts, host:port, *.suffix, IP addresses and CIDR ranges, separated by commas",
};

/** Addresses of DNS servers, each with a port or without. */
export const dnsServerList: SettingKind<string[]> = {
  schema: commaList((item) => {
    const [, address = item, port = "53"] =
      /^\[([^\]]+)\]:(\d{1,5})$/.exec(item) ?? /^([\d.]+):(\d{1,5})$/.exec(item) ?? [];
    const family = ipaddr.IPv4.isValidFourPartDecimal(address) ? 4 : ipaddr.IPv6.isValid(address) ? 6 : 0;
    if (family === 0 || address.includes("%") || Number(port) < 1 || Number(port) > 65_535)
      return { problem: `"${item}" is not an IP address or [address]:port` };
    return { value: family === 6 ? `[${address}]:${port}` : `${address}:${port}` };
  }),
  bound: "IP addresses, with a port as in 10.0.0.53:5353 or [fd00::53]:5353, separated by commas",
};

/** What this process family runs: the web server, the worker, or both. */
export const roleList: SettingKind<{ web: boolean; worker: boolean }> = {
  schema: commaList((item) =>
    item === "web" || item === "worker" ? { value: item } : { problem: `"${item}" is neither web nor worker` },
  ).transform((roles, context) => {
    if (roles.length === 0) context.addIssue("must name web, worker or both");
    return { web: roles.includes("web"), worker: roles.includes("worker") };
  }),
  bound: "web, worker or web,worker",
};

function commaList(read: (item: string) => { value: string } | { problem: string }) {
  return z.string().transform((value, context) => {
    const values: string[] = [];
    for (const item of value.split(",").map((part) => part.trim())) {
      if (item === "") continue;
      const outcome = read(item);
      if ("problem" in outcome) context.addIssue(outcome.problem);
      else values.push(outcome.value);
    }
    return values;
  });
}

function asCidr(item: string): string | null {
  try {
    if (ipaddr.isValidCIDR(item)) return ipaddr.parseCIDR(item).join("/");
    if (!ipaddr.IPv4.isValidFourPartDecimal(item) && !ipaddr.IPv6.isValid(item)) return null;
    const address = ipaddr.parse(item);
    return `${address.toString()}/${address.kind() === "ipv4" ? 32 : 128}`;
  } catch {
    return null;
  }
}

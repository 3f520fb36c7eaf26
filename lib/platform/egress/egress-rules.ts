import ipaddr from "ipaddr.js";
import { canonicalAddress, classifyAddress } from "./classify-address.ts";
import type { EgressRefusal } from "./egress-refused.ts";

/** What a workspace may call besides public addresses. */
export type EgressRules = {
  /** HOOKLINE_EGRESS_ALLOW: CIDR ranges, hosts, host:port, *.suffix, [IPv6]:port. */
  allow: readonly string[];
  /** Private addresses with their port that the workspace's admins opened. Empty when the operator locked that. */
  permissions: ReadonlyArray<{ address: string; port: number }>;
  /** HOOKLINE_EGRESS_LOCKED: admins cannot open any, and refusals do not offer it. */
  locked: boolean;
};

/** What speaks over the connection; decides which ports of public addresses are open. */
export type EgressPurpose = "http" | "smtp";

/** One checked question to the guard. */
export type EgressQuestion = { purpose: EgressPurpose; host: string; address: string; port: number };

/**
 * Says whether one resolved address may be called; null means yes. Metadata addresses are refused whatever the rules
 * say; the operator's list opens addresses on every port it does not restrict; a permission opens exactly one address
 * and port.
 */
export function findRefusal(rules: EgressRules, question: EgressQuestion): EgressRefusal | null {
  const { host, address, port } = question;
  const about = (reason: EgressRefusal["reason"], why: string, remedy: string, allowable = false): EgressRefusal => ({
    reason,
    host,
    address,
    port,
    allowable,
    message: `${why} ${remedy}Nothing was sent.`,
  });
  const named = host === address ? `${address} is` : `${host} is ${address},`;
  const kind = classifyAddress(address);
  if (port === 0) return about("port", "Port 0 cannot be called.", "");
  if (kind.kind === "metadata" || metadataNames.has(host))
    return about(
      "metadata-address",
      `Hookline never calls metadata addresses: ${named} ${kind.kind === "metadata" ? kind.what : "a metadata name"}.`,
      "",
    );
  if (isAllowedByOperator(rules.allow, question)) return null;
  if (rules.permissions.some((opened) => opened.port === port && opened.address === canonicalAddress(address)))
    return null;
  if (kind.kind === "private") {
    const remedy = rules.locked
      ? "The operator can add it to HOOKLINE_EGRESS_ALLOW. "
      : `An owner or admin can allow ${hostAndPort(address, port)} for this workspace. `;
    return about(
      "private-address",
      `Hookline does not call private addresses: ${named} ${kind.what}.`,
      remedy,
      !rules.locked,
    );
  }
  if (kind.kind === "odd")
    return about("odd-address", `Hookline does not call this address: ${named} ${kind.what}.`, "");
  if (!isOpenPort(question.purpose, port))
    return about(
      "port",
      `Hookline does not call port ${port} of public addresses.`,
      `The operator can add ${hostAndPort(host, port)} to HOOKLINE_EGRESS_ALLOW. `,
    );
  return null;
}

/** `host:port`, with brackets around IPv6. */
export function hostAndPort(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/**
 * Ports of public addresses that are open without asking. HTTP: 80, 443 and the unprivileged ones, where services are
 * run for testing and behind gateways, without those where databases, mail, chat and remote control listen (browsers
 * block part of them for the same reason: https://fetch.spec.whatwg.org/#port-blocking). SMTP: the ports of mail alone.
 */
export function isOpenPort(purpose: EgressPurpose, port: number): boolean {
  if (purpose === "smtp") return smtpPorts.has(port);
  return port === 80 || port === 443 || (port >= 1024 && port <= 65_535 && !closedPorts.has(port));
}

const smtpPorts = new Set([25, 465, 587, 2465, 2525, 2587]);

const closedPorts = new Set([
  1433, 1434, 1521, 1719, 1720, 1723, 2049, 2375, 2376, 2379, 2380, 2525, 3306, 3389, 3659, 4045, 4190, 4369, 5060,
  5061, 5432, 5672, 5900, 5984, 6000, 6379, 6380, 6443, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 7000, 7001,
  9042, 9092, 10_080, 10_250, 11_211, 27_017, 27_018, 27_019, 50_000,
]);

const metadataNames = new Set([
  "metadata",
  "metadata.google.internal",
  "metadata.goog",
  "metadata.tencentyun.com",
  "instance-data",
  "instance-data.ec2.internal",
]);

function isAllowedByOperator(allow: readonly string[], { host, address, port }: EgressQuestion): boolean {
  return allow.some((entry) => {
    if (entry.includes("/")) return isInRange(address, entry);
    const { name, only } = splitPort(entry);
    if (only !== null && only !== port) return false;
    if (name.startsWith("*.")) return host.endsWith(name.slice(1)) && host.length > name.length - 1;
    return name === host || (canonicalAddress(name) !== null && canonicalAddress(name) === canonicalAddress(address));
  });
}

function isInRange(address: string, cidr: string): boolean {
  const parsed = ipaddr.parse(address);
  const range = ipaddr.parseCIDR(cidr);
  return parsed.kind() === range[0].kind() && parsed.match(range);
}

function splitPort(entry: string): { name: string; only: number | null } {
  const bracketed = /^\[([0-9a-f:.]+)\]:(\d+)$/.exec(entry);
  if (bracketed) return { name: bracketed[1] ?? "", only: Number(bracketed[2]) };
  const plain = /^([^:]+):(\d+)$/.exec(entry);
  return plain ? { name: plain[1] ?? "", only: Number(plain[2]) } : { name: entry, only: null };
}

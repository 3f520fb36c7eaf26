import ipaddr from "ipaddr.js";

/**
 * What an IP address is for the guard. "public" is unicast and global; "private" ones may be opened by a permission;
 * "metadata" (with all link-local) and "odd" ones never by a workspace.
 */
export type AddressClass =
  | { kind: "public" }
  | { kind: "private"; what: string }
  | { kind: "metadata"; what: string }
  /** Translated, tunnelled, multicast, unspecified: forms that hide another address or name no single machine. */
  | { kind: "odd"; what: string };

/**
 * Classifies a literal IPv4 or IPv6 address; text that is none is odd. Sources: IANA special-purpose registries,
 * ipaddr.js.
 */
export function classifyAddress(text: string): AddressClass {
  if (!ipaddr.isValid(text) || text.includes("%")) return { kind: "odd", what: "not a plain IP address" };
  const address = ipaddr.parse(text);
  return address instanceof ipaddr.IPv6 ? classifyV6(address) : classifyV4(address);
}

/** The one spelling of an address used for comparing: dotted quad, or RFC 5952 for IPv6; null when it is none. */
export function canonicalAddress(text: string): string | null {
  if (!ipaddr.IPv4.isValidFourPartDecimal(text) && !ipaddr.IPv6.isValid(text)) return null;
  if (text.includes("%")) return null;
  const address = ipaddr.parse(text);
  return address instanceof ipaddr.IPv6 ? address.toRFC5952String() : address.toString();
}

const THIS_MACHINE = "this machine itself";
const PRIVATE_NETWORK = "inside a private network";
const METADATA = "a cloud metadata address";

const metadataV4 = new Set(["168.63.129.16", "100.100.100.200", "192.0.0.192"]);
const metadataV6 = [
  ipaddr.IPv6.parseCIDR("fd00:ec2::/32"),
  ipaddr.IPv6.parseCIDR("fd20:ce::/32"),
  ipaddr.IPv6.parseCIDR("fd00:42::42/128"),
];
const globalUnicast = ipaddr.IPv6.parseCIDR("2000::/3");

function classifyV4(address: ipaddr.IPv4): AddressClass {
  if (metadataV4.has(address.toString())) return { kind: "metadata", what: METADATA };
  const range = address.range();
  switch (range) {
    case "unicast":
      return { kind: "public" };
    case "loopback":
      return { kind: "private", what: THIS_MACHINE };
    case "private":
      return { kind: "private", what: PRIVATE_NETWORK };
    case "carrierGradeNat":
      return { kind: "private", what: "in the range carriers share (100.64.0.0/10)" };
    case "reserved":
      return { kind: "private", what: "in a reserved range" };
    case "linkLocal":
      return { kind: "metadata", what: "a link-local address, where clouds keep their metadata" };
    default:
      return { kind: "odd", what: `not the address of one machine on the internet (${range})` };
  }
}

function classifyV6(address: ipaddr.IPv6): AddressClass {
  const embedded = embeddedV4(address);
  if (embedded !== null && classifyV4(embedded).kind === "metadata") return { kind: "metadata", what: METADATA };
  if (metadataV6.some((range) => address.match(range))) return { kind: "metadata", what: METADATA };
  const range = address.range();
  if (range === "loopback") return { kind: "private", what: THIS_MACHINE };
  if (range === "uniqueLocal") return { kind: "private", what: PRIVATE_NETWORK };
  if (range === "linkLocal")
    return { kind: "metadata", what: "a link-local address, where clouds keep their metadata" };
  if (range === "unicast" && address.match(globalUnicast)) return { kind: "public" };
  if (embedded !== null) return { kind: "odd", what: `another spelling of ${embedded.toString()}` };
  return { kind: "odd", what: `not the address of one machine on the internet (${range})` };
}

/** The IPv4 address inside a mapped, compatible, translated, NAT64 or 6to4 address; null for the others. */
function embeddedV4(address: ipaddr.IPv6): ipaddr.IPv4 | null {
  const parts = address.parts;
  const at = (index: number): ipaddr.IPv4 => {
    const high = parts[index] ?? 0;
    const low = parts[index + 1] ?? 0;
    return new ipaddr.IPv4([high >> 8, high & 0xff, low >> 8, low & 0xff]);
  };
  const isLowPart = parts.slice(0, 4).every((part) => part === 0);
  if (isLowPart && parts[4] === 0 && (parts[5] === 0 || parts[5] === 0xffff))
    return (parts[6] ?? 0) === 0 && (parts[7] ?? 0) <= 1 ? null : at(6);
  if (isLowPart && parts[4] === 0xffff && parts[5] === 0) return at(6);
  if (parts[0] === 0x64 && parts[1] === 0xff9b) return at(6);
  if (parts[0] === 0x2002) return at(1);
  return null;
}

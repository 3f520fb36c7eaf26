import ipaddr from "ipaddr.js";

/** An address range: one address or a CIDR, parsed once. */
export type AddressRange = readonly [ipaddr.IPv4 | ipaddr.IPv6, number];

/** Reads `10.0.0.2`, `10.0.0.0/8`, `::1` or `fd00::/8`; null when it is none of these. */
export function parseAddressRange(text: string): AddressRange | null {
  const slash = text.indexOf("/");
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (address === null) return null;
  const bitsMax = address.kind() === "ipv4" ? 32 : 128;
  if (slash < 0) return [address, bitsMax];
  const bitsText = text.slice(slash + 1);
  if (!/^\d{1,3}$/.test(bitsText) || Number(bitsText) > bitsMax) return null;
  return [address, Number(bitsText)];
}

/** Says whether an address lies in one of the ranges; IPv4 written inside IPv6 counts as IPv4. */
export function isInRanges(ip: string, ranges: readonly AddressRange[]): boolean {
  if (ranges.length === 0) return false;
  const address = parseAddress(ip);
  if (address === null) return false;
  return ranges.some(([range, bits]) => range.kind() === address.kind() && address.match(range, bits));
}

/** Reads an address in its usual spelling, its zone left out; IPv4 written inside IPv6 is IPv4. Null: it is none. */
export function parseAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  const withoutZone = text.split("%", 1)[0] ?? "";
  // ipaddr.js also reads "0x7f.1" and "127"; a proxy never writes these, so only the usual spellings count.
  if (ipaddr.IPv4.isValidFourPartDecimal(withoutZone)) return ipaddr.IPv4.parse(withoutZone);
  if (!ipaddr.IPv6.isValid(withoutZone)) return null;
  const address = ipaddr.IPv6.parse(withoutZone);
  return address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}

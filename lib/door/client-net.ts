/**
 * The network an address belongs to, as far as one sender usually reaches: the first 24 bits of an IPv4 address, the
 * first 48 of an IPv6 one. What is no address is its own network; null stays null.
 */
export function clientNetOf(ip: string | null): string | null {
  if (ip === null) return null;
  const four = /^(?:::ffff:)?(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}$/i.exec(ip);
  if (four !== null) return `${four[1]}.0/24`;
  if (!ip.includes(":")) return ip.slice(0, 64);
  const [head = "", tail = ""] = ip.toLowerCase().split("::", 2);
  const groups = head === "" ? [] : head.split(":");
  const given = ip.includes("::") ? groups.length + (tail === "" ? 0 : tail.split(":").length) : groups.length;
  const whole = [
    ...groups,
    ...Array<string>(Math.max(0, 8 - given)).fill("0"),
    ...(tail === "" ? [] : tail.split(":")),
  ];
  const first = whole.slice(0, 3).map((group) => Number.parseInt(group, 16).toString(16));
  return `${first.join(":")}::/48`;
}

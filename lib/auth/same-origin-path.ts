/**
 * The path (with query and fragment) of an address that stays on this site, or `fallback` for anything else: other
 * origins, "//host", backslashes, control characters, userinfo, other schemes, also percent-encoded once.
 */
export function sameOriginPath(address: string | null | undefined, fallback = "/"): string {
  if (address == null || address.length > 2_000 || !address.startsWith("/")) return fallback;
  const decoded = decodeOnce(address.split(/[?#]/, 1)[0] ?? "");
  if (decoded === null || [address, decoded].some(leavesSite)) return fallback;
  const base = "http://this.invalid";
  if (!URL.canParse(address, base)) return fallback;
  const url = new URL(address, base);
  if (url.origin !== base || leavesSite(url.pathname)) return fallback;
  return `${url.pathname}${url.search}${url.hash}`;
}

function leavesSite(path: string): boolean {
  // Browsers drop tabs and newlines inside addresses and read "\" as "/".
  return path.startsWith("//") || /[\\\u0000-\u0020\u007f]/.test(path.split(/[?#]/, 1)[0] ?? "");
}

function decodeOnce(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

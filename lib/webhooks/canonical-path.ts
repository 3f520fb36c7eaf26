const ESCAPED = /%([0-9A-Fa-f]{2})/g;

/** Characters whose escapes mean the same as they do (RFC 3986 §2.3). */
const UNRESERVED = /^[A-Za-z0-9\-._~]$/;

/**
 * The one spelling of a path among those that mean the same: unreserved characters unescaped and other escapes in upper
 * case (RFC 3986 §6.2.2), dot segments gone (§5.2.4), and, as people and form plug-ins write them, slashes neither
 * doubled nor at the end. An escaped slash stays one: it is part of a segment.
 */
export function canonicalPath(path: string): string {
  if (!NEEDS_WORK.test(path)) return path;
  const unescaped = path.replace(ESCAPED, (escaped: string, hex: string) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return UNRESERVED.test(character) ? character : escaped.toUpperCase();
  });
  const kept: string[] = [];
  for (const segment of unescaped.split("/")) {
    if (segment === "..") kept.pop();
    else if (segment !== "" && segment !== ".") kept.push(segment);
  }
  return `/${kept.join("/")}`;
}

/** What only other spellings hold: an escape, a doubled slash, a dot segment, a slash at the end. */
const NEEDS_WORK = /%|\/\/|\/\.|.\/$|^[^/]/;

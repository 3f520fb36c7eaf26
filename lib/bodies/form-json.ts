import { readFormPairs } from "#lib/bodies/form-pairs.ts";

const EQUALS = 0x3d;

/**
 * The text of a form that may be nothing but a JSON text: encoded as its only name (`curl --data-urlencode`, a
 * URLSearchParams made of a text), or as it is with the sign of an empty value behind it; null where it is none of
 * these. Whether it is JSON is for its reader to say.
 */
export function jsonInForm(body: Buffer): Buffer | null {
  const last = body.length - 1;
  if (body[0] === 0x7b || body[0] === 0x5b) return body[last] === EQUALS ? body.subarray(0, last) : null;
  if (!/^%[57]b/i.test(body.toString("latin1", 0, 3)) || body.includes(0x26)) return null;
  const equals = body.indexOf(EQUALS);
  return equals < 0 || equals === last ? (readFormPairs(body, null, 1)[0]?.[0] ?? null) : null;
}

import { DAY, SECOND } from "#lib/core/units.ts";

/**
 * The wait a target asks for in Retry-After (RFC 9110 §10.2.3), in milliseconds, at most a day; null when it says
 * nothing usable.
 */
export function readRetryAfter(value: string | undefined, now: Date): number | null {
  if (value === undefined) return null;
  const text = value.trim();
  if (/^\d{1,15}$/.test(text)) return Math.min(Number(text) * SECOND, DAY);
  if (!/^[A-Za-z]{3,9},? /.test(text)) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.min(Math.max(at - now.getTime(), 0), DAY);
}

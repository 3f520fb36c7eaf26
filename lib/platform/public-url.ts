import { env } from "./env.ts";
import { singleton } from "./singleton.ts";

/** Where the public address comes from: HOOKLINE_URL, what an admin saved, or this machine's own name. */
export type PublicUrlOrigin = "environment" | "saved" | "default";

/**
 * The public base of every address given to senders and browsers, without a trailing slash. HOOKLINE_URL wins; then
 * what was saved in the instance (see lib/db/public-address.ts, which keeps it fresh); then http://localhost:PORT.
 */
export function publicUrl(): string {
  const { publicUrl: base, publicUrlIsSet } = env();
  return publicUrlIsSet ? base : (held().saved ?? base);
}

/** Says which of the three it is at present. */
export function publicUrlOrigin(): PublicUrlOrigin {
  if (env().publicUrlIsSet) return "environment";
  return held().saved === null ? "default" : "saved";
}

/** Remembers what is saved, in this process; null when nothing is. */
export function holdPublicUrl(saved: string | null): void {
  held().saved = saved;
}

function held(): { saved: string | null } {
  return singleton("saved-public-url", () => ({ saved: null }));
}

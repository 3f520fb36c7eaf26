import type { Effect } from "#lib/engine/effect.ts";

/**
 * What an effect calls, as far as places are shared by it: a host with its port, or a mail connection; null when
 * nothing.
 */
export function targetOf(effect: Effect): string | null {
  switch (effect.kind) {
    case "http":
      return URL.parse(effect.url)?.host ?? null;
    case "email":
      return effect.connectionId === null ? null : `connection ${effect.connectionId}`;
    case "answer":
    case "value":
      return null;
  }
}

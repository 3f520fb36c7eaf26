import type { Json } from "#lib/core/json.ts";
import { entryFor, targetOf } from "./allowed-hosts.ts";

/** The hosts a flow's steps call with a connection, as far as they stand written in their URLs. */
export type WrittenHosts = {
  /** As entries of a connection's list. */
  hosts: string[];
  /** True when a step takes its host from the event, so that the list cannot be complete. */
  open: boolean;
};

/**
 * Reads from flow definitions where a connection is sent: steps that name it, in whatever branch or loop they stand.
 */
export function writtenHosts(definitions: readonly Json[], connectionId: string): WrittenHosts {
  const hosts = new Set<string>();
  let open = false;
  const visit = (value: Json | undefined): void => {
    if (typeof value !== "object" || value === null) return;
    if (!Array.isArray(value) && value.connectionId === connectionId) {
      const url = (value.input as { url?: Json } | undefined)?.url;
      // Only up to the path: a {{ }} in the host could become any host.
      const origin = typeof url === "string" ? /^\s*(https?:\/\/[^/?#\s{}]+)(?:[/?#\s]|$)/i.exec(url)?.[1] : undefined;
      const target = origin === undefined ? null : targetOf(origin);
      if (target === null) open ||= url !== "" && url !== undefined;
      else hosts.add(entryFor(target));
    }
    for (const inner of Object.values(value)) visit(inner);
  };
  for (const definition of definitions) visit(definition);
  return { hosts: [...hosts].sort(), open };
}

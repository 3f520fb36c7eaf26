import type { JsonObject } from "#lib/core/json.ts";
import type { SlottedText } from "#lib/engine/effect.ts";
import type { ConnectionKind, OpenConnection, Secrets } from "./connection-kind.ts";
import { CONNECTION_KINDS } from "./kinds/registry.generated.ts";

/** Every kind of connection, in the order the form offers them. */
export const connectionKinds: readonly ConnectionKind[] = [...CONNECTION_KINDS].sort((a, b) => a.rank - b.rank);

/** The kind of that name, or null. */
export function findConnectionKind(id: string): ConnectionKind | null {
  return connectionKinds.find((kind) => kind.id === id) ?? null;
}

/** The header a connection adds to a call, with a slot where its secret goes; null where it carries none. */
export function credentialHeader({
  id,
  kind,
  version,
  config,
}: Pick<OpenConnection, "id" | "kind" | "version" | "config">): [name: string, value: SlottedText] | null {
  const carried = findConnectionKind(kind)?.carries?.(config);
  if (carried === undefined) return null;
  const slot = { slot: { connectionId: id, version, field: carried.slot } };
  return [carried.header, carried.before === "" ? [slot] : [carried.before, slot]];
}

/** What fills a connection's secret slots. Throws when the stored settings do not fit its kind. */
export function slotTexts(connection: OpenConnection): Record<string, string> {
  const kind = findConnectionKind(connection.kind);
  if (kind === null) throw new Error(`unknown connection kind ${connection.kind}`);
  return kind.fillSlots(kind.config.parse(connection.config), connection.secrets);
}

/** Every text of a connection that must never be kept or shown. */
export function secretTexts(connection: OpenConnection): string[] {
  return [...new Set([...Object.values(connection.secrets), ...Object.values(slotTexts(connection))])].filter(
    (text) => text !== "",
  );
}

/**
 * One short public line about a connection, such as "mail.acme.dev:587 as ada"; empty where its settings do not fit.
 */
export function summarizeConnection(kindId: string, config: JsonObject): string {
  const kind = findConnectionKind(kindId);
  const parsed = kind?.config.safeParse(config);
  return kind !== null && parsed?.success === true ? kind.summarize(parsed.data) : "";
}

/** The last four characters of each secret, for "ends in …"; nothing for secrets too short to show a part of. */
export function secretHints(secrets: Secrets): Record<string, string> {
  return Object.fromEntries(
    Object.entries(secrets).map(([field, text]) => [field, text.length >= 12 ? text.slice(-4) : ""]),
  );
}

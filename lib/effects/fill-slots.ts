import {
  describeOtherHost,
  entryFor,
  type HostAndPort,
  hostsOf,
  mayGoTo,
} from "#lib/engine/connections/allowed-hosts.ts";
import { findConnectionKind, secretTexts, slotTexts } from "#lib/engine/connections/connection-kinds.ts";
import type { SecretSlot, SlottedText } from "#lib/engine/effect.ts";
import type { EffectPorts } from "./effect-context.ts";

/** Headers with their secrets in place, which of them hold one, and every secret that went in. */
export type FilledHeaders =
  | { kind: "filled"; headers: [name: string, value: string][]; secretNames: Set<string>; secrets: string[] }
  | { kind: "refused"; code: "connection-gone" | "connection-changed"; message: string }
  /** The connection is for other hosts; an admin may allow this one, as `entry` of its list. */
  | { kind: "held"; code: "connection-other-host"; message: string; connectionId: string; entry: string };

/**
 * Puts secrets into their slots for a call to `target`. Refuses when the connection is gone, was changed in a way the
 * frozen plan depends on, or may not be used for that host.
 */
export async function fillHeaders(
  headers: ReadonlyArray<readonly [name: string, value: SlottedText]>,
  target: HostAndPort,
  ports: EffectPorts,
): Promise<FilledHeaders> {
  const filled: [string, string][] = [];
  const secretNames = new Set<string>();
  const secrets = new Set<string>();
  for (const [name, value] of headers) {
    if (typeof value === "string") {
      filled.push([name, value]);
      continue;
    }
    let text = "";
    for (const part of value) {
      if (typeof part === "string") {
        text += part;
        continue;
      }
      const slot = await fillSlot(part, target, ports);
      if (slot.kind !== "filled") return slot;
      text += slot.text;
      secretNames.add(name.toLowerCase());
      for (const secret of slot.secrets) secrets.add(secret);
    }
    filled.push([name, text]);
  }
  return { kind: "filled", headers: filled, secretNames, secrets: [...secrets] };
}

type FilledSlot = { kind: "filled"; text: string; secrets: string[] } | Exclude<FilledHeaders, { kind: "filled" }>;

async function fillSlot({ slot }: SecretSlot, target: HostAndPort, ports: EffectPorts): Promise<FilledSlot> {
  const connection = await ports.findConnection(slot.connectionId);
  if (connection === null || findConnectionKind(connection.kind) === null)
    return {
      kind: "refused",
      code: "connection-gone",
      message: "The connection this step uses was deleted. Bring it back or choose another. Nothing was sent.",
    };
  const text = slotTexts(connection)[slot.field];
  if (connection.version !== slot.version || text === undefined)
    return {
      kind: "refused",
      code: "connection-changed",
      message:
        `The connection "${connection.name}" was changed after this step was planned. Replay the run to plan it ` +
        "again. Nothing was sent.",
    };
  if (!mayGoTo(hostsOf(connection.config), target))
    return {
      kind: "held",
      code: "connection-other-host",
      message: describeOtherHost(connection.name, target),
      connectionId: connection.id,
      entry: entryFor(target),
    };
  return { kind: "filled", text, secrets: secretTexts(connection) };
}

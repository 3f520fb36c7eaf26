import { mayGoTo } from "#lib/engine/connections/connection-fields.ts";
import { findConnectionKind, secretTexts, slotTexts } from "#lib/engine/connections/connection-kinds.ts";
import type { SecretSlot, SlottedText } from "#lib/engine/effect.ts";
import type { EffectPorts } from "./effect-context.ts";

/** Headers with their secrets in place, which of them hold one, and every secret that went in. */
export type FilledHeaders =
  | { kind: "filled"; headers: [name: string, value: string][]; secretNames: Set<string>; secrets: string[] }
  | { kind: "refused"; code: "connection-gone" | "connection-changed" | "connection-other-host"; message: string };

/**
 * Puts secrets into their slots for a call to `host`. Refuses when the connection is gone, was changed in a way the
 * frozen plan depends on, or may not be used for that host.
 */
export async function fillHeaders(
  headers: ReadonlyArray<readonly [name: string, value: SlottedText]>,
  host: string,
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
      const slot = await fillSlot(part, host, ports);
      if (slot.kind === "refused") return slot;
      text += slot.text;
      secretNames.add(name.toLowerCase());
      for (const secret of slot.secrets) secrets.add(secret);
    }
    filled.push([name, text]);
  }
  return { kind: "filled", headers: filled, secretNames, secrets: [...secrets] };
}

type FilledSlot = { kind: "filled"; text: string; secrets: string[] } | Extract<FilledHeaders, { kind: "refused" }>;

async function fillSlot({ slot }: SecretSlot, host: string, ports: EffectPorts): Promise<FilledSlot> {
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
      message: `The connection "${connection.name}" was changed after this step was planned. Replay the run to plan it again. Nothing was sent.`,
    };
  const hosts = connection.config.hosts;
  if (
    Array.isArray(hosts) &&
    !mayGoTo(
      hosts.filter((entry) => typeof entry === "string"),
      host,
    )
  )
    return {
      kind: "refused",
      code: "connection-other-host",
      message: `The connection "${connection.name}" may not be used for ${host}. Add the host to the connection to allow it. Nothing was sent.`,
    };
  return { kind: "filled", text, secrets: secretTexts(connection) };
}

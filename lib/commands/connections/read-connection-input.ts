import { z } from "zod";
import { InvalidInputError } from "#lib/core/errors.ts";
import type { JsonObject } from "#lib/core/json.ts";
import { jsonPath, parseInput } from "#lib/core/parse-input.ts";
import { plainIssue } from "#lib/core/plain-issue.ts";
import { coversHosts, hostsOf } from "#lib/engine/connections/allowed-hosts.ts";
import type { ConnectionKind, Secrets } from "#lib/engine/connections/connection-kind.ts";
import { findConnectionKind } from "#lib/engine/connections/connection-kinds.ts";

/** A connection as people and programs write it. A secret field that is missing or empty keeps what is stored. */
export const connectionInputSchema = z.strictObject({
  name: z.string().trim().min(1, "Give the connection a name.").max(80),
  kind: z.string(),
  config: z.record(z.string(), z.json()).default({}),
  secrets: z.record(z.string(), z.string()).default({}),
});

/** A checked connection: its kind, public settings and secrets. */
export type ConnectionInput = { name: string; kind: ConnectionKind; config: JsonObject; secrets: Secrets };

/** What is stored already, when a connection is changed and not made. */
export type StoredParts = { kind: string; config: JsonObject; secrets: Secrets };

/**
 * Checks a connection against its kind. Secrets left out are taken from `stored`, unless a setting changed that says
 * where they go (the server, the allowed hosts): then they must be entered again, so that nobody can send them
 * elsewhere unseen.
 */
export function readConnectionInput(input: unknown, stored: StoredParts | null): ConnectionInput {
  const given = parseInput(connectionInputSchema, input);
  const kind = findConnectionKind(given.kind);
  if (kind === null || kind.builtIn === true)
    throw new InvalidInputError([{ field: "kind", message: "There is no such kind of connection." }]);
  if (stored !== null && stored.kind !== kind.id)
    throw new InvalidInputError([{ field: "kind", message: "A connection keeps its kind. Make a new one." }]);

  const config = kind.config.safeParse(given.config, { error: plainIssue });
  const problems = config.success ? [] : issuesAt("config", config.error);
  const fresh = Object.fromEntries(Object.entries(given.secrets).filter(([, text]) => text !== ""));
  const moved =
    config.success && stored !== null
      ? kind.boundFields.filter((field) => sendsElsewhere(field, stored.config, config.data as JsonObject))
      : [];
  const kept = stored === null || moved.length > 0 ? {} : stored.secrets;
  const secrets = kind.secrets.safeParse({ ...kept, ...fresh }, { error: plainIssue });
  if (!secrets.success) problems.push(...issuesAt("secrets", secrets.error));
  else if (moved.length > 0)
    for (const [field, text] of Object.entries(stored?.secrets ?? {}))
      if (text !== "" && fresh[field] === undefined && secrets.data[field] === "")
        problems.push({ field: `secrets.${field}`, message: "Enter it again: where it is sent was changed." });
  if (problems.length > 0 || !config.success || !secrets.success) throw new InvalidInputError(problems);
  return { name: given.name, kind, config: config.data as JsonObject, secrets: secrets.data as Secrets };
}

function issuesAt(where: string, error: z.ZodError): { field: string; message: string }[] {
  return error.issues.map(({ path, message }) => ({ field: jsonPath([where, ...path]), message }));
}

/** Fewer hosts than before send a secret nowhere new. */
function sendsElsewhere(field: string, before: JsonObject, after: JsonObject): boolean {
  if (field === "hosts") return !coversHosts(hostsOf(before), hostsOf(after));
  return JSON.stringify(before[field]) !== JSON.stringify(after[field]);
}

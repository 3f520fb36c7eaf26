import type { z } from "zod";
import type { JsonObject } from "#lib/core/json.ts";

/** Secret fields by name, as text. */
export type Secrets = Readonly<Record<string, string>>;

/** One kind of connection: a file of lib/engine/connections/kinds. Pure; lib/effects performs and tries. */
export type ConnectionKind<Config extends z.ZodObject = z.ZodObject, Secret extends z.ZodObject = z.ZodObject> = {
  /** Stable dotted name, e.g. "http.bearer". */
  id: string;
  title: string;
  description: string;
  /** A lucide icon name. */
  icon: string;
  /**
   * Public settings: shown, exported, in the audit log. Fields carry FieldMeta under "hookline", as those of actions
   * do.
   */
  config: Config;
  /** Secret fields, all texts; an empty object where there are none. Never shown again. */
  secrets: Secret;
  /** Its place in the list a person chooses from; 1 is first. */
  rank: number;
  /** It exists by itself: no row, not made, edited or deleted. */
  builtIn?: true;
  /**
   * The header by which it adds its secret to an HTTP call: `before` stands in front of what fills `slot`. Left out
   * where it carries nothing. `config` is as stored.
   */
  carries?(config: JsonObject): { header: string; before: string; slot: string };
  /**
   * How it is tried: a call with its credential to a URL a person gives, a sign-in to its mail server, or not at all.
   */
  trial: { kind: "call" } | { kind: "mail server" } | { kind: "nothing"; message: string };
  /** Public settings that a frozen plan depends on: changing one makes older plans refuse to be sent. */
  frozenFields: readonly string[];
  /** Public settings that say where the secrets go: changing one means entering the secrets again. */
  boundFields: readonly string[];
  /** The texts that fill secret slots, by field name; also everything that must be redacted. */
  fillSlots(config: z.output<Config>, secrets: Secrets): Record<string, string>;
  /** One short line without secrets, e.g. "mail.acme.dev:587 as ada". */
  summarize(config: z.output<Config>): string;
};

/** A stored connection as it is used: public settings and opened secrets. Never journaled, never sent to a browser. */
export type OpenConnection = {
  id: string;
  kind: string;
  name: string;
  version: number;
  config: JsonObject;
  secrets: Secrets;
};

/** Names a kind with its schema types kept. */
export function defineConnectionKind<Config extends z.ZodObject, Secret extends z.ZodObject>(
  kind: ConnectionKind<Config, Secret>,
): ConnectionKind<Config, Secret> {
  return kind;
}

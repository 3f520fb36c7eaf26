import type { WorkspaceId } from "#lib/core/ids.ts";
import type { OpenConnection } from "#lib/engine/connections/connection-kind.ts";
import type { EmailEffect } from "#lib/engine/effect.ts";
import type { EgressRules } from "#lib/platform/egress/egress-rules.ts";

/** The step of the run an effect belongs to. */
export type EffectPlace = { runId: string; stepPath: string };

/** What performing an effect needs from the rest of Hookline. lib/commands/effect-ports.ts makes it over the database. */
export type EffectPorts = {
  /** The connection with its secrets opened; null when it is gone. */
  findConnection(connectionId: string): Promise<OpenConnection | null>;
  findEgressRules(): Promise<EgressRules>;
  /** Keeps a mail in the Outbox once per Message-ID and gives its id there. */
  keepMail(mail: EmailEffect, place: EffectPlace | null): Promise<{ mailId: string }>;
};

/** For whom and until when an effect is performed. */
export type EffectContext = {
  workspaceId: WorkspaceId;
  ports: EffectPorts;
  /** Absent outside of runs. */
  place?: EffectPlace | null;
  /** Aborted when the worker must stop at once. */
  signal: AbortSignal;
  now(): Date;
  /** The name this instance greets mail servers with. */
  publicHost: string;
};

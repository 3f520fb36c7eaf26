import type { WorkspaceId } from "#lib/core/ids.ts";
import type { OpenConnection } from "#lib/engine/connections/connection-kind.ts";
import type { AnswerEffect, EmailEffect } from "#lib/engine/effect.ts";
import type { EgressRules } from "#lib/platform/egress/egress-rules.ts";

/** The step of the run an effect belongs to. */
export type EffectPlace = { runId: string; stepPath: string };

/** What became of an answer to an event's sender. */
export type AnswerFate =
  /** It is the event's answer, and the sender still waited. */
  | "given"
  /** It is the event's answer, but the sender had been told something else; a repeat of the delivery gets it. */
  | "too-late"
  /** Another step or run answered first. */
  | "already-answered"
  /** The run is a replay or a test, or its endpoint does not wait for flows. */
  | "nobody-waits";

/**
 * What performing an effect needs from the rest of Hookline. lib/running/effect-ports.ts makes it over the database.
 */
export type EffectPorts = {
  /** The connection with its secrets opened; null when it is gone. */
  findConnection(connectionId: string): Promise<OpenConnection | null>;
  findEgressRules(): Promise<EgressRules>;
  /** Gives the sender of the run's event its answer, once per event whatever runs say. */
  answerSender(answer: AnswerEffect, place: EffectPlace): Promise<AnswerFate>;
  /** Keeps a mail in the Outbox once per Message-ID and gives its id there. */
  keepMail(mail: EmailEffect, place: EffectPlace | null): Promise<{ mailId: string }>;
};

/** For whom and until when an effect is performed. */
export type EffectContext = {
  workspaceId: WorkspaceId;
  ports: EffectPorts;
  /** Absent outside of runs. */
  place?: EffectPlace | null;
  /** How many runs the event that started this one came through; 0 for one from outside. Calls tell it on. */
  hops?: number;
  /**
   * The effect carries a key and its step is not set to ask: doing it twice counts as once, so a lost call may be
   * repeated at once.
   */
  mayRepeat: boolean;
  /** Aborted when the worker must stop at once. */
  signal: AbortSignal;
  now(): Date;
  /** The name this instance greets mail servers with. */
  publicHost: string;
};

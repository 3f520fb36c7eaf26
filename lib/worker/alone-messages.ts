/** What the process of a suspect run tells its parent; what it tells last is how it was done by itself. */
export type FromAlone = { kind: "began" } | { kind: "alive" } | { kind: "ended"; how: "done" | "lost" | "fault" };

/** What its parent tells it: begin no new effect; or give up the effects under way as well. */
export type ToAlone = { kind: "drain" } | { kind: "abort" };

/** A life sign is sent this often. */
export const ALIVE_EVERY_MS = 1_000;

/**
 * Why a run may not begin: the share of a worker's places is used up that its flow, its workspace or what its effect
 * calls may have, or its workspace's brake is on.
 */
export const GATE_KINDS = ["flow", "workspace", "target", "brake"] as const;

/** One of the reasons. */
export type GateKind = (typeof GATE_KINDS)[number];

/**
 * What a run that is held back waits for. `key`: the id of the flow (for the brake too) or workspace; a target's host
 * and port.
 */
export type Gate = { readonly kind: GateKind; readonly key: string };

/**
 * Which flows and workspaces (by id) may begin nothing now. `full`: their share of this worker is used up; `lined`:
 * runs of theirs are held back, and those come first.
 */
export type ClosedGates = { readonly full: readonly string[]; readonly lined: readonly string[] };

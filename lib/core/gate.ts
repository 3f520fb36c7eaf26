/** Of whom a share of a worker's places may be used up: a flow, a workspace, or what an effect calls. */
export type GateKind = "flow" | "workspace" | "target";

/** What a run that is held back waits for. `key`: the id of the flow or workspace; a target's host and port. */
export type Gate = { readonly kind: GateKind; readonly key: string };

/**
 * Which flows and workspaces (by id) may begin nothing now. `full`: their share of this worker is used up; `lined`:
 * runs of theirs are held back, and those come first.
 */
export type ClosedGates = { readonly full: readonly string[]; readonly lined: readonly string[] };

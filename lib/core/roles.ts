/** What a member or API key may be in a workspace, weakest first. */
export const ROLES = ["viewer", "editor", "admin", "owner"] as const;

/** One of the four roles. */
export type Role = (typeof ROLES)[number];

/**
 * What a caller may ask for. The table of docs/architecture.md in code: viewer < editor < admin < owner.
 * `payload.read` is masked for viewers unless the workspace allows it. Turning a flow off and pulling the brake stop
 * harm, so whoever edits flows may; `flow.switch` and `brake.release` undo it.
 */
export const CAPABILITIES = {
  "workspace.read": "viewer",
  "payload.read": "editor",
  "flow.edit": "editor",
  "flow.publish": "editor",
  "flow.turnOff": "editor",
  "flow.switch": "admin",
  "brake.pull": "editor",
  "brake.release": "admin",
  "run.replay": "editor",
  "run.resume": "editor",
  "run.cancel": "editor",
  "effect.sendOnce": "editor",
  "request.recheck": "editor",
  "request.accept": "admin",
  "sample.edit": "editor",
  "endpoint.edit": "admin",
  "connection.edit": "admin",
  "variable.edit": "admin",
  "egress.edit": "admin",
  "instance.edit": "admin",
  "member.edit": "admin",
  "apiKey.edit": "admin",
  "retention.edit": "admin",
  "audit.read": "admin",
  "owner.edit": "owner",
  "workspace.delete": "owner",
} as const satisfies Record<string, Role>;

/** The name of one thing a caller may ask for. */
export type Capability = keyof typeof CAPABILITIES;

/** Says whether a role is at least another. */
export function isAtLeast(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

/** Says whether a role has a capability. */
export function may(role: Role, capability: Capability): boolean {
  return isAtLeast(role, CAPABILITIES[capability]);
}

import { ExpectedError } from "#lib/core/errors.ts";
import type { WorkspaceId } from "#lib/core/ids.ts";
import { type Capability, may, type Role } from "#lib/core/roles.ts";

/**
 * Who asks: a signed-in member, an API key, or the instance itself (start-up, sweeper), always inside one workspace.
 */
export type Actor = {
  kind: "user" | "apiKey" | "system";
  /** User id, API key id, or the name of the system part. */
  id: string;
  workspaceId: WorkspaceId;
  role: Role;
};

/** Whoever asks, in whatever workspace, as a key for what each person may use at once; an API key counts as one. */
export function personOf(actor: Pick<Actor, "kind" | "id">): string {
  return `${actor.kind} ${actor.id}`;
}

/**
 * Thrown when an actor lacks a capability; shown as 403, or as "not found" where the thing's existence is not theirs.
 */
export class ForbiddenError extends ExpectedError {
  override name = "ForbiddenError";
  readonly capability: Capability;
  constructor(capability: Capability) {
    super("forbidden", `Your role does not allow ${capability}.`);
    this.capability = capability;
  }
}

/** Throws ForbiddenError unless the actor's role has the capability. The first line of every command. */
export function authorize(actor: Actor, capability: Capability): void {
  if (!may(actor.role, capability)) throw new ForbiddenError(capability);
}

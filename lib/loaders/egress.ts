import { requireActor } from "#lib/auth/require-actor.ts";
import { may } from "#lib/core/roles.ts";
import { type EgressPermission, listEgressPermissions } from "#lib/db/egress-permissions.ts";
import { env } from "#lib/platform/env.ts";

/** What flows of the workspace may call inside the network, and who decides. */
export type EgressPage = {
  permissions: EgressPermission[];
  revoked: EgressPermission[];
  /** The operator's own list, for everybody who may change permissions. */
  operatorAllows: readonly string[];
  locked: boolean;
  mayEdit: boolean;
};

/** The workspace's egress rules. */
export async function loadEgress(): Promise<EgressPage> {
  const actor = await requireActor();
  const mayEdit = may(actor.role, "egress.edit");
  const { egressAllow, egressLocked } = env();
  const [permissions, revoked] = await Promise.all([
    listEgressPermissions(actor.workspaceId),
    listEgressPermissions(actor.workspaceId, { revoked: true, limit: 20 }),
  ]);
  return {
    permissions,
    revoked,
    operatorAllows: mayEdit ? egressAllow : [],
    locked: egressLocked,
    mayEdit: mayEdit && !egressLocked,
  };
}

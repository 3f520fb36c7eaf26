import { LRUCache } from "lru-cache";
import type { WorkspaceId } from "#lib/core/ids.ts";
import { SECOND } from "#lib/core/units.ts";
import { findOpenConnection } from "#lib/db/connections.ts";
import { listEgressPermissions } from "#lib/db/egress-permissions.ts";
import { writeAnswerOnce } from "#lib/db/event-answers.ts";
import { announce } from "#lib/db/live.ts";
import { insertOutboxMailOnce } from "#lib/db/outbox-mails.ts";
import type { EffectPorts } from "#lib/effects/effect-context.ts";
import type { EgressRules } from "#lib/platform/egress/egress-rules.ts";
import { env } from "#lib/platform/env.ts";
import { singleton } from "#lib/platform/singleton.ts";

/** What effects of a workspace need, over the database. */
export function createEffectPorts(workspaceId: WorkspaceId): EffectPorts {
  return {
    findConnection: (connectionId) => findOpenConnection(workspaceId, connectionId),
    findEgressRules: () => findEgressRules(workspaceId),
    answerSender: (answer, place) =>
      writeAnswerOnce(
        workspaceId,
        { runId: place.runId, path: place.stepPath },
        { status: answer.status, headers: answer.headers.map(([name, value]) => [name, value]), body: answer.body },
      ),
    keepMail: async (mail, place) => {
      const kept = await insertOutboxMailOnce(workspaceId, {
        runId: place?.runId ?? null,
        path: place?.stepPath ?? null,
        messageId: mail.messageId,
        sender: mail.envelope.from,
        recipients: mail.envelope.to,
        subject: mail.subject,
        raw: mail.message,
      });
      announce(workspaceId, "outbox");
      return { mailId: kept.id };
    },
  };
}

/**
 * What a workspace may call. Read at most once a second per process: every effect asks, and a permission given or
 * revoked holds everywhere a second later.
 */
export async function findEgressRules(workspaceId: WorkspaceId): Promise<EgressRules> {
  const kept = keptEgressRules();
  const known = kept.get(workspaceId);
  if (known !== undefined) return known;
  const rules = readEgressRules(workspaceId);
  kept.set(workspaceId, rules);
  rules.catch(() => kept.delete(workspaceId));
  return rules;
}

/** Makes the next effect of this process read the workspace's permissions again. */
export function forgetEgressRules(workspaceId: WorkspaceId): void {
  keptEgressRules().delete(workspaceId);
}

function keptEgressRules(): LRUCache<string, Promise<EgressRules>> {
  return singleton("egress-rules", () => new LRUCache({ max: 10_000, ttl: 1 * SECOND }));
}

async function readEgressRules(workspaceId: WorkspaceId): Promise<EgressRules> {
  const { egressAllow: allow, egressLocked: locked } = env();
  const permissions = locked ? [] : await listEgressPermissions(workspaceId);
  return { allow, locked, permissions: permissions.map(({ address, port }) => ({ address, port })) };
}

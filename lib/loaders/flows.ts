import { requireActor } from "#lib/auth/require-actor.ts";
import { databaseNow } from "#lib/core/database-time.ts";
import { may } from "#lib/core/roles.ts";
import type { RunState } from "#lib/core/states.ts";
import { listRunningCatchUps } from "#lib/db/catch-ups.ts";
import { listEndpoints } from "#lib/db/endpoints.ts";
import { listSampleEvents } from "#lib/db/flow-samples.ts";
import { listFlowStats } from "#lib/db/flow-stats.ts";
import { listFlows } from "#lib/db/flows.ts";
import type { RunnableFlow } from "#lib/engine/by-hand-view.ts";
import { viewCatchUp } from "#lib/engine/missed-view.ts";
import { triggerWords } from "#lib/engine/schedule/trigger-words.ts";
import type { FlowListItem } from "#lib/views/flow-views.ts";

/** The newest event of the workspace, for "start from your last event". */
export type LastEvent = { id: string; eventType: string | null; endpointName: string };

/** The workspace's flows with what they did in the last 24 hours. */
export async function loadFlows(now: Date = databaseNow()): Promise<{
  flows: FlowListItem[];
  deleted: { id: string; name: string; at: string }[];
  lastEvent: LastEvent | null;
  endpoints: { id: string; name: string }[];
  mayEdit: boolean;
  maySwitch: { turnOn: boolean; turnOff: boolean; cancel: boolean };
}> {
  const actor = await requireActor();
  const [flows, deleted, endpoints, catchUps] = await Promise.all([
    listFlows(actor.workspaceId, { limit: 500 }),
    listFlows(actor.workspaceId, { deleted: true, limit: 50 }),
    listEndpoints(actor.workspaceId),
    listRunningCatchUps(actor.workspaceId),
  ]);
  const stats = await listFlowStats(
    actor.workspaceId,
    flows.map((flow) => flow.id),
    now,
  );
  const names = new Map(endpoints.map((endpoint) => [endpoint.id, endpoint.name]));
  const newest = await Promise.all(
    endpoints
      .slice(0, 50)
      .map(async (endpoint) => ({ endpoint, event: (await listSampleEvents(actor.workspaceId, endpoint.id, 1))[0] })),
  );
  const last = newest
    .flatMap(({ endpoint, event }) => (event ? [{ endpoint, event }] : []))
    .sort((a, b) => (a.event.id < b.event.id ? 1 : -1))[0];
  return {
    mayEdit: may(actor.role, "flow.edit"),
    maySwitch: {
      turnOn: may(actor.role, "flow.switch"),
      turnOff: may(actor.role, "flow.turnOff"),
      cancel: may(actor.role, "run.cancel"),
    },
    endpoints: endpoints.map(({ id, name }) => ({ id, name })),
    lastEvent: last ? { id: last.event.id, eventType: last.event.eventType, endpointName: last.endpoint.name } : null,
    deleted: deleted.map((flow) => ({ id: flow.id, name: flow.name, at: (flow.deletedAt ?? now).toISOString() })),
    flows: flows.map((flow) => {
      const own = stats.flows.get(flow.id);
      const endpointId = flow.draft.trigger.endpointId;
      return {
        id: flow.id,
        name: flow.name,
        state: flow.state,
        on: flow.on,
        offSince: flow.offSince?.toISOString() ?? null,
        catchUp: viewCatchUp(catchUps.get(flow.id) ?? null),
        version: flow.liveVersion?.number ?? null,
        endpointName: endpointId === null ? null : (names.get(endpointId) ?? null),
        eventTypes: flow.draft.trigger.eventTypes,
        startsBy: flow.draft.trigger.kind === undefined ? null : triggerWords(flow.draft.trigger),
        stepCount: flow.draft.steps.length,
        runs: own?.runs ?? 0,
        failures: own?.failures ?? 0,
        moreFailures: stats.more,
        lastRun: own?.lastRun
          ? { id: own.lastRun.id, status: own.lastRun.status as RunState, at: own.lastRun.at.toISOString() }
          : null,
      };
    }),
  };
}

/** The workspace's flows that have a live version, the newest 500 of all, by name. */
export async function loadRunnableFlows(): Promise<RunnableFlow[]> {
  const actor = await requireActor();
  const flows = await listFlows(actor.workspaceId, { limit: 500 });
  return flows
    .flatMap(({ id, name, on, liveVersion }) =>
      liveVersion === null ? [] : [{ id, name, on, version: liveVersion.number }],
    )
    .sort((a, b) => a.name.localeCompare(b.name));
}

import type { FlowDefinition } from "#lib/engine/flow-definition.ts";

/** What may start a flow. */
export type StartKind = "endpoint" | "schedule" | "none";

/** The trigger with another kind of start; its filter stays. A new schedule is daily at nine in the zone. */
export function startKind(
  { filter }: FlowDefinition["trigger"],
  kind: StartKind,
  zone: string,
): FlowDefinition["trigger"] {
  const bare = { endpointId: null, eventTypes: [], filter };
  if (kind === "endpoint") return bare;
  return {
    kind,
    ...bare,
    ...(kind === "none" ? {} : { schedule: { cron: "0 9 * * *", zone, missed: "none" as const } }),
  };
}

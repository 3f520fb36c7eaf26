import type { WorkspaceId } from "#lib/core/ids.ts";
import type { ClaimedEvent } from "#lib/db/claims.ts";
import { type Db, prisma } from "#lib/db/prisma.ts";

/** An event as the sample chooser lists it. */
export type SampleEvent = {
  id: string;
  eventType: string | null;
  verdict: string;
  receivedAt: Date;
  bodyBytes: number;
};

/** A sample kept under a name. */
export type NamedSample = { id: string; name: string; eventType: string | null; createdAt: Date };

/** The newest events of an endpoint. */
export async function listSampleEvents(
  workspaceId: WorkspaceId,
  endpointId: string,
  limit: number,
  db: Db = prisma(),
): Promise<SampleEvent[]> {
  return db.event.findMany({
    where: { workspaceId, endpointId },
    orderBy: { id: "desc" },
    take: limit,
    select: { id: true, eventType: true, verdict: true, receivedAt: true, bodyBytes: true },
  });
}

/**
 * Event types an endpoint has received among its newest 1,000 events, most frequent first; of a batch the types of its
 * first items.
 */
export async function listSeenEventTypes(
  workspaceId: WorkspaceId,
  endpointId: string,
  db: Db = prisma(),
): Promise<{ eventType: string; count: number }[]> {
  const rows = await db.$queryRaw<{ event_type: string; count: bigint }[]>`
    SELECT coalesce(item.event_type, newest.event_type) AS event_type, count(*) AS count FROM (
      SELECT id, event_type, item_count FROM event
      WHERE workspace_id = ${workspaceId}::uuid AND endpoint_id = ${endpointId}::uuid ORDER BY id DESC LIMIT 1000
    ) newest LEFT JOIN LATERAL (
      SELECT i.event_type FROM event_item i WHERE i.event_id = newest.id AND newest.item_count IS NOT NULL LIMIT 100
    ) item ON true
    WHERE coalesce(item.event_type, newest.event_type) IS NOT NULL GROUP BY 1 ORDER BY count DESC, 1 LIMIT 100`;
  return rows.map((row) => ({ eventType: row.event_type, count: Number(row.count) }));
}

/** A stored event as a run would see it; null when it or its payload is gone. */
export async function findSampleEvent(
  workspaceId: WorkspaceId,
  eventId: string,
  db: Db = prisma(),
): Promise<ClaimedEvent | null> {
  const [event, payload] = await Promise.all([
    db.event.findFirst({ where: { workspaceId, id: eventId } }),
    db.eventPayload.findFirst({ where: { workspaceId, eventId } }),
  ]);
  if (event === null || payload === null) return null;
  return {
    item: null,
    eventType: event.eventType,
    deliveryId: event.deliveryId,
    method: event.method,
    contentType: event.contentType,
    receivedAt: event.receivedAt,
    path: payload.path,
    query: payload.query,
    headers: payload.headers,
    body: payload.body,
  };
}

/** The samples kept under names, newest first. */
export async function listNamedSamples(workspaceId: WorkspaceId, db: Db = prisma()): Promise<NamedSample[]> {
  return db.sample.findMany({
    where: { workspaceId },
    orderBy: { createdAt: "desc" },
    take: 200,
    select: { id: true, name: true, eventType: true, createdAt: true },
  });
}

/** A named sample as a run would see it, or null. */
export async function findNamedSample(
  workspaceId: WorkspaceId,
  sampleId: string,
  db: Db = prisma(),
): Promise<ClaimedEvent | null> {
  const sample = await db.sample.findFirst({ where: { workspaceId, id: sampleId } });
  if (sample === null) return null;
  const headers: unknown = JSON.parse(sample.headers);
  const contentType = Array.isArray(headers)
    ? headers.find((pair: unknown) => Array.isArray(pair) && String(pair[0]).toLowerCase() === "content-type")
    : undefined;
  return {
    item: null,
    eventType: sample.eventType,
    deliveryId: null,
    method: sample.method,
    contentType: Array.isArray(contentType) ? String(contentType[1]) : "application/json",
    receivedAt: sample.createdAt,
    path: "",
    query: sample.query,
    headers: sample.headers,
    body: sample.body,
  };
}

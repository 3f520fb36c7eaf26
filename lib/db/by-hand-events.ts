import type { NewEvent } from "#lib/db/accept-events.ts";
import { BY_HAND_KEY } from "#lib/db/missed-events.ts";
import type { Db } from "#lib/db/prisma.ts";

/**
 * Stores the event that a person made of a request for one flow, once however often that is asked for; returns the id
 * of the one that is there. No flow is started by it, and its key is the request's own: when the sender delivers it
 * again, that is a new event.
 */
export async function insertByHandEventOnce(requestId: string, event: NewEvent, db: Db): Promise<string> {
  const { workspaceId, endpointId, path, query, headers, checks, body, bodySha256, ...rest } = event;
  const dedupeKey = `${BY_HAND_KEY}${requestId}`;
  const { earlierKey: _earlier, windowStart: _window, ...columns } = rest;
  const { count } = await db.event.createMany({
    data: [
      {
        ...columns,
        workspaceId,
        endpointId,
        dedupeKey,
        verdict: "accepted",
        bodyBytes: body.byteLength,
        bodySha256: Buffer.from(bodySha256),
      },
    ],
    skipDuplicates: true,
  });
  if (count === 0) {
    const first = await db.event.findFirstOrThrow({
      where: { workspaceId, endpointId, dedupeKey },
      select: { id: true },
    });
    return first.id;
  }
  await db.eventPayload.create({
    data: { eventId: event.id, workspaceId, path, query, headers, checks, body: Buffer.from(body) },
  });
  return event.id;
}

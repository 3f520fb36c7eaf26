import { prisma } from "#lib/db/prisma.ts";

/** Settings that split a body which is a list, and know its items by their `id` and `type`. */
export const SPLIT_LIST = {
  split: { kind: "path", path: "" },
  dedupe: { kind: "source", source: { from: "body", path: "id" } },
  eventType: { from: "body", path: "type" },
} as const;

/** Posts a body, as JSON unless it is a text, and reads the answer. */
export async function postBody(url: string, body: unknown, contentType = "application/json") {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const answer = await fetch(url, { method: "POST", body: text, headers: { "content-type": contentType } });
  return { status: answer.status, ...((await answer.json()) as { event?: string; duplicate?: boolean }) };
}

/** The events of an endpoint, oldest first. */
export function listEvents(endpointId: string) {
  return prisma().event.findMany({ where: { endpointId }, orderBy: { id: "asc" } });
}

/** The runs of an endpoint by event and item. */
export function listItemRuns(endpointId: string) {
  return prisma().run.findMany({ where: { endpointId }, orderBy: [{ eventId: "asc" }, { itemIndex: "asc" }] });
}

/** The ids of the items that have a run, one for each run. */
export async function listIdsThatRan(endpointId: string) {
  const items = await prisma().eventItem.findMany({ where: { endpointId } });
  const ids = new Map(items.map((item) => [`${item.eventId}/${item.itemIndex}`, item.deliveryId]));
  return (await listItemRuns(endpointId)).map((run) => ids.get(`${run.eventId}/${run.itemIndex}`));
}

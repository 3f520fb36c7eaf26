import { z } from "@hono/zod-openapi";
import { computedAnswerSchema, loadComputedAnswer } from "#lib/api/computed-answer.ts";
import { idSchema, pageOf, pageQuery, timeSchema, toPage, toTime } from "#lib/api/fields.ts";
import { type Api, addOperation } from "#lib/api/operation.ts";
import { getLiveEndpoint } from "#lib/commands/endpoints/get-live-endpoint.ts";
import type { Actor } from "#lib/core/actor.ts";
import { NotFoundError } from "#lib/core/errors.ts";
import { pick } from "#lib/core/pick.ts";
import { REQUEST_VERDICTS, type RequestVerdict, VERIFICATIONS, type Verification } from "#lib/core/states.ts";
import { utf8Text } from "#lib/core/utf8-text.ts";
import { countEventItems, listEventItems } from "#lib/db/event-items.ts";
import { findEndpointOf } from "#lib/db/events.ts";
import { findRequest, listRequests, listRunsOfEvent, type RequestRow, type StoredRequest } from "#lib/db/requests.ts";
import { pathToToken } from "#lib/door/webhook-address.ts";
import type { CheckView, RequestDetail } from "#lib/views/endpoint-views.ts";
import { maskChecks, maskReason, maskRechecks, maskValue, seesPayloads } from "#lib/views/payload-mask.ts";
import { readStoredHeaders } from "#lib/webhooks/headers.ts";

const verdictSchema = z.enum(Object.keys(REQUEST_VERDICTS) as [RequestVerdict, ...RequestVerdict[]]);
/** Verdicts of requests that became an event; "duplicate" is a split one whose every item came before. */
const EVENT_VERDICTS = ["accepted", "parked", "no flow", "duplicate"] as const satisfies readonly RequestVerdict[];

const head = {
  id: z.string(),
  verdict: verdictSchema,
  verification: z.enum(Object.keys(VERIFICATIONS) as [Verification, ...Verification[]]),
  reason: z.string().nullable(),
  method: z.string(),
  eventType: z.string().nullable(),
  contentType: z.string().nullable(),
  bodyBytes: z.number().int(),
  clientIp: z.string().nullable(),
  duplicateCount: z.number().int(),
  receivedAt: timeSchema,
};
const HEAD_PARTS = [
  "id",
  "verdict",
  "verification",
  "reason",
  "method",
  "eventType",
  "contentType",
  "bodyBytes",
  "clientIp",
  "duplicateCount",
] as const;
const headSchema = z.object(head).openapi("RequestHead");
const detail = {
  ...head,
  endpointId: z.string(),
  message: z.string(),
  status: z.number().int().nullable(),
  eventId: z.string().nullable(),
  deliveryId: z.string().nullable(),
  path: z.string(),
  query: z.string().nullable().openapi({ description: "Null for a key that may not see payloads." }),
  headers: z
    .array(z.tuple([z.string(), z.string()]))
    .nullable()
    .openapi({
      type: "array",
      items: {},
      description: "Names and values in wire order. Null for a key that may not see payloads.",
    }),
  checks: z.array(z.any()).openapi({ description: "The checks it passed or failed, in order." }),
  rechecks: z.array(z.any()),
  bodySha256: z.string().nullable().openapi({ description: "Null too for a key that may not see payloads." }),
};
const requestSchema = z.object(detail).openapi("Request");
const eventSchema = z
  .object({
    ...detail,
    runs: z
      .array(z.object({ id: z.string(), flowId: z.string(), status: z.string(), kind: z.string() }))
      .openapi({ description: "The first 100. Those of a split event are listed with its items too." }),
    computedAnswer: computedAnswerSchema
      .nullable()
      .openapi({ description: "Null where no flow was to answer the sender." }),
    items: z.object({ count: z.number().int(), seenBefore: z.number().int() }).nullable().openapi({
      description: "How many items a split event has, and how many of them came before; null when it was not split.",
    }),
  })
  .openapi("Event");

const itemSchema = z
  .object({
    index: z.number().int().openapi({ description: "Its place in the batch, from 0." }),
    eventType: z.string().nullable(),
    deliveryId: z.string().nullable(),
    duplicate: z.boolean().openapi({ description: "It came before, so it started nothing here." }),
    firstEventId: z.string().nullable().openapi({ description: "The event a duplicate first came in." }),
    runs: z.array(z.object({ id: z.string(), status: z.string(), kind: z.string() })).openapi({
      description: "At most 10; for a duplicate those of its first coming.",
    }),
  })
  .openapi("EventItem");

const endpointParams = z.strictObject({ endpointId: idSchema });
const eventParams = z.strictObject({ eventId: idSchema });
const requestParams = z.strictObject({ requestId: idSchema });
const tag = "Events";

/** Adds the operations on events, and on the requests that made none. */
export function addRequestOperations(api: Api): void {
  addOperation(api, {
    name: "GET /endpoints/{endpointId}/events",
    id: "listEvents",
    tag,
    summary: "List an endpoint's events, newest first",
    params: endpointParams,
    query: z.strictObject({ ...pageQuery, verdict: z.enum(EVENT_VERDICTS).optional() }),
    answer: pageOf(headSchema),
    run: async (actor, { params, query: { verdict, ...page } }) =>
      list(actor, params.endpointId, page, verdict === undefined ? EVENT_VERDICTS : [verdict], true),
  });
  addOperation(api, {
    name: "GET /endpoints/{endpointId}/requests",
    id: "listRequests",
    tag,
    summary: "List everything that reached an endpoint, newest first",
    description:
      "Events and what made none: refused, duplicate and handshake requests, of which 1,000 are kept: the " +
      "first and last of each reason, network and hour before others.",
    params: endpointParams,
    query: z.strictObject({ ...pageQuery, verdict: verdictSchema.optional() }),
    answer: pageOf(headSchema),
    run: async (actor, { params, query: { verdict, ...page } }) =>
      list(actor, params.endpointId, page, verdict === undefined ? undefined : [verdict]),
  });
  addOperation(api, {
    name: "GET /events/{eventId}",
    id: "getEvent",
    tag,
    summary: "Read an event and the runs it started",
    params: eventParams,
    answer: eventSchema,
    run: async (actor, { params }) => {
      const event = await getRequest(actor, "event", params.eventId);
      const runs = await listRunsOfEvent(actor.workspaceId, event.id);
      const items = event.itemCount === null ? null : await countEventItems(actor.workspaceId, event.id);
      return {
        ...toRequest(actor, event),
        runs: runs.map(({ id, flowId, status, kind }) => ({ id, flowId, status, kind })),
        computedAnswer: await loadComputedAnswer(actor, event.id),
        items: items === null ? null : { count: event.itemCount ?? 0, seenBefore: items.seen },
      };
    },
  });
  addOperation(api, {
    name: "GET /events/{eventId}/items",
    id: "listEventItems",
    tag,
    summary: "List the items of a split event, in their order",
    description: "Empty for an event that was not split.",
    params: eventParams,
    query: z.strictObject({ limit: pageQuery.limit, after: z.coerce.number().int().min(0).optional() }),
    answer: z.object({
      items: z.array(itemSchema),
      nextAfter: z
        .number()
        .int()
        .nullable()
        .openapi({ description: "`after` of the next page; null on the last one." }),
    }),
    run: async (actor, { params, query: { limit, after } }) => {
      const event = await getRequest(actor, "event", params.eventId);
      const page = { limit: limit + 1, ...(after === undefined ? {} : { afterIndex: after }) };
      const found = await listEventItems(actor.workspaceId, event.id, page);
      const items = found.slice(0, limit).map((item) => ({
        ...item,
        deliveryId: maskValue(actor.role, item.deliveryId),
        runs: item.runs.map(({ id, status, kind }) => ({ id, status, kind })),
      }));
      return { items, nextAfter: found.length > limit ? (items.at(-1)?.index ?? null) : null };
    },
  });
  addOperation(api, {
    name: "GET /events/{eventId}/body",
    id: "getEventBody",
    tag,
    summary: "The exact bytes of an event's body",
    params: eventParams,
    bytes: true,
    run: async (actor, { params }) => toBytes(await getRequest(actor, "event", params.eventId)),
  });
  addOperation(api, {
    name: "GET /requests/{requestId}",
    id: "getRequest",
    tag,
    summary: "Read a request that made no event",
    params: requestParams,
    answer: requestSchema,
    run: async (actor, { params }) => toRequest(actor, await getRequest(actor, "request", params.requestId)),
  });
  addOperation(api, {
    name: "GET /requests/{requestId}/body",
    id: "getRequestBody",
    tag,
    summary: "The bytes of a request's body, at most 64 KB of them",
    params: requestParams,
    bytes: true,
    run: async (actor, { params }) => toBytes(await getRequest(actor, "request", params.requestId)),
  });
}

type PageQuery = { limit: number; cursor?: string | undefined };

async function list(
  actor: Actor,
  endpointId: string,
  { limit, cursor }: PageQuery,
  verdicts: readonly RequestVerdict[] | undefined,
  eventsOnly = false,
) {
  await getLiveEndpoint(actor, endpointId);
  const page = {
    limit: limit + 1,
    eventsOnly,
    ...(cursor === undefined ? {} : { beforeId: cursor }),
    ...(verdicts === undefined ? {} : { verdicts }),
  };
  return toPage(await listRequests(actor.workspaceId, endpointId, page), limit, toHead);
}

async function getRequest(actor: Actor, kind: "event" | "request", id: string): Promise<StoredRequest> {
  const endpointId = await findEndpointOf(actor.workspaceId, kind, id);
  const found = endpointId === null ? null : await findRequest(actor.workspaceId, endpointId, id);
  if (found === null) throw new NotFoundError(kind);
  return found;
}

function toHead(row: Omit<RequestRow, "rechecked">): z.input<typeof headSchema> {
  return { ...pick(row, HEAD_PARTS), receivedAt: toTime(row.receivedAt) };
}

function toRequest(actor: Actor, request: StoredRequest): z.input<typeof requestSchema> {
  const { endpointId, status, eventId } = request;
  const { role } = actor;
  return {
    ...toHead(request),
    ...{ endpointId, status, eventId },
    path: seesPayloads(role) ? request.path : pathToToken(request.path),
    message: maskReason(role, request),
    deliveryId: maskValue(role, request.deliveryId),
    query: maskValue(role, utf8Text(request.query)),
    headers: maskValue(role, readStoredHeaders(request.headers)),
    checks: maskChecks(role, JSON.parse(request.checks) as CheckView[]),
    rechecks: maskRechecks(role, JSON.parse(request.rechecks) as RequestDetail["rechecks"]),
    bodySha256: maskValue(role, request.bodySha256?.toString("hex") ?? null),
  };
}

/** Bytes of a stranger: never shown by a browser, never taken for anything but bytes. */
function toBytes({ id, body }: StoredRequest): Response {
  return new Response(new Uint8Array(body), {
    headers: {
      "content-type": "application/octet-stream",
      "content-disposition": `attachment; filename="${id}.bin"`,
      "content-security-policy": "default-src 'none'; sandbox",
      "x-content-type-options": "nosniff",
    },
  });
}

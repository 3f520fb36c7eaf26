import type { Actor } from "#lib/core/actor.ts";
import { parseStoredSettings } from "#lib/core/endpoint-settings.ts";
import { isUuid } from "#lib/core/ids.ts";
import type { RequestVerdict } from "#lib/core/states.ts";
import { KIB } from "#lib/core/units.ts";
import { utf8Text } from "#lib/core/utf8-text.ts";
import { findEndpoint } from "#lib/db/endpoints.ts";
import { findRequest, listRequests, listRunsOfEvent, type RequestRow, type StoredRequest } from "#lib/db/requests.ts";
import { describeRequest } from "#lib/door/describe-request.ts";
import { readChecks, readUsedSecret, wasAcceptedByHand } from "#lib/door/stored-checks.ts";
import { pathToToken } from "#lib/door/webhook-address.ts";
import { loadAnswer } from "#lib/loaders/answer-view.ts";
import { curlOf } from "#lib/loaders/curl-of.ts";
import { urlOf } from "#lib/loaders/endpoints.ts";
import { loadItems } from "#lib/loaders/event-items.ts";
import { findTests } from "#lib/loaders/find-tests.ts";
import type { Recognition, RequestBodyView, RequestDetail, RequestItem } from "#lib/views/endpoint-views.ts";
import { maskChecks, maskReason, maskRechecks, maskValue, maskWords, seesPayloads } from "#lib/views/payload-mask.ts";
import { readStoredHeaders } from "#lib/webhooks/headers.ts";
import { findProvider } from "#lib/webhooks/providers/registry.generated.ts";
import { recognizeSender } from "#lib/webhooks/recognize.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";

/** Rows of one page of the inspector. */
export const INSPECTOR_PAGE_ROWS = 100;

const SHOWN_BODY_BYTES_MAX = 256 * KIB;

/** What of an endpoint's requests is asked for. */
export type InspectorQuery = {
  beforeId?: string;
  afterId?: string;
  verdicts?: readonly RequestVerdict[];
  /** Only what this instance sent itself, or only what others did; looked for among the newest 1,000 of the page. */
  tests?: "only" | "without";
};

/** Requests looked at for tests, which only their headers tell. */
const TESTS_AMONG = 1_000;

/** One page of an endpoint's requests, newest first; null when the workspace has no such endpoint. */
export async function loadRequests(
  actor: Actor,
  endpointId: string,
  query: InspectorQuery,
): Promise<RequestItem[] | null> {
  if (!isUuid(endpointId) || (await findEndpoint(actor.workspaceId, endpointId)) === null) return null;
  const { tests: wanted, ...page } = query;
  const limit = wanted === undefined ? INSPECTOR_PAGE_ROWS : TESTS_AMONG;
  const rows = await listRequests(actor.workspaceId, endpointId, { limit, ...page });
  const tests = await findTests(
    actor.workspaceId,
    endpointId,
    rows.map(({ id }) => id),
  );
  return rows
    .map((row) => toItem(row, tests.has(row.id)))
    .filter(({ isTest }) => wanted === undefined || isTest === (wanted === "only"))
    .slice(0, INSPECTOR_PAGE_ROWS);
}

/** One request opened; null when the workspace has none with this id. People who may not see payloads get none. */
export async function loadRequest(actor: Actor, endpointId: string, requestId: string): Promise<RequestDetail | null> {
  if (!isUuid(endpointId) || !isUuid(requestId)) return null;
  const [endpoint, request] = await Promise.all([
    findEndpoint(actor.workspaceId, endpointId),
    findRequest(actor.workspaceId, endpointId, requestId),
  ]);
  if (endpoint === null || request === null) return null;
  const items = await loadItems(actor, request);
  const runs = request.kind === "event" && items === null ? await listRunsOfEvent(actor.workspaceId, request.id) : [];
  const checks = readChecks(request.checks);
  const { role } = actor;
  const seesPayload = seesPayloads(role);
  return {
    ...toItem(request, (await findTests(actor.workspaceId, endpointId, [request.id])).has(request.id)),
    kind: request.kind,
    sentence: describeRequest({
      ...request,
      message: maskReason(role, request),
      providerName: findProvider(endpoint.provider)?.name ?? endpoint.provider,
      secret: readUsedSecret(checks)?.words ?? null,
      runCount: items?.runs ?? runs.filter((run) => run.kind === "event").length,
      byHandCount: runs.filter((run) => run.kind === "replay").length,
      items,
      acceptedByHand: wasAcceptedByHand(checks),
    }),
    checks: maskChecks(
      role,
      checks.map(({ id, status, message }) => ({ id, status, message })),
    ),
    rechecks: maskRechecks(role, JSON.parse(request.rechecks) as RequestDetail["rechecks"]),
    runs,
    items: items === null ? null : { seen: items.seen, shown: items.shown },
    relatedEventId: request.eventId,
    deliveryId: maskValue(role, request.deliveryId),
    answer: await loadAnswer(actor, request, endpoint),
    path: seesPayload ? request.path : pathToToken(request.path),
    contentType: request.contentType,
    // Whoever guesses a short body could check the guess against its hash.
    sha256: maskWords(role, request.bodySha256?.toString("hex") ?? null),
    headers: seesPayload ? readStoredHeaders(request.headers) : null,
    query: seesPayload ? utf8Text(request.query) : null,
    body: seesPayload ? bodyView(request) : null,
    reading: null,
    curl: seesPayload ? curlOf(request, urlOf(endpoint)) : null,
    doctor: null,
  };
}

/** The exact stored bytes of a request, for download; null when there are none to see. */
export async function loadRequestBody(actor: Actor, endpointId: string, requestId: string): Promise<Buffer | null> {
  if (!seesPayloads(actor.role) || !isUuid(endpointId) || !isUuid(requestId)) return null;
  return (await findRequest(actor.workspaceId, endpointId, requestId))?.body ?? null;
}

/** Which sender the first requests look like, while the endpoint has none chosen; null when they do not say. */
export async function loadRecognition(actor: Actor, endpointId: string): Promise<Recognition | null> {
  const endpoint = isUuid(endpointId) ? await findEndpoint(actor.workspaceId, endpointId) : null;
  if (
    endpoint === null ||
    endpoint.provider !== "none" ||
    parseStoredSettings(endpoint.settings).verification === "required"
  )
    return null;
  const rows = await listRequests(actor.workspaceId, endpointId, { limit: 5 });
  const stored = (await Promise.all(rows.map((row) => findRequest(actor.workspaceId, endpointId, row.id)))).filter(
    (row) => row !== null,
  );
  const newest = stored[0];
  if (newest === undefined) return null;
  const id = recognizeSender([toWebhook(newest)]) ?? recognizeSender(stored.map(toWebhook));
  const provider = id === null ? null : findProvider(id);
  if (provider === null || provider.id === "none") return null;
  return {
    providerId: provider.id,
    name: provider.name,
    requestId: newest.id,
    secretWhere: provider.help.secretWhere,
    secretLooksLike: provider.help.secretLooksLike,
  };
}

function toWebhook(request: StoredRequest): WebhookRequest {
  const headers = JSON.parse(request.headers) as Array<[string, string]>;
  return {
    method: request.method,
    url: request.query === "" ? request.path : `${request.path}?${request.query}`,
    headers,
    body: request.body,
  };
}

function toItem(row: Omit<RequestRow, "rechecked">, isTest: boolean): RequestItem {
  const {
    id,
    verdict,
    verification,
    reason,
    method,
    eventType,
    bodyBytes,
    clientIp,
    duplicateCount,
    answerMs,
    itemCount,
  } = row;
  return {
    id,
    verdict,
    verification,
    reason,
    method,
    eventType,
    bodyBytes,
    clientIp,
    duplicateCount,
    answerMs,
    itemCount,
    isTest,
    receivedAt: row.receivedAt.toISOString(),
  };
}

function bodyView(request: StoredRequest): RequestBodyView {
  const shown = request.body.subarray(0, SHOWN_BODY_BYTES_MAX);
  const text = decodeUtf8(shown, shown.byteLength < request.body.byteLength);
  const counts = { bytes: request.bodyBytes, keptBytes: request.body.byteLength, shownBytes: shown.byteLength };
  if (request.bodyBytes === 0) return { ...counts, text: "", base64: null, kind: "empty" };
  if (text === null)
    return { ...counts, text: null, base64: shown.subarray(0, 4 * KIB).toString("base64"), kind: "binary" };
  return { ...counts, text, base64: null, kind: kindOf(request.contentType, text) };
}

/** UTF-8 text, or null when the bytes are not; a character cut at the end is left out. */
function decodeUtf8(bytes: Uint8Array, cut: boolean): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes, { stream: cut });
  } catch {
    return null;
  }
}

function kindOf(contentType: string | null, text: string): RequestBodyView["kind"] {
  const type = contentType?.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (type === "application/x-www-form-urlencoded") return "form";
  if (type.endsWith("/json") || type.endsWith("+json") || /^\s*[[{]/.test(text)) return "json";
  if (type.endsWith("/xml") || type.endsWith("+xml")) return "xml";
  return "text";
}

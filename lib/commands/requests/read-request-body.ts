import { isDeviation } from "#lib/bodies/body-notes.ts";
import { decodeText } from "#lib/bodies/charset.ts";
import { isJsonType, readContentType } from "#lib/bodies/content-type.ts";
import { describeNote } from "#lib/bodies/describe-note.ts";
import { type Actor, authorize } from "#lib/core/actor.ts";
import { isUuid } from "#lib/core/ids.ts";
import { KIB } from "#lib/core/units.ts";
import { findRequest, type StoredRequest } from "#lib/db/requests.ts";
import { type ReadStoredBody, readStoredBody } from "#lib/reception/read-stored-body.ts";
import { readWrittenCloudEvents } from "#lib/reception/read-written-cloud-events.ts";
import type { BodyDeviationView, BodyReadingView, CloudEventsView } from "#lib/views/body-views.ts";
import { listHeader, readStoredHeaders } from "#lib/webhooks/headers.ts";
import type { HeaderList } from "#lib/webhooks/types.ts";

const SHOWN_TEXT_BYTES_MAX = 256 * KIB;
const SHOWN_EVENTS_MAX = 50;
const SHOWN_FIELDS_MAX = 1_000;
const SHOWN_FIELD_CHARACTERS_MAX = 2_000;

/** A file out of a multipart body. */
export type RequestFile = { readonly filename: string; readonly bytes: Uint8Array };

/** What a stored request's body turned out to be; null when there is none, or it was not kept whole. */
export async function readRequestBody(
  actor: Actor,
  endpointId: string,
  requestId: string,
): Promise<BodyReadingView | null> {
  authorize(actor, "payload.read");
  const request = await findWhole(actor, endpointId, requestId);
  if (request === null) return null;
  const headers = readStoredHeaders(request.headers);
  const { parsed, coding, decoded } = await readStoredBody(bodyOf(request, headers), { asWritten: true });
  const fields = parsed.kind === "multipart" ? fieldsOf(parsed.value) : [];
  const problems = parsed.notes.map((note) => describeNote(note));
  const unfolded = coding !== null && decoded !== request.body;
  const { text, cut } = otherText(request, parsed.kind, decoded, unfolded);
  return {
    kind: parsed.kind,
    coding: unfolded ? { name: coding, decodedBytes: decoded.byteLength } : null,
    text,
    cut,
    problems,
    listItems: parsed.kind === "json" && Array.isArray(parsed.value) ? parsed.value.length : null,
    fields,
    files: (parsed.files ?? []).map(({ base64: _content, ...file }, index) => ({ index, ...file })),
    cloudEvents: cloudEventsOf(headers, parsed),
  };
}

/**
 * In what a stored request's body is not what its headers say it is, in sentences; none where it is, or was not kept
 * whole.
 */
export async function readBodyDeviations(
  actor: Actor,
  endpointId: string,
  requestId: string,
): Promise<BodyDeviationView[]> {
  authorize(actor, "payload.read");
  const request = await findWhole(actor, endpointId, requestId);
  if (request === null) return [];
  const { parsed } = await readStoredBody(bodyOf(request, readStoredHeaders(request.headers)));
  return parsed.notes.filter(isDeviation).map((note) => ({ kind: note.kind, ...describeNote(note) }));
}

/** The content of one file of a stored multipart body; null when there is no such file. */
export async function readRequestFile(
  actor: Actor,
  endpointId: string,
  requestId: string,
  index: number,
): Promise<RequestFile | null> {
  authorize(actor, "payload.read");
  const request = Number.isInteger(index) && index >= 0 ? await findWhole(actor, endpointId, requestId) : null;
  if (request === null) return null;
  const { parsed } = await readStoredBody(bodyOf(request, JSON.parse(request.headers) as HeaderList), {
    fileContent: index,
  });
  const file = parsed.files?.[index];
  if (file === undefined || file.base64 === null) return null;
  return { filename: file.filename, bytes: Buffer.from(file.base64, "base64") };
}

async function findWhole(actor: Actor, endpointId: string, requestId: string): Promise<StoredRequest | null> {
  if (!isUuid(endpointId) || !isUuid(requestId)) return null;
  const request = await findRequest(actor.workspaceId, endpointId, requestId);
  return request === null || request.body.byteLength < request.bodyBytes ? null : request;
}

function bodyOf({ contentType, body }: StoredRequest, headers: HeaderList) {
  return { contentType, contentEncoding: listHeader(headers, "content-encoding"), bytes: body };
}

/** Fields of a multipart body as one list; files stand in a list of their own. */
function fieldsOf(value: unknown): Array<[string, string]> {
  if (typeof value !== "object" || value === null) return [];
  const fields = Object.entries(value).flatMap(([name, part]) =>
    (Array.isArray(part) ? (part as unknown[]) : [part]).map((one) => [name, one] as const),
  );
  return fields
    .filter((field): field is readonly [string, string] => typeof field[1] === "string")
    .slice(0, SHOWN_FIELDS_MAX)
    .map(([name, text]) => [name, shortened(text)]);
}

function cloudEventsOf(headers: HeaderList, parsed: ReadStoredBody["parsed"]): CloudEventsView | null {
  const found = readWrittenCloudEvents(headers, parsed);
  if (found === null) return null;
  const events = found.events
    .slice(0, SHOWN_EVENTS_MAX)
    .map(({ attributes }) =>
      Object.entries(attributes).map(([name, value]): [string, string] => [name, shortened(value)]),
    );
  return { mode: found.mode, count: found.events.length, events };
}

function shortened(text: string): string {
  return text.length <= SHOWN_FIELD_CHARACTERS_MAX ? text : `${text.slice(0, SHOWN_FIELD_CHARACTERS_MAX)}…`;
}

/** The readable text of a body whose bytes as sent are not simply UTF-8. */
function otherText(
  { contentType }: StoredRequest,
  kind: ReadStoredBody["parsed"]["kind"],
  decoded: Uint8Array,
  unfolded: boolean,
): { text: string | null; cut: boolean } {
  const none = { text: null, cut: false };
  if (kind === "binary" || kind === "multipart" || kind === "empty") return none;
  const shown = decoded.subarray(0, SHOWN_TEXT_BYTES_MAX);
  const cut = shown.byteLength < decoded.byteLength;
  const plain = utf8Of(shown);
  if (plain !== null) return unfolded ? { text: plain, cut } : none;
  const { type, charset } = readContentType(contentType);
  return { text: decodeText(shown, charset, isJsonType(type)).text, cut };
}

function utf8Of(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes, { stream: true });
  } catch {
    return null;
  }
}

import { isDeviation } from "#lib/bodies/body-notes.ts";
import type { BodyReading } from "#lib/bodies/body-reading.ts";
import { decodeText } from "#lib/bodies/charset.ts";
import { isJsonType, readContentType } from "#lib/bodies/content-type.ts";
import { readFormPairs } from "#lib/bodies/form-pairs.ts";
import { type FormTexts, textsOfForm } from "#lib/bodies/form-texts.ts";
import type { Json } from "#lib/core/json.ts";
import { JsonText, type Written, type WrittenObject } from "#lib/core/json-text.ts";
import type { ClaimedEvent, OwnBody } from "#lib/db/claims.ts";
import type { TriggerNeeds } from "#lib/engine/trigger-needs.ts";
import { triggerScope } from "#lib/engine/trigger-scope.ts";
import { readStoredBody } from "#lib/reception/read-stored-body.ts";
import { readWrittenCloudEvents } from "#lib/reception/read-written-cloud-events.ts";
import type { CloudEvents } from "#lib/webhooks/cloud-events.ts";
import { listHeader, readableHeaders } from "#lib/webhooks/headers.ts";

/**
 * An event as a run sees it; `hasOwnBody`: its body stands in for the one that came over the wire, and is not encoded.
 */
export type TriggerEvent = ClaimedEvent & { readonly hasOwnBody?: boolean };

/** An item of a batch of CloudEvents is one in its JSON form; an item without a specversion is none. */
const ITEM_HEADERS = [["content-type", "application/cloudevents+json"]] as const;

/** What expressions see as `trigger` for a stored event; large bodies are parsed away from the event loop. */
export async function readTrigger(event: TriggerEvent, needs: TriggerNeeds): Promise<WrittenObject> {
  const headers = readableHeaders(readHeaders(event.headers));
  const asSent = event.item === null && event.hasOwnBody !== true;
  const { parsed, decoded } = await readStoredBody(
    {
      contentType: event.contentType,
      contentEncoding: asSent ? listHeader(headers, "content-encoding") : null,
      bytes: event.body,
    },
    { exact: needs.exact !== false, asWritten: true, ...(needs.files === true ? { fileContent: "all" } : {}) },
  );
  const cloudEvents = needs.cloudEvent
    ? readWrittenCloudEvents(event.item === null ? headers : ITEM_HEADERS, parsed)
    : null;
  return triggerScope({
    body: bodyOf(parsed),
    rawBody: needs.rawBody ? rawText(event.contentType, decoded, parsed) : null,
    exact: exactOf(parsed, needs.exact),
    cloudEvent: cloudEvents === null ? undefined : cloudEventScope(cloudEvents, bodyOf(parsed)),
    files: needs.files !== false && parsed.files !== undefined ? parsed.files.map((file) => ({ ...file })) : undefined,
    notes: deviationsOf(parsed),
    headers,
    query: readQuery(event.query),
    method: event.method,
    path: event.path,
    eventType: event.eventType,
    deliveryId: event.deliveryId,
    receivedAt: event.receivedAt,
    item: event.item,
  });
}

function deviationsOf({ notes }: BodyReading): Json | undefined {
  const found = notes.filter(isDeviation).map((note): Json => ({ ...note }));
  return found.length === 0 ? undefined : found;
}

/** The body's text in the charset it was read in; what is no text is read as UTF-8 all the same. */
function rawText(contentType: string | null, bytes: Uint8Array, { kind }: BodyReading): string {
  if (kind === "binary" || kind === "multipart") return new TextDecoder().decode(bytes);
  const { type, charset } = readContentType(contentType);
  return decodeText(bytes, charset, isJsonType(type)).text;
}

/** A JSON body stays as it was written: what is only passed on is never parsed. */
function bodyOf(parsed: BodyReading): Written {
  return parsed.json === undefined ? (parsed.value as Json) : new JsonText(parsed.json);
}

function exactOf(parsed: BodyReading, need: TriggerNeeds["exact"]): Written | undefined {
  const differs = parsed.notes.some((problem) => problem.kind === "lossy-number");
  if (need !== true && !(need === "where it differs" && differs)) return undefined;
  return parsed.exact === undefined ? bodyOf(parsed) : new JsonText(JSON.stringify(parsed.exact));
}

function cloudEventScope({ mode, events }: CloudEvents, body: Written): Written {
  const written = body instanceof JsonText ? dataIn(mode, body) : null;
  const shown = events.map(({ attributes, data }, index) => ({
    attributes: { ...attributes },
    data: written?.[index] ?? (data as Json),
  }));
  return mode === "batch" ? { mode, events: shown } : { mode, ...shown[0] };
}

/** The data of the events of a JSON body as it was written, in their order. */
function dataIn(mode: CloudEvents["mode"], body: JsonText): (JsonText | undefined)[] {
  if (mode === "binary") return [body];
  const events = mode === "batch" ? (body.items(Number.POSITIVE_INFINITY) ?? []) : [body];
  return events
    .filter((event) => event.member("specversion") !== undefined)
    .map((event) => event.member("data") ?? event.member("data_base64"));
}

/** A query as Node gave it, one character a byte, in the charset it is in or names, as forms are read. */
function readQuery(query: string): FormTexts["fields"] {
  const isBytes = !/[^\0-\xff]/.test(query);
  return textsOfForm(readFormPairs(Buffer.from(query, isBytes ? "latin1" : "utf8"), null), null).fields;
}

function readHeaders(text: string): [string, string][] {
  const pairs: unknown = JSON.parse(text);
  if (!Array.isArray(pairs)) return [];
  return pairs.flatMap((pair: unknown) =>
    Array.isArray(pair) && typeof pair[0] === "string" && typeof pair[1] === "string"
      ? [[pair[0], pair[1]] satisfies [string, string]]
      : [],
  );
}

/**
 * An event as the run of one of its items or a replay with another body sees it; everything else stays as it was
 * received.
 */
export function withOwnBody(event: ClaimedEvent, ownBody: OwnBody | null): TriggerEvent {
  if (ownBody === null) return event;
  // An item is JSON also where its batch came in a form, and so is an edited one.
  const contentType = event.item === null ? event.contentType : "application/json";
  const text: unknown = ownBody.kind === "item" ? ownBody.data : JSON.parse(ownBody.data);
  return typeof text === "string"
    ? { ...event, contentType, body: new TextEncoder().encode(text), hasOwnBody: true }
    : event;
}

import type { BodyReading } from "#lib/bodies/body-reading.ts";
import { JsonText } from "#lib/core/json-text.ts";
import { type CloudEvents, readCloudEvents } from "#lib/webhooks/cloud-events.ts";
import { mediaType } from "#lib/webhooks/headers.ts";
import type { HeaderList } from "#lib/webhooks/types.ts";

/**
 * The CloudEvents in a request whose body was read as it was written; null when it carries none. What such an event
 * holds as its data is a JsonText where no value was made of the body.
 */
export function readWrittenCloudEvents(headers: HeaderList, { value, json }: BodyReading): CloudEvents | null {
  if (value !== undefined || json === undefined) return readCloudEvents(headers, value);
  const body = new JsonText(json);
  const isEnvelope = mediaType(headers)?.startsWith("application/cloudevents") === true;
  return readCloudEvents(headers, isEnvelope ? envelopeOf(body) : body);
}

function envelopeOf(body: JsonText): unknown {
  return body.kind === "list" ? (body.items(Number.POSITIVE_INFINITY) ?? []).map(membersOf) : membersOf(body);
}

/** The members of an object, those that hold others as they were written. */
function membersOf(event: JsonText): unknown {
  if (event.kind !== "object") return null;
  return Object.fromEntries(
    [...event.members()].map(([name, member]) => [name, isNested(member) ? member : member.value] as const),
  );
}

function isNested({ kind }: JsonText): boolean {
  return kind === "object" || kind === "list";
}

import { headerValue, mediaType, readHeader } from "#lib/webhooks/headers.ts";
import type { HeaderList } from "#lib/webhooks/types.ts";

/** One event of the CloudEvents 1.0 format: its attributes, extensions among them, and its data. */
export type CloudEvent = { readonly attributes: Readonly<Record<string, string>>; readonly data: unknown };

/** The events a request carries and how (CloudEvents HTTP binding 1.0.2, section 3). */
export type CloudEvents = { readonly mode: "binary" | "structured" | "batch"; readonly events: readonly CloudEvent[] };

/** Most events of a batch that are read. */
const EVENTS_MAX = 1_000;
const ATTRIBUTE_CHARACTERS_MAX = 4_096;

/** The CloudEvents in a request of any sender, or null when it carries none. `body` is the parsed body. */
export function readCloudEvents(headers: HeaderList, body: unknown): CloudEvents | null {
  switch (mediaType(headers)) {
    case "application/cloudevents+json": {
      const event = structuredEvent(body);
      return event === null ? null : { mode: "structured", events: [event] };
    }
    case "application/cloudevents-batch+json": {
      if (!Array.isArray(body)) return null;
      const events = body.slice(0, EVENTS_MAX).map(structuredEvent);
      return { mode: "batch", events: events.filter((event) => event !== null) };
    }
    default:
      return binaryEvent(headers, body);
  }
}

function binaryEvent(headers: HeaderList, body: unknown): CloudEvents | null {
  if (readHeader(headers, "ce-specversion").kind !== "one") return null;
  const attributes: Array<[string, string]> = [];
  for (const [sent, value] of headers) {
    const name = /^ce-([a-z0-9]{1,100})$/i.exec(sent)?.[1]?.toLowerCase();
    if (name !== undefined) attributes.push([name, percentDecoded(value).slice(0, ATTRIBUTE_CHARACTERS_MAX)]);
  }
  const contentType = headerValue(headers, "content-type");
  if (contentType !== null) attributes.push(["datacontenttype", contentType]);
  return { mode: "binary", events: [{ attributes: Object.fromEntries(attributes), data: body }] };
}

/** The JSON format: members are attributes, but for `data` and `data_base64`, which stays base64. */
function structuredEvent(value: unknown): CloudEvent | null {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, "specversion")) return null;
  const members = Object.entries(value as Record<string, unknown>);
  const attributes = members.flatMap(([name, member]) =>
    name !== "data" && name !== "data_base64" && member !== null && typeof member !== "object"
      ? [[name, String(member).slice(0, ATTRIBUTE_CHARACTERS_MAX)] as const]
      : [],
  );
  const data = members.find(([name]) => name === "data") ?? members.find(([name]) => name === "data_base64");
  return { attributes: Object.fromEntries(attributes), data: data?.[1] ?? null };
}

/** Header values are percent-encoded UTF-8 (section 3.1.3.2); a broken one stays as it was sent. */
function percentDecoded(value: string): string {
  if (!value.includes("%")) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

import { getLiveEndpoint } from "#lib/commands/endpoints/get-live-endpoint.ts";
import { type Actor, authorize } from "#lib/core/actor.ts";
import type { Json } from "#lib/core/json.ts";
import { MIB } from "#lib/core/units.ts";
import { listSampleBodies } from "#lib/db/sample-bodies.ts";
import { findStoredBodies, listStoredHeads } from "#lib/db/stored-requests.ts";
import { inferSchema, listSeenFields } from "#lib/engine/schema/infer-schema.ts";
import type { SchemaProposal } from "#lib/engine/schema/schema-proposal.ts";
import { readStoredBody } from "#lib/reception/read-stored-body.ts";
import { headerValue, listHeader } from "#lib/webhooks/headers.ts";
import type { HeaderList } from "#lib/webhooks/types.ts";

const BODIES_MAX = 50;
const BODY_BYTES_MAX = MIB;
/** How far back events are looked for: refused requests stand between them. */
const LOOKED_AT_MAX = 500;
/** What a schema may have in characters, with room for what a person adds. */
const TEXT_CHARACTERS_MAX = 48 * 1_024;

/**
 * What the newest 50 events of an endpoint (its samples while it has none) have in common, as a JSON Schema they all
 * fit and as a list of fields. Bodies over 1 MiB and those without fields are left out.
 */
export async function proposeSchema(actor: Actor, endpointId: string): Promise<SchemaProposal> {
  authorize(actor, "endpoint.edit");
  authorize(actor, "payload.read");
  await getLiveEndpoint(actor, endpointId);
  const events = await readEventBodies(actor, endpointId);
  const bodies = events.length > 0 ? events : await readSampleBodies(actor, endpointId);
  let depth = 20;
  let text = JSON.stringify(inferSchema(bodies), null, 2);
  while (text.length > TEXT_CHARACTERS_MAX && depth > 0) text = JSON.stringify(inferSchema(bodies, --depth), null, 2);
  return { bodies: bodies.length, text, fields: listSeenFields(bodies) };
}

async function readEventBodies(actor: Actor, endpointId: string): Promise<Json[]> {
  const heads = await listStoredHeads(actor.workspaceId, endpointId, LOOKED_AT_MAX);
  const events = heads
    .filter((head) => head.kind === "event" && head.headers !== null && head.keptBytes <= BODY_BYTES_MAX)
    .slice(0, BODIES_MAX);
  const bytes = await findStoredBodies(actor.workspaceId, events);
  const bodies: Json[] = [];
  for (const { id, headers } of events) bodies.push(...(await readFields(headers ?? "[]", bytes.get(id))));
  return bodies;
}

async function readSampleBodies(actor: Actor, endpointId: string): Promise<Json[]> {
  const bodies: Json[] = [];
  for (const { headers, body } of await listSampleBodies(actor.workspaceId, endpointId, BODIES_MAX, BODY_BYTES_MAX))
    bodies.push(...(await readFields(headers, body)));
  return bodies;
}

async function readFields(headersJson: string, bytes: Uint8Array | undefined): Promise<Json[]> {
  if (bytes === undefined) return [];
  const headers = JSON.parse(headersJson) as HeaderList;
  const { parsed } = await readStoredBody({
    contentType: headerValue(headers, "content-type"),
    contentEncoding: listHeader(headers, "content-encoding"),
    bytes,
  });
  return typeof parsed.value === "object" && parsed.value !== null && parsed.kind !== "binary"
    ? [parsed.value as Json]
    : [];
}

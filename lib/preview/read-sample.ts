import { NotFoundError } from "#lib/core/errors.ts";
import { isUuid, type WorkspaceId } from "#lib/core/ids.ts";
import type { JsonObject } from "#lib/core/json.ts";
import type { ClaimedEvent } from "#lib/db/claims.ts";
import { findEndpoint } from "#lib/db/endpoints.ts";
import { findNamedSample, findSampleEvent } from "#lib/db/flow-samples.ts";
import { parseStoredSettings } from "#lib/door/endpoint-settings.ts";
import { splitOf } from "#lib/door/split-event.ts";
import type { SampleRef } from "#lib/engine/edit/preview-types.ts";
import type { FlowDefinition } from "#lib/engine/flow-definition.ts";
import { sampleNeeds } from "#lib/engine/trigger-needs.ts";
import { readTrigger } from "#lib/preview/read-trigger.ts";
import { isReadApart, readApart } from "#lib/reception/read-delivery.ts";
import { readableRequest } from "#lib/reception/readable-request.ts";
import { findProvider } from "#lib/webhooks/providers/registry.generated.ts";
import type { HeaderList } from "#lib/webhooks/types.ts";

/**
 * What expressions see as `trigger` for a builder's sample, as the flow's endpoint would give it to a run: where it
 * splits batches, the first item. Throws NotFoundError when the event or sample is gone.
 */
export async function readSample(
  workspaceId: WorkspaceId,
  sample: SampleRef,
  definition: Pick<FlowDefinition, "trigger">,
  now: Date,
): Promise<JsonObject> {
  const { endpointId } = definition.trigger;
  return readTrigger(
    await asFirstItem(workspaceId, endpointId, await findSample(workspaceId, sample, now)),
    sampleNeeds(JSON.stringify(definition)),
  );
}

async function findSample(workspaceId: WorkspaceId, sample: SampleRef, now: Date): Promise<ClaimedEvent> {
  switch (sample.kind) {
    case "event": {
      const event = await findSampleEvent(workspaceId, sample.eventId);
      if (event === null) throw new NotFoundError("event");
      return event;
    }
    case "sample": {
      const named = await findNamedSample(workspaceId, sample.sampleId);
      if (named === null) throw new NotFoundError("sample");
      return named;
    }
    case "pasted":
      return {
        item: null,
        eventType: sample.eventType,
        deliveryId: null,
        method: "POST",
        contentType: sample.contentType,
        receivedAt: now,
        path: "",
        query: "",
        headers: JSON.stringify([["content-type", sample.contentType]]),
        body: new TextEncoder().encode(sample.body),
      };
  }
}

async function asFirstItem(
  workspaceId: WorkspaceId,
  endpointId: string | null,
  event: ClaimedEvent,
): Promise<ClaimedEvent> {
  const endpoint = endpointId !== null && isUuid(endpointId) ? await findEndpoint(workspaceId, endpointId) : null;
  const provider = endpoint === null ? null : findProvider(endpoint.provider);
  if (endpoint === null || provider === null) return event;
  const { method, path, query, body } = event;
  const url = query === "" ? path : `${path}?${query}`;
  const request = await readableRequest({ method, url, headers: JSON.parse(event.headers) as HeaderList, body });
  const receiver = { endpointId: endpoint.id, workspaceId, provider, settings: parseStoredSettings(endpoint.settings) };
  const large = isReadApart(receiver, request) ? await readApart(receiver, request, event.receivedAt) : null;
  if (large?.kind === "unread") return event;
  const split = large?.split ?? splitOf(receiver.settings, provider, request);
  const first = split.kind === "items" ? split.items[0] : undefined;
  if (split.kind !== "items" || first === undefined) return event;
  return {
    ...event,
    item: { index: 0, count: split.items.length },
    eventType: first.eventType,
    deliveryId: first.deliveryId,
    contentType: "application/json",
    body: typeof first.json === "string" ? Buffer.from(first.json) : first.json,
  };
}

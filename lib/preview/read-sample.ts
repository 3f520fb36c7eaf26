import { NotFoundError } from "#lib/core/errors.ts";
import { isUuid, newId, type WorkspaceId } from "#lib/core/ids.ts";
import type { WrittenObject } from "#lib/core/json-text.ts";
import type { ClaimedEvent } from "#lib/db/claims.ts";
import { findEndpoint } from "#lib/db/endpoints.ts";
import { findNamedSample, findSampleEvent } from "#lib/db/flow-samples.ts";
import { takeByHand } from "#lib/door/judge-request.ts";
import type { Passing } from "#lib/door/passing.ts";
import type { Receiver } from "#lib/door/receiver.ts";
import type { SampleRef } from "#lib/engine/edit/preview-question.ts";
import type { FlowDefinition } from "#lib/engine/flow-definition.ts";
import { sampleNeeds } from "#lib/engine/trigger-needs.ts";
import { readTrigger } from "#lib/preview/read-trigger.ts";
import { toReceiver } from "#lib/reception/load-receiver.ts";
import { storedPassingWithBody } from "#lib/reception/stored-passing.ts";
import { findProvider } from "#lib/webhooks/providers/registry.generated.ts";

/**
 * What expressions see as `trigger` for a builder's sample, as the flow's endpoint would give it to a run: where it
 * splits batches, the first item. Throws NotFoundError when the event or sample is gone.
 */
export async function readSample(
  workspaceId: WorkspaceId,
  sample: SampleRef,
  definition: Pick<FlowDefinition, "trigger">,
  now: Date,
): Promise<WrittenObject> {
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
  if (endpoint === null || findProvider(endpoint.provider) === null) return event;
  // Without secrets: nothing is verified here.
  const receiver = toReceiver({ ...endpoint, workspaceId, paused: false, deleted: false, secrets: [] });
  const verdict = await takeByHand(samplePassing(receiver, endpoint.token, event));
  const split = verdict.kind === "accepted" ? verdict.split : null;
  const first = split?.kind === "items" ? split.items[0] : undefined;
  if (split?.kind !== "items" || first === undefined) return event;
  return {
    ...event,
    item: { index: 0, count: split.items.length },
    eventType: first.eventType,
    deliveryId: first.deliveryId,
    contentType: "application/json",
    body: typeof first.json === "string" ? Buffer.from(first.json) : first.json,
  };
}

function samplePassing(receiver: Receiver, token: string, event: ClaimedEvent): Passing {
  const { method, path, query, headers, body, receivedAt } = event;
  const facts = { id: newId(receivedAt), kind: "event", method, path, query, headers, body, receivedAt } as const;
  const stored = { ...facts, clientIp: null, checks: "[]", bodyBytes: body.byteLength, bodySha256: null };
  return storedPassingWithBody(receiver, stored, { token, byHand: true });
}

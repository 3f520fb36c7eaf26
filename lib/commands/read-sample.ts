import { readTrigger } from "#lib/commands/read-trigger.ts";
import { NotFoundError } from "#lib/core/errors.ts";
import type { WorkspaceId } from "#lib/core/ids.ts";
import type { JsonObject } from "#lib/core/json.ts";
import { findNamedSample, findSampleEvent } from "#lib/db/flow-samples.ts";
import type { SampleRef } from "#lib/engine/edit/preview-types.ts";

/** What expressions see as `trigger` for a builder's sample. Throws NotFoundError when the event or sample is gone. */
export async function readSample(workspaceId: WorkspaceId, sample: SampleRef, now: Date): Promise<JsonObject> {
  switch (sample.kind) {
    case "event": {
      const event = await findSampleEvent(workspaceId, sample.eventId);
      if (event === null) throw new NotFoundError("event");
      return readTrigger(event, true);
    }
    case "sample": {
      const named = await findNamedSample(workspaceId, sample.sampleId);
      if (named === null) throw new NotFoundError("sample");
      return readTrigger(named, true);
    }
    case "pasted":
      return readTrigger(
        {
          eventType: sample.eventType,
          deliveryId: null,
          method: "POST",
          contentType: sample.contentType,
          receivedAt: now,
          path: "",
          query: "",
          headers: JSON.stringify([["content-type", sample.contentType]]),
          body: new TextEncoder().encode(sample.body),
        },
        true,
      );
  }
}

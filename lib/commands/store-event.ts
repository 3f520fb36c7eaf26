import { KIB, MIB, SECOND } from "#lib/core/units.ts";
import { type AcceptOutcome, acceptEvents, type NewEvent } from "#lib/db/accept-events.ts";
import { isDatabaseDown } from "#lib/db/database-down.ts";
import { announce } from "#lib/db/live.ts";
import { GroupCommit } from "#lib/platform/group-commit.ts";
import { metrics } from "#lib/platform/metrics.ts";
import { singleton } from "#lib/platform/singleton.ts";

/** Text columns of an event beside its body, for the queue's bound. */
const ROW_BYTES = 2 * KIB;

/**
 * Stores an event with its runs and their jobs together with whatever else waits at the moment; resolves after the
 * commit. Throws GroupOverloaded or the database's error when nothing was stored.
 */
export async function storeEvent(event: NewEvent): Promise<AcceptOutcome> {
  const outcome = await group().submit(event);
  if (outcome.kind === "stored") {
    announce(event.workspaceId, `endpoint:${event.endpointId}`);
    announce(event.workspaceId, "endpoints");
    if (outcome.verdict === "accepted") announce(event.workspaceId, "runs");
  }
  return outcome;
}

function group(): GroupCommit<NewEvent, AcceptOutcome> {
  return singleton(
    "accept-group",
    () =>
      new GroupCommit<NewEvent, AcceptOutcome>({
        flush: (events) => {
          metrics().acceptBatch.observe(events.length);
          return acceptEvents(events);
        },
        mayBeOneItem: (error) => !isDatabaseDown(error),
        bytesOf: (event) => event.body.byteLength + event.headers.length + ROW_BYTES,
        itemsPerFlushMax: 256,
        bytesPerFlushMax: 8 * MIB,
        itemsWaitingMax: 4_000,
        bytesWaitingMax: 64 * MIB,
        waitMsMax: 2 * SECOND,
      }),
  );
}

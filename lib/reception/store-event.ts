import { KIB, MIB, SECOND } from "#lib/core/units.ts";
import { acceptBatches, type NewBatch } from "#lib/db/accept-batches.ts";
import { type AcceptOutcome, acceptEvents, acceptLargeEvents, type NewEvent } from "#lib/db/accept-events.ts";
import { isDatabaseDown } from "#lib/db/database-down.ts";
import { announce } from "#lib/db/live.ts";
import { GroupCommit } from "#lib/platform/group-commit.ts";
import { metrics } from "#lib/platform/metrics.ts";
import { singleton } from "#lib/platform/singleton.ts";

/** Text columns of an event beside its body, for the queue's bound. */
const ROW_BYTES = 2 * KIB;
/** Events with larger bodies go by themselves: one of 10 MB takes the database a second. */
const LARGE_BODY_BYTES = 1 * MIB;
/** What an item of a batch needs beside its text: its row, its run and its job. */
const ITEM_BYTES = 1 * KIB;

/**
 * Stores an event with its runs and their jobs together with whatever else waits at the moment; resolves after the
 * commit. Throws GroupOverloaded or the database's error when nothing was stored.
 */
export async function storeEvent(event: NewEvent | NewBatch): Promise<AcceptOutcome> {
  const outcome = await ("items" in event
    ? batches().submit(event)
    : (event.body.byteLength > LARGE_BODY_BYTES ? large() : group()).submit(event));
  if (outcome.kind === "stored") {
    announce(event.workspaceId, `endpoint:${event.endpointId}`);
    announce(event.workspaceId, "endpoints");
    if (outcome.verdict === "accepted") announce(event.workspaceId, "runs");
  }
  return outcome;
}

function group(): GroupCommit<NewEvent, AcceptOutcome> {
  return singleton("accept-group", () => makeGroup(acceptEvents, 2 * SECOND));
}

function large(): GroupCommit<NewEvent, AcceptOutcome> {
  return singleton("accept-large", () => makeGroup(acceptLargeEvents, 20 * SECOND));
}

function makeGroup(accept: typeof acceptEvents, waitMsMax: number): GroupCommit<NewEvent, AcceptOutcome> {
  return new GroupCommit<NewEvent, AcceptOutcome>({
    flush: (events) => {
      metrics().acceptBatch.observe(events.length);
      return accept(events);
    },
    mayBeOneItem: (error) => !isDatabaseDown(error),
    keyOf: ({ endpointId }) => endpointId,
    bytesOf: (event) => event.body.byteLength + event.headers.length + ROW_BYTES,
    itemsPerFlushMax: 256,
    bytesPerFlushMax: 8 * MIB,
    itemsWaitingMax: 4_000,
    bytesWaitingMax: 64 * MIB,
    waitMsMax,
  });
}

/** Batches go by themselves: one of 10,000 items takes a second, and single events do not wait for it. */
function batches(): GroupCommit<NewBatch, AcceptOutcome> {
  return singleton(
    "accept-batches",
    () =>
      new GroupCommit<NewBatch, AcceptOutcome>({
        flush: (list) => {
          metrics().acceptBatch.observe(list.length);
          return acceptBatches(list);
        },
        mayBeOneItem: (error) => !isDatabaseDown(error),
        keyOf: ({ endpointId }) => endpointId,
        bytesOf: (batch) =>
          2 * batch.body.byteLength + batch.headers.length + ROW_BYTES + batch.items.length * ITEM_BYTES,
        itemsPerFlushMax: 64,
        bytesPerFlushMax: 4 * MIB,
        itemsWaitingMax: 1_000,
        bytesWaitingMax: 64 * MIB,
        waitMsMax: 2 * SECOND,
      }),
  );
}

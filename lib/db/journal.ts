import { SECOND } from "#lib/core/units.ts";
import {
  apartColumnsOf,
  columnsOf,
  type FencedWrite,
  gateColumnsOf,
  type HeldRun,
  type WritePlace,
} from "#lib/db/journal-columns.ts";
import { type PackedPart, packWrite } from "#lib/db/journal-part.ts";
import { writeStatement } from "#lib/db/journal-sql.ts";
import { GATHER_MS, runPool } from "#lib/db/run-pool.ts";
import { type JournalWrite, LeaseLostError } from "#lib/engine/journal-rows.ts";
import { GroupCommit } from "#lib/platform/group-commit.ts";
import { singleton } from "#lib/platform/singleton.ts";

/** How long a write is tried while the database is away: longer than PostgreSQL takes to come back after a crash. */
const TRY_MS_MAX = 20 * SECOND;
const TRY_AGAIN_MS = 250;

/**
 * Writes to a run's journal under its lease: all of it, or nothing and LeaseLostError when the run is held by somebody
 * else or ended. Writes of several runs that arrive together are one statement. While the database is away it tries
 * again (the fence and the rows' keys make a repeat harmless, also of a write that was made and whose answer got lost),
 * because forgetting the result of an effect repeats it.
 */
export async function writeJournal(held: HeldRun, write: JournalWrite, place: WritePlace): Promise<void> {
  const packed = packWrite(write);
  let again = false;
  const giveUpAt = performance.now() + TRY_MS_MAX;
  for (;;) {
    try {
      if (!(await writes().submit({ ...place, held, packed, run: write.run, again })))
        throw new LeaseLostError(held.id);
      return;
    } catch (error) {
      if (error instanceof LeaseLostError || isRefusedByData(error) || performance.now() > giveUpAt) throw error;
      again = true;
      await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS));
    }
  }
}

const writes = () =>
  singleton(
    "journal",
    () =>
      new GroupCommit<FencedWrite, boolean>({
        flush: writeAll,
        mayBeOneItem: isRefusedByData,
        bytesOf: ({ packed: { part, apart } }) =>
          apart.reduce((sum, row) => sum + row.json.length + (row.sealed?.length ?? 0), 200 + sizeOf(part)),
        itemsPerFlushMax: 200,
        bytesPerFlushMax: 16 * 1024 * 1024,
        itemsWaitingMax: 20_000,
        bytesWaitingMax: 512 * 1024 * 1024,
        waitMsMax: TRY_MS_MAX,
        gatherMs: GATHER_MS,
      }),
  );

async function writeAll(list: readonly FencedWrite[]): Promise<boolean[]> {
  const parts = {
    again: list.some(({ again }) => again),
    apart: list.some(({ packed }) => packed.apart.length > 0),
    jobs: list.some(({ run }) => run.kind === "release" && run.wakeInMs !== null),
    gates: list.some(({ run }) => run.kind === "release" && run.heldBackAt !== undefined),
  };
  const values = [
    ...columnsOf(list),
    ...(parts.apart ? apartColumnsOf(list) : []),
    ...(parts.gates ? gateColumnsOf(list) : []),
  ];
  const { rows } = await runPool().query<{ id: string }>({ ...writeStatement(parts), values });
  const written = new Set(rows.map((row) => row.id));
  return list.map(({ held }) => written.has(held.id));
}

/** SQLSTATE classes 21, 22 and 23: the values, not the database, are at fault. */
function isRefusedByData(error: unknown): boolean {
  return error instanceof Error && "code" in error && typeof error.code === "string" && /^2[123]/.test(error.code);
}

function sizeOf(part: PackedPart | null): number {
  return part === null ? 0 : part.rows.length + part.data.length + (part.sealed?.length ?? 0);
}

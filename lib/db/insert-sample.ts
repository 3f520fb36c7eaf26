import type { WorkspaceId } from "#lib/core/ids.ts";
import { type Db, prisma } from "#lib/db/prisma.ts";

/** A sample about to be kept under a name; `headers` is JSON text of [name, value] pairs. */
export type NewSample = {
  id: string;
  endpointId: string;
  eventId: string | null;
  name: string;
  headers: string;
  query: string;
  method: string;
  eventType: string | null;
  body: Uint8Array<ArrayBuffer>;
  createdBy: string | null;
};

/** Keeps a request under a name for building flows. */
export async function insertSample(workspaceId: WorkspaceId, sample: NewSample, db: Db = prisma()): Promise<void> {
  await db.sample.create({ data: { workspaceId, ...sample } });
}

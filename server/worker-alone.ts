import { workAlone } from "#lib/worker/work-alone.ts";

// The process of one suspect run: started by a worker, over a channel, with the run, the pool to be, and the worker's
// id.
const [runId, poolId, parentPid] = process.argv.slice(2);
if (runId === undefined || poolId === undefined || parentPid === undefined || process.send === undefined)
  throw new Error("Only a worker starts this.");
await workAlone({ runId, poolId, parentPid: Number(parentPid) });

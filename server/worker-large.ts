import { workOnLargeRuns } from "#lib/worker/work-on-large-runs.ts";

// The process of a worker for runs over large bodies: started by it, over a channel, with its id.
const [parentPid] = process.argv.slice(2);
if (parentPid === undefined || process.send === undefined) throw new Error("Only a worker starts this.");
await workOnLargeRuns(Number(parentPid));

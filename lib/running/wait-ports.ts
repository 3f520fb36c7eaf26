import { JsonText } from "#lib/core/json-text.ts";
import type { ClaimedRun } from "#lib/db/claims.ts";
import { lookAfterWait, readOpenWaits } from "#lib/db/open-waits.ts";
import { LeaseLostError } from "#lib/engine/journal-rows.ts";
import type { RunPorts } from "#lib/engine/run-ports.ts";
import { callbackAddress } from "#lib/platform/callback-link.ts";

/**
 * What a run needs for steps that are answered from outside. Waits that were open when the worker took the run are read
 * together, once: an answer that comes later finds the run when it is let go.
 */
export function createWaitPorts(run: ClaimedRun): Pick<RunPorts, "callbackUrl" | "openWait"> {
  let open: Promise<Map<string, number>> | null = null;
  return {
    callbackUrl: (path, link) => callbackAddress({ runId: run.id, path, link }),
    async openWait(wait) {
      if (wait.asked === null) {
        open ??= readOpenWaits(run.workspaceId, run.id);
        const dueInMs = (await open).get(wait.path);
        if (dueInMs !== undefined) return { kind: "open", dueInMs };
      }
      const found = await lookAfterWait(run, wait);
      if (found === null) throw new LeaseLostError(run.id);
      if (found.answer !== null) return { kind: "answered", answer: new JsonText(found.answer) };
      return found.isTimedOut ? { kind: "timed out" } : { kind: "open", dueInMs: found.dueInMs };
    },
  };
}

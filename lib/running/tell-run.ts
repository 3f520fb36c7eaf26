import type { WorkspaceId } from "#lib/core/ids.ts";
import { notifyAnswererEnded } from "#lib/db/event-answers.ts";
import { announce } from "#lib/db/live.ts";
import { findPublishedDefinition } from "#lib/db/published-definitions.ts";
import { log } from "#lib/platform/log.ts";

/** A run as far as others are told about it. */
export type ToldRun = { id: string; workspaceId: WorkspaceId; versionId: string; kind: string; eventId: string };

/** Tells the pages that show a run, or lists with it, that it changed. */
export function tellRunChanged(run: ToldRun): void {
  if (run.kind === "canary") return;
  announce(run.workspaceId, `run:${run.id}`);
  announce(run.workspaceId, "runs");
}

/**
 * Tells everybody that a run ended. A sender that waits for an answer need not wait on once no run can give it; where
 * that is not told, the deadline ends the wait.
 */
export async function tellRunEnded(run: ToldRun): Promise<void> {
  tellRunChanged(run);
  if (run.kind !== "event") return;
  try {
    const published = await findPublishedDefinition(run.workspaceId, run.versionId);
    if (published?.mayAnswer === true) await notifyAnswererEnded(run.eventId);
  } catch (error) {
    log({ runId: run.id }).debug({ error }, "the end of a run was not told to a waiting sender");
  }
}

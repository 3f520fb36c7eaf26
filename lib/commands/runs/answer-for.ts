import { answerText, findAskingStep } from "#lib/commands/runs/answer-callback.ts";
import { type Actor, authorize } from "#lib/core/actor.ts";
import { databaseNow } from "#lib/core/database-time.ts";
import { ConflictError, InvalidInputError, NotFoundError } from "#lib/core/errors.ts";
import { insertAuditEntry } from "#lib/db/audit-entries.ts";
import { inTransaction } from "#lib/db/in-transaction.ts";
import { announce } from "#lib/db/live.ts";
import { answerWait } from "#lib/db/open-waits.ts";
import { findRun } from "#lib/db/runs.ts";
import { findUser } from "#lib/db/users.ts";

const NOTE_CHARS_MAX = 10_000;

/** Why an answer of a member does not count. */
const REFUSALS = {
  answered: ["already-answered", "Somebody answered before; the first answer counts."],
  "timed out": ["timed-out", "The time to answer is over."],
  ended: ["run-ended", "This run has ended: nothing waits for an answer any more."],
} as const;

/**
 * Gives the answer that a step of a run waits for, in the name of the member who does. Throws NotFoundError,
 * InvalidInputError for an answer that the step does not take, and ConflictError "already-answered", "timed-out" or
 * "run-ended".
 */
export async function answerFor(
  actor: Actor,
  given: { runId: string; path: string; choice: string; note: string },
): Promise<void> {
  authorize(actor, "run.resume");
  const { runId, path, choice, note } = given;
  const run = await findRun(actor.workspaceId, runId);
  if (run === null) throw new NotFoundError("run");
  const asking = await findAskingStep(actor.workspaceId, run.versionId, path);
  if (asking === undefined) throw new NotFoundError("step of this run");
  if (!asking.definition.choices.some(({ id }) => id === choice))
    throw new InvalidInputError([{ field: "choice", message: "This step takes no such answer." }]);
  if (note.length > NOTE_CHARS_MAX)
    throw new InvalidInputError([{ field: "note", message: `At most ${NOTE_CHARS_MAX} characters.` }]);
  const at = databaseNow();
  const body = JSON.stringify(note.trim() === "" ? {} : { note: note.trim() });
  const answer = answerText({ choice, by: await nameOf(actor), at, body });
  const { kind } = await inTransaction(async (db) => {
    const found = await answerWait(
      actor.workspaceId,
      { runId, path, kind: "waitForCallback", answer, at, from: null },
      db,
    );
    if (found.kind === "taken")
      await insertAuditEntry(actor, "run.answer", { kind: "run", id: runId }, { step: path, choice }, db);
    return found;
  });
  if (kind !== "taken") {
    const [code, message] = REFUSALS[kind];
    throw new ConflictError(code, message);
  }
  announce(actor.workspaceId, `run:${runId}`);
  announce(actor.workspaceId, "runs");
}

async function nameOf({ kind, id }: Actor): Promise<string> {
  if (kind === "apiKey") return "an API key";
  const user = kind === "user" ? await findUser(id) : null;
  if (user === null) return "Hookline";
  return user.name.trim() === "" ? user.email : user.name;
}

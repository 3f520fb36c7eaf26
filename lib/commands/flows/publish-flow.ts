import { createHash } from "node:crypto";
import { z } from "zod";
import { refuseUnpublishable } from "#lib/commands/flows/find-flow-problems.ts";
import { missedChoiceSchema, missedQuery, planCatchUp } from "#lib/commands/flows/missed-choice.ts";
import { beginCatchUp, noteCatchUp } from "#lib/commands/flows/start-catch-up.ts";
import { type Actor, authorize } from "#lib/core/actor.ts";
import { databaseNow } from "#lib/core/database-time.ts";
import { ConflictError, NotFoundError } from "#lib/core/errors.ts";
import { parseInput } from "#lib/core/parse-input.ts";
import { may } from "#lib/core/roles.ts";
import { insertAuditEntry } from "#lib/db/audit-entries.ts";
import type { CatchUp, NewCatchUp } from "#lib/db/catch-ups.ts";
import { setFlowTrigger } from "#lib/db/flow-triggers.ts";
import {
  type FlowVersionHead,
  findFlowVersion,
  findLatestFlowVersion,
  insertFlowVersion,
} from "#lib/db/flow-versions.ts";
import { type Flow, findFlow, lockFlow, updateFlow } from "#lib/db/flows.ts";
import { inTransaction } from "#lib/db/in-transaction.ts";
import { announce } from "#lib/db/live.ts";
import type { Db } from "#lib/db/prisma.ts";
import { canonicalJson } from "#lib/engine/canonical-json.ts";
import type { FlowDefinition } from "#lib/engine/flow-definition.ts";

/**
 * `expectedVersion`: the number of the newest version the publisher knows, 0 before the first. `expectedRevision`: the
 * draft's revision they looked at, when they did. `fromVersion`: publish that old version again instead of the draft.
 * `missed`: which of the events the flow missed are to run when this turns it on.
 */
export const publishSchema = z.strictObject({
  expectedVersion: z.int().min(0),
  expectedRevision: z.int().min(1).optional(),
  fromVersion: z.int().min(1).optional(),
  note: z.string().trim().max(200).default(""),
  missed: missedChoiceSchema.default({ run: "none" }),
});

/**
 * What publishing did. `on` is false only when the flow had been turned off and the publisher may not turn it on;
 * nothing that was missed is started then.
 */
export type Published = { versionId: string; number: number; on: boolean; catchUp: CatchUp | null };

/**
 * Makes the draft live as a new immutable version, and turns the flow on. One transaction: version, live version,
 * switch and trigger change together or not at all. Runs already started keep their version. Throws InvalidInputError
 * with every problem by JSON path, NotFoundError, ConflictError "published-meanwhile", "draft-changed" or
 * "nothing-to-publish".
 */
export async function publishFlow(
  actor: Actor,
  flowId: string,
  input: unknown,
  now: Date = databaseNow(),
): Promise<Published> {
  authorize(actor, "flow.publish");
  const wish = parseInput(publishSchema, input);
  const seen = await findFlow(actor.workspaceId, flowId);
  if (seen === null) throw new NotFoundError("flow");
  await expectVersion(actor, flowId, wish.expectedVersion);
  if (wish.expectedRevision !== undefined && wish.expectedRevision !== seen.draftRevision) throw draftChanged();
  const definition = await chooseDefinition(actor, seen, wish.fromVersion);
  await refuseUnpublishable(actor.workspaceId, definition);
  // The version has no id yet; what is planned gets it in the transaction.
  const query = missedQuery(seen, definition.trigger, now);
  const plan = await planCatchUp(actor.workspaceId, query, NO_VERSION, wish.missed);

  const published = await inTransaction(async (db) => {
    const flow = await lockFlow(actor.workspaceId, flowId, {}, db);
    if (flow === null) throw new NotFoundError("flow");
    const latest = await expectVersion(actor, flowId, wish.expectedVersion, db);
    if (wish.fromVersion === undefined && flow.draftRevision !== seen.draftRevision) throw draftChanged();
    return writeVersion(actor, flow, latest, { definition, note: wish.note, plan }, db);
  });
  announce(actor.workspaceId, `flow:${flowId}`);
  announce(actor.workspaceId, "flows");
  return { ...published, catchUp: await beginCatchUp(published.catchUp) };
}

const NO_VERSION = "";

async function writeVersion(
  actor: Actor,
  flow: Flow,
  latest: FlowVersionHead | null,
  { definition, note, plan }: { definition: FlowDefinition; note: string; plan: NewCatchUp | null },
  db: Db,
): Promise<Published> {
  const hash = createHash("sha256").update(canonicalJson(definition)).digest("hex");
  const on = flow.on || latest === null || may(actor.role, "flow.switch");
  const isLiveAlready = latest !== null && latest.hash === hash && flow.liveVersion?.id === latest.id;
  if (isLiveAlready && flow.on === on)
    throw new ConflictError("nothing-to-publish", `Nothing changed since v${latest.number}.`);
  const number = isLiveAlready ? latest.number : (latest?.number ?? 0) + 1;
  const publishedBy = actor.kind === "user" ? actor.id : null;
  const versionId = isLiveAlready
    ? latest.id
    : await insertFlowVersion(actor.workspaceId, { flowId: flow.id, number, definition, hash, note, publishedBy }, db);
  const turnedOn = on && !flow.on ? { on, offSince: null, missedTo: databaseNow() } : {};
  await updateFlow(actor.workspaceId, flow.id, { liveVersionId: versionId, ...turnedOn }, db);
  if (on) await setFlowTrigger(actor.workspaceId, flow.id, versionId, definition.trigger, db);
  await insertAuditEntry(actor, "flow.publish", { kind: "flow", id: flow.id }, { version: number, note, on }, db);
  const catchUp = on && plan !== null ? await noteCatchUp(actor, { ...plan, versionId }, db) : null;
  return { versionId, number, on, catchUp };
}

async function chooseDefinition(actor: Actor, flow: Flow, fromVersion: number | undefined): Promise<FlowDefinition> {
  if (fromVersion === undefined) return flow.draft;
  const version = await findFlowVersion(actor.workspaceId, flow.id, fromVersion);
  if (version === null) throw new NotFoundError("version");
  return version.definition;
}

async function expectVersion(actor: Actor, flowId: string, expected: number, db?: Db): Promise<FlowVersionHead | null> {
  const latest = await findLatestFlowVersion(actor.workspaceId, flowId, db);
  if ((latest?.number ?? 0) === expected) return latest;
  const message =
    latest === null
      ? "This flow has not been published yet."
      : `v${latest.number} was published meanwhile. Look at it before you publish.`;
  throw new ConflictError("published-meanwhile", message);
}

function draftChanged(): ConflictError {
  return new ConflictError("draft-changed", "The draft was changed meanwhile. Look at it before you publish.");
}

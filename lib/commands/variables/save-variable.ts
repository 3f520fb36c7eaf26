import { z } from "zod";
import {
  readVariableValue,
  variableNameSchema,
  variableValueSchema,
} from "#lib/commands/variables/read-variable-input.ts";
import { type Actor, authorize } from "#lib/core/actor.ts";
import { databaseNow } from "#lib/core/database-time.ts";
import { ConflictError, InvalidInputError, NotFoundError } from "#lib/core/errors.ts";
import { parseInput } from "#lib/core/parse-input.ts";
import { insertAuditEntry } from "#lib/db/audit-entries.ts";
import { inTransaction, lockInTransaction } from "#lib/db/in-transaction.ts";
import { announce } from "#lib/db/live.ts";
import type { Db } from "#lib/db/prisma.ts";
import {
  deleteVariable as dropVariable,
  forgetVariables,
  insertVariableOnce,
  listVariableNames,
  updateVariable as replaceVariable,
  VARIABLES_MAX,
} from "#lib/db/variables.ts";

/** A new variable: its name and its value. */
export const newVariableSchema = z.strictObject({ name: variableNameSchema, ...variableValueSchema.shape });

/** Stores a new variable. Throws InvalidInputError, ConflictError "name-taken". */
export async function createVariable(actor: Actor, input: unknown, now: Date = databaseNow()): Promise<void> {
  authorize(actor, "variable.edit");
  const { name, ...value } = parseInput(newVariableSchema, input);
  const json = readVariableValue(value);
  await change(actor, "variable.create", name, async (db) => {
    await lockInTransaction(`variables:${actor.workspaceId}`, db);
    if ((await listVariableNames(actor.workspaceId, db)).length >= VARIABLES_MAX)
      throw new InvalidInputError([{ field: "name", message: `A workspace has at most ${VARIABLES_MAX} variables.` }]);
    if (!(await insertVariableOnce(actor.workspaceId, { name, json, updatedAt: now }, db)))
      throw new ConflictError("name-taken", `There is a variable "${name}" already.`);
  });
}

/** Gives a variable another value. Throws InvalidInputError, NotFoundError. */
export async function updateVariable(
  actor: Actor,
  name: string,
  input: unknown,
  now: Date = databaseNow(),
): Promise<void> {
  authorize(actor, "variable.edit");
  const json = readVariableValue(input);
  await change(actor, "variable.update", name, async (db) => {
    if (!(await replaceVariable(actor.workspaceId, { name, json, updatedAt: now }, db)))
      throw new NotFoundError("variable");
  });
}

/** Removes a variable: expressions that read it find nothing from then on. Throws NotFoundError. */
export async function deleteVariable(actor: Actor, name: string): Promise<void> {
  authorize(actor, "variable.edit");
  await change(actor, "variable.delete", name, async (db) => {
    if (!(await dropVariable(actor.workspaceId, name, db))) throw new NotFoundError("variable");
  });
}

async function change(actor: Actor, action: string, name: string, write: (db: Db) => Promise<void>): Promise<void> {
  await inTransaction(async (db) => {
    await write(db);
    await insertAuditEntry(actor, action, { kind: "variable", id: name }, {}, db);
  });
  forgetVariables(actor.workspaceId);
  announce(actor.workspaceId, "variables");
}

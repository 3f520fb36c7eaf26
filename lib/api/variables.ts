import { z } from "@hono/zod-openapi";
import { timeSchema, toTime } from "#lib/api/fields.ts";
import { type Api, addOperation } from "#lib/api/operation.ts";
import { variableValueSchema } from "#lib/commands/variables/read-variable-input.ts";
import {
  createVariable,
  deleteVariable,
  newVariableSchema,
  updateVariable,
} from "#lib/commands/variables/save-variable.ts";
import type { Actor } from "#lib/core/actor.ts";
import { NotFoundError } from "#lib/core/errors.ts";
import { findVariable, listFlowsReading, listVariables, type Variable } from "#lib/db/variables.ts";

const variableSchema = z
  .object({
    name: z.string(),
    json: z.string().openapi({ description: "The value as JSON text, with every digit it was written with." }),
    updatedAt: timeSchema,
  })
  .openapi("Variable");

const params = z.strictObject({ name: z.string().max(64) });
const tag = "Variables";

/** Adds the operations on variables: plain values that expressions read as `vars.name`. */
export function addVariableOperations(api: Api): void {
  addOperation(api, {
    name: "GET /variables",
    id: "listVariables",
    tag,
    summary: "List all variables, at most 200, by name",
    answer: z.object({ items: z.array(variableSchema) }),
    run: async (actor) => ({ items: (await listVariables(actor.workspaceId)).map(toAnswer) }),
  });
  addOperation(api, {
    name: "POST /variables",
    id: "createVariable",
    tag,
    summary: "Store a new variable",
    description: "Runs read the newest value whenever they are taken up. Secrets belong into connections.",
    body: { schema: newVariableSchema },
    status: 201,
    answer: variableSchema,
    run: async (actor, { body }) => {
      await createVariable(actor, body);
      return read(actor, body.name);
    },
  });
  addOperation(api, {
    name: "GET /variables/{name}",
    id: "getVariable",
    tag,
    summary: "Read a variable, and which flows read it",
    params,
    answer: variableSchema.extend({ flows: z.array(z.object({ id: z.string(), name: z.string() })) }),
    run: async (actor, { params: { name } }) => ({
      ...(await read(actor, name)),
      flows: await listFlowsReading(actor.workspaceId, name),
    }),
  });
  addOperation(api, {
    name: "PUT /variables/{name}",
    id: "updateVariable",
    tag,
    summary: "Give a variable another value",
    params,
    body: { schema: variableValueSchema },
    answer: variableSchema,
    run: async (actor, { params: { name }, body }) => {
      await updateVariable(actor, name, body);
      return read(actor, name);
    },
  });
  addOperation(api, {
    name: "DELETE /variables/{name}",
    id: "deleteVariable",
    tag,
    summary: "Remove a variable",
    params,
    status: 204,
    run: async (actor, { params: { name } }) => {
      await deleteVariable(actor, name);
      return null;
    },
  });
}

async function read(actor: Actor, name: string) {
  const variable = await findVariable(actor.workspaceId, name);
  if (variable === null) throw new NotFoundError("variable");
  return toAnswer(variable);
}

function toAnswer({ name, json, updatedAt }: Variable): z.input<typeof variableSchema> {
  return { name, json, updatedAt: toTime(updatedAt) };
}

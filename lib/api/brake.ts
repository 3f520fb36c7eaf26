import { z } from "@hono/zod-openapi";
import { timeSchema, toTime } from "#lib/api/fields.ts";
import { type Api, addOperation } from "#lib/api/operation.ts";
import { pullBrake, pullBrakeSchema } from "#lib/commands/runs/pull-brake.ts";
import { releaseBrake, releaseBrakeSchema } from "#lib/commands/runs/release-brake.ts";
import { type BrakeView, readBrake } from "#lib/db/brake-view.ts";

const tag = "Brake";

const brakeSchema = z
  .object({
    on: z.boolean(),
    since: timeSchema.nullable(),
    reason: z.string(),
    perMinute: z.number().int().nullable().openapi({ description: "Runs that are let through a minute." }),
    flows: z.array(z.object({ id: z.string(), name: z.string(), waiting: z.number().int(), released: z.boolean() })),
  })
  .openapi("Brake");

function toBrake(brake: BrakeView | null): z.input<typeof brakeSchema> {
  if (brake === null) return { on: false, since: null, reason: "", perMinute: null, flows: [] };
  return { ...brake, on: true, since: toTime(brake.since) };
}

/** Adds the operations on the workspace's brake. */
export function addBrakeOperations(api: Api): void {
  addOperation(api, {
    name: "GET /brake",
    id: "getBrake",
    tag,
    summary: "Read the brake, and how many runs wait at it",
    answer: brakeSchema,
    run: async (actor) => toBrake(await readBrake(actor.workspaceId)),
  });
  addOperation(api, {
    name: "POST /brake/pull",
    id: "pullBrake",
    tag,
    summary: "Put the brake on: receive, and send nothing",
    description:
      "Workers know within two seconds; what is under way comes to its end. Runs wait as *queued*; nothing is lost.",
    body: { schema: pullBrakeSchema, optional: true },
    answer: brakeSchema,
    run: async (actor, { body }) => {
      await pullBrake(actor, body);
      return toBrake(await readBrake(actor.workspaceId));
    },
  });
  addOperation(api, {
    name: "POST /brake/release",
    id: "releaseBrake",
    tag,
    summary: "Release the brake, whole or in part",
    description:
      "`what`: all takes it off; flow lets one flow go on; rate lets so many runs a minute through, oldest first.",
    body: { schema: releaseBrakeSchema },
    answer: brakeSchema,
    run: async (actor, { body }) => {
      await releaseBrake(actor, body);
      return toBrake(await readBrake(actor.workspaceId));
    },
  });
}

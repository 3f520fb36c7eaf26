import { z } from "@hono/zod-openapi";
import { idSchema } from "#lib/api/fields.ts";
import { type Api, addOperation } from "#lib/api/operation.ts";
import { proposeSchema } from "#lib/commands/endpoints/propose-schema.ts";
import { rehearsalSchema, rehearseSettings } from "#lib/commands/endpoints/rehearse-settings.ts";

const params = z.strictObject({ endpointId: idSchema });
const tag = "Endpoints";

const part = (description: string) =>
  z
    .object({
      count: z.number().int(),
      groups: z.array(
        z.object({
          reason: z.string(),
          count: z.number().int(),
          requests: z.array(
            z.object({
              id: z.string(),
              at: z.string(),
              method: z.string(),
              eventType: z.string().nullable(),
              clientIp: z.string().nullable(),
            }),
          ),
        }),
      ),
    })
    .openapi({ description });

const proof = z
  .object({
    stored: z.number().int(),
    checked: z.number().int(),
    refused: part("Accepted now, refused then."),
    accepted: part("Refused now, accepted then."),
    merged: part("Counted as a repeat only then."),
    separated: part("Counted as a repeat only now."),
    renamed: part("Another event type."),
    nameless: part("No event type any more."),
    split: part("Split into items only then."),
    whole: part("Split into items only now."),
    marked: part("Accepted with a failed check of the schema."),
    uncertain: part("What is kept does not say."),
    lostPaths: z
      .array(
        z.object({
          setting: z.enum(["eventType", "dedupe", "split"]),
          path: z.string(),
          of: z.number(),
          before: z.boolean(),
        }),
      )
      .openapi({ description: "Paths that lead nowhere in any stored request these settings take." }),
    flows: z.array(
      z.object({ flowId: z.string(), name: z.string(), before: z.number().int(), after: z.number().int() }),
    ),
    secret: z.object({ signed: z.number().int(), verified: z.number().int() }).nullable(),
  })
  .openapi("SettingsProof");

/** Adds the operations that say what settings would do, and what stored bodies have in common. */
export function addRehearsalOperations(api: Api): void {
  addOperation(api, {
    name: "POST /endpoints/{endpointId}/rehearse",
    id: "rehearseEndpointSettings",
    tag,
    summary: "Try changed settings on the last 1,000 stored requests",
    description:
      "Changes nothing. `secret` is a secret that is not saved, `retire` the id of one that is. Groups show at " +
      "most 20 requests.",
    params,
    body: { schema: rehearsalSchema },
    answer: proof,
    run: (actor, { params, body }) => rehearseSettings(actor, params.endpointId, body),
  });
  addOperation(api, {
    name: "GET /endpoints/{endpointId}/schema-proposal",
    id: "proposeEndpointSchema",
    tag,
    summary: "Infer a JSON Schema from the newest 50 events",
    params,
    answer: z.object({
      bodies: z.number().int(),
      text: z.string(),
      fields: z.array(z.object({ path: z.array(z.string()), types: z.array(z.string()), always: z.boolean() })),
    }),
    run: async (actor, { params }) => {
      const { fields, ...proposal } = await proposeSchema(actor, params.endpointId);
      return { ...proposal, fields: fields.map((field) => ({ ...field, path: [...field.path] })) };
    },
  });
}

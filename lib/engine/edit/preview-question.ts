import { z } from "zod";
import { flowDefinitionSchema } from "#lib/engine/flow-definition.ts";

/** The event a builder works with: a stored one, one pasted by hand, or a named sample. */
export const sampleSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("event"), eventId: z.uuid() }),
  z.strictObject({ kind: z.literal("sample"), sampleId: z.uuid() }),
  z.strictObject({
    kind: z.literal("pasted"),
    body: z.string().max(1_048_576),
    contentType: z.string().max(200),
    eventType: z.string().max(200).nullable(),
  }),
]);

/** An event a builder works with. */
export type SampleRef = z.infer<typeof sampleSchema>;

/**
 * What the builder asks: the flow as it stands on the screen, the sample, and the step whose fields it wants (null: the
 * trigger).
 */
export const previewSchema = z.strictObject({
  definition: flowDefinitionSchema,
  sample: sampleSchema.nullable(),
  stepId: z.string().max(40).nullable(),
  wants: z.strictObject({ scope: z.boolean(), cards: z.boolean(), effect: z.boolean() }),
});

/** A question of the builder. */
export type PreviewQuestion = z.infer<typeof previewSchema>;

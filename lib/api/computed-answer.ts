import { z } from "@hono/zod-openapi";
import type { Actor } from "#lib/core/actor.ts";
import { findEventAnswer } from "#lib/db/event-answers.ts";
import { maskValue } from "#lib/views/payload-mask.ts";

/** Where a flow answers the sender: what the sender of an event was told, and what a run answered. */
export const computedAnswerSchema = z
  .object({
    given: z.string().nullable().openapi({
      description:
        '"computed", or why the fallback was given, such as "deadline" or "no-flow". Null while nothing was.',
    }),
    givenMs: z
      .number()
      .int()
      .nullable()
      .openapi({ description: "Milliseconds from the request's last byte to the answer." }),
    runId: z.string().nullable().openapi({ description: "The run that answered first, in time or later." }),
    status: z.number().int().nullable(),
    body: z.string().nullable().openapi({ description: "Null for a key that may not see payloads." }),
  })
  .openapi("ComputedAnswer");

/** The computed answer of an event as the API shows it; null where no flow was to give one. */
export async function loadComputedAnswer(
  actor: Actor,
  eventId: string,
): Promise<z.input<typeof computedAnswerSchema> | null> {
  const kept = await findEventAnswer(actor.workspaceId, eventId);
  if (kept === null) return null;
  const { given, givenMs, runId, computed } = kept;
  return {
    given,
    givenMs,
    runId,
    status: computed?.status ?? null,
    body: maskValue(actor.role, computed?.body ?? null),
  };
}

import type { EndpointSettings } from "#lib/core/endpoint-settings.ts";
import { InvalidInputError } from "#lib/core/errors.ts";
import { getSandbox } from "#lib/sandbox/sandbox.ts";

/** Throws InvalidInputError when a JSON Schema about to be saved cannot be used, saying why in the author's terms. */
export async function refuseBadSchema(schema: EndpointSettings["schema"] | undefined): Promise<void> {
  if (schema === null || schema === undefined) return;
  const outcome = await getSandbox().checkSchema(schema.text);
  if (outcome.kind === "ok") return;
  const message =
    outcome.kind === "bad-schema" ? outcome.message : "The schema takes too long or too much memory to be used.";
  throw new InvalidInputError([{ field: "settings.schema.text", message }]);
}

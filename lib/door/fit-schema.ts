import { type Passing, refusedBy, type SchemaFit, type Stage, untold } from "#lib/door/passing.ts";
import { failed } from "#lib/door/refusals.ts";
import type { Verdict } from "#lib/door/verdict.ts";

/**
 * Holds the body against the endpoint's schema. A body that could not be checked is never accepted unseen: where misfits
 * are refused its sender is told to try again, where they are marked it is marked.
 */
export const fitSchema: Stage = (passing) => {
  const { schema } = passing.receiver.settings;
  if (schema === null) return null;
  return passing.ports
    .checkSchema(schema.text, passing)
    .then((fit) => judgeFit(passing, fit, schema.misfit === "mark"));
};

function judgeFit(passing: Passing, fit: SchemaFit, marked: boolean): Verdict | null {
  if (fit.kind === "fits") {
    passing.checks.push({ id: "schema", status: "passed", message: "The body fits the schema." });
    return null;
  }
  const { refusal } = fit;
  if (marked) {
    passing.checks.push({ ...failed(refusal), message: `${refusal.message} It was accepted all the same, as set.` });
    passing.misfit = refusal;
    return null;
  }
  if (passing.kept !== null && refusal.reason === "schema-unchecked")
    return untold({ kind: "schema-unchecked", message: refusal.message });
  return refusedBy(passing, refusal);
}

import type { JsonObject } from "#lib/core/json.ts";
import type { EffectView } from "#lib/engine/effect-view.ts";

/** What one expression came to; `json` is cut at 64 KB. */
export type ExpressionResult =
  | { kind: "value"; json: string }
  | { kind: "nothing"; missing: string | null }
  | { kind: "error"; code: string; message: string; position: number | null }
  | { kind: "stopped"; message: string };

/** An expression of a field with its place in the field's text. */
export type ExpressionSpot = {
  start: number;
  end: number;
  sourceStart: number;
  source: string;
  result: ExpressionResult;
};

/** What a whole field comes to with this sample. `json` has every digit as it is sent; it is cut at 64 KB. */
export type FieldResult = {
  expressions: ExpressionSpot[];
  outcome:
    | { kind: "value"; json: string; bytes: number; warnings: string[] }
    | { kind: "left out" }
    | { kind: "nothing"; missing: string | null }
    | { kind: "refused"; message: string }
    | { kind: "error"; message: string; position: number | null; code: string }
    | { kind: "stopped"; message: string }
    | { kind: "blank" };
};

/** What a step would do, or why it would stop. `held`: why it would wait for a person first. */
export type PlannedView =
  | { kind: "planned"; effect: EffectView; held: string | null }
  | { kind: "refused"; code: string; message: string };

/** Where an earlier step's output comes from. */
export type Provenance = "computed" | "example";

/**
 * What a step's expressions can read, for the data panel. `item` is the first of a loop's items, `error` an example of
 * what an error path reads. Values are JSON texts, in which every number has the digits it was written with.
 */
export type ScopeView = {
  trigger: string | null;
  steps: { id: string; name: string; json: string; provenance: Provenance }[];
  item: { json: string; of: number; name: string } | null;
  error: { json: string; name: string } | null;
  vars: string;
  run: JsonObject;
};

/** One line on a card: what the step would do with this sample, or why it would not. */
export type CardView = { line: string; problem: string | null };

/** The answer to a PreviewQuestion. */
export type PreviewAnswer = {
  fields: Record<string, FieldResult>;
  effect: PlannedView | null;
  scope: ScopeView | null;
  cards: Record<string, CardView> | null;
};

/** What a field came to on one event. */
export type CoverageMark = "value" | "nothing" | "error";

/** Marks per field, one per event in the order asked; `events` is how many were tried. */
export type CoverageAnswer = { fields: Record<string, CoverageMark[]>; events: number };

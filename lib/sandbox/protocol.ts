import type { BodyReading, BodyWishes } from "#lib/bodies/body-reading.ts";
import type { PackedSplit } from "#lib/door/packed-split.ts";
import type { DeliveryReading, DeliveryRules } from "#lib/door/read-large-delivery.ts";
import type { Reference } from "#lib/engine/references/read-references.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";

/** One JSONata expression of a batch; ids only label outcomes and seed chance, they need not be unique elsewhere. */
export type Expression = { id: string; source: string };

/**
 * What one expression came to. `nothing` is JSONata's missing value and never the same as a JSON null. `lost`:
 * numbers, as
 * written, that the expression calculated with although a double cannot hold their digits.
 */
export type Outcome =
  | { kind: "value"; json: string; lost?: readonly string[] }
  | { kind: "nothing" }
  | { kind: "error"; code: string; message: string; position?: number; token?: string }
  | { kind: "timeout" }
  | { kind: "memory" }
  | { kind: "too-large"; limit: "source" | "context" | "result" | "depth" };

/** The verdict on an expression before it is saved, with what it reads. Positions are offsets into the source. */
export type CheckOutcome =
  | { kind: "ok"; references: Reference[] }
  | { kind: "error"; code: string; message: string; position?: number; token?: string }
  | { kind: "timeout" }
  | { kind: "memory" }
  | { kind: "too-large"; limit: "source" };

/** What reading a body in a child came to. */
export type ReadBodyOutcome = { kind: "read"; body: BodyReading } | { kind: "timeout" } | { kind: "memory" };

/**
 * One way in which a body does not fit a schema: where (`order.items[0].price`, "" for the body itself) and a plain
 * sentence.
 */
export type Misfit = { path: string; message: string };

/** What checking a body against a JSON Schema came to; misfits are at most ten, the first one first. */
export type ValidateOutcome =
  | { kind: "fits" }
  | { kind: "misfits"; misfits: Misfit[] }
  | { kind: "bad-schema"; message: string }
  | { kind: "timeout" }
  | { kind: "memory" };

/** The verdict on a JSON Schema before it is saved. */
export type SchemaCheckOutcome =
  | { kind: "ok" }
  | { kind: "bad-schema"; message: string }
  | { kind: "timeout" }
  | { kind: "memory" };

/** A large delivery to be read: its rules, and the request without anything secret. */
export type LargeDelivery = {
  readonly rules: DeliveryRules;
  readonly request: WebhookRequest;
  readonly eventId: string;
  readonly receivedAt: Date;
};

/** What a child read of a large delivery. */
export type PackedReading = Omit<DeliveryReading, "split"> & { readonly split: PackedSplit };

/** What reading a large delivery in a child came to. */
export type ReadDeliveryOutcome = { kind: "read"; reading: PackedReading } | { kind: "timeout" } | { kind: "memory" };

/**
 * Everything a child can be asked to do. An `evaluate` answers once per expression from index `from` on, the others
 * once.
 */
export type Task =
  | {
      kind: "evaluate";
      taskId: number;
      expressions: Expression[];
      from: number;
      contextJson: string;
      /** Whether calculated numbers are written with 15 digits, as text places write them. */
      rounds: boolean;
      now: string;
      seed: string;
      deadlineMs: number;
    }
  | { kind: "check"; taskId: number; source: string }
  | { kind: "readBody"; taskId: number; contentType: string | null; bytes: Uint8Array; wishes: BodyWishes }
  | { kind: "validate"; taskId: number; schema: string; contentType: string | null; bytes: Uint8Array }
  | { kind: "checkSchema"; taskId: number; schema: string }
  | ({ kind: "readDelivery"; taskId: number } & LargeDelivery);

/** What goes to a child: a task, or word that tasks it has not begun are no longer wanted. */
export type ToChild = Task | { kind: "cancel"; taskIds: number[] };

/** What comes back from a child: that it is warm, or the answer with this index of a task. */
export type FromChild =
  | { kind: "ready" }
  | { kind: "outcome"; taskId: number; index: number; outcome: Outcome }
  | { kind: "checked"; taskId: number; index: 0; outcome: CheckOutcome }
  | { kind: "bodyRead"; taskId: number; index: 0; body: BodyReading }
  | { kind: "validated"; taskId: number; index: 0; outcome: ValidateOutcome }
  | { kind: "schemaChecked"; taskId: number; index: 0; outcome: SchemaCheckOutcome }
  | { kind: "deliveryRead"; taskId: number; index: 0; reading: PackedReading };

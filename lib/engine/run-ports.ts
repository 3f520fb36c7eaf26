import type { Gate } from "#lib/core/gate.ts";
import type { JsonObject } from "#lib/core/json.ts";
import type { Written, WrittenObject } from "#lib/core/json-text.ts";
import type { CallbackUrl } from "#lib/engine/callback-links.ts";
import type { Effect, EffectOutcome } from "#lib/engine/effect.ts";
import type { JournalWrite } from "#lib/engine/journal-rows.ts";
import type { StepWarning } from "#lib/engine/step-warnings.ts";
import type { ActionStep } from "#lib/engine/steps/registry.generated.ts";

/** What expressions of a run can see. `item` and `index` exist inside a loop only, `error` in an error path only. */
export type Scope = {
  trigger: WrittenObject;
  steps: WrittenObject;
  vars: WrittenObject;
  run: { id: string; attempt: number; flow: string; callbacks?: JsonObject };
  item?: Written;
  index?: number;
  error?: Written;
};

/** Where and when something is evaluated or planned: frozen, so that doing it twice gives the same. */
export type StepPlace = { stepPath: string; idempotencyKey: string; now: Date; seed: string };

/**
 * What an expression came to. `nothing` is JSONata's missing value; `losesDigits`: it calculated with a number that has
 * more digits than it keeps.
 */
export type Evaluated =
  | { kind: "value"; value: Written; losesDigits?: true }
  | { kind: "nothing" }
  | { kind: "failed"; code: string; message: string };

/**
 * A step's evaluated input and the effect planned from it, or why there is none. `held` says why performing it would
 * wait for a person: its connection is for other hosts. `warnings`: what of the input is worth a mark; it is sent all
 * the same.
 */
export type PlannedStep =
  | {
      kind: "planned";
      input: Written;
      effect: Effect;
      onUnknown: "retry" | "ask";
      held: string | null;
      warnings: readonly StepWarning[];
    }
  | { kind: "refused"; code: string; message: string; input: Written | null };

/** How a wait for something from outside stands. */
export type OpenWait =
  | { kind: "open"; dueInMs: number }
  | { kind: "answered"; answer: Written }
  | { kind: "timed out" };

/** What run-flow needs from the world. */
export type RunPorts = {
  evaluate(source: string, scope: Scope, place: StepPlace): Promise<Evaluated>;
  /** A text from its template, trimmed; null when it comes to nothing or fails. */
  renderText(template: string, scope: Scope, place: StepPlace): Promise<string | null>;
  planStep(step: ActionStep, scope: Scope, place: StepPlace): Promise<PlannedStep>;
  /** The address at which the step at `path` is answered from outside; the same whenever it is asked for. */
  callbackUrl: CallbackUrl;
  /**
   * Opens a wait for something from outside, or looks after the one that is open, and says how it stands. With `asked`
   * null it was open when this worker took the run; otherwise one whose time had run out begins anew. Durable when it
   * resolves: from then on whoever answers finds it, and what was answered is not lost whatever becomes of this
   * worker. Throws LeaseLostError when the run is no longer held.
   */
  openWait(wait: { path: string; kind: string; asked: JsonObject | null; waitMs: number }): Promise<OpenWait>;
  /** What an action does by default when an outcome is unknown; used for steps planned by an earlier worker. */
  onUnknownOf(action: string): "retry" | "ask";
  /** The gate an effect has to wait at, because those it shares places with use them up; null when it may begin. */
  findClosedGate(effect: Effect): Gate | null;
  /** `mayRepeat`: whether what may have arrived may be sent again without asking a person. */
  perform(
    effect: Effect,
    place: { stepPath: string; attempt: number; idempotencyKey: string; mayRepeat: boolean },
  ): Promise<EffectOutcome>;
  /** Durable when it resolves; throws LeaseLostError when the run is no longer held. */
  write(write: JournalWrite): Promise<void>;
  /** Throws LeaseLostError when this worker cannot be sure that it still holds the run. */
  assertHeld(): void;
  /** True when the worker is being stopped: no new effect begins. */
  isDraining(): boolean;
  /**
   * What may be kept in plain of a value's JSON: the secrets this run knows are taken out. `sealed` is the whole where
   * that is not all of it; the run goes on with the whole, here and wherever it is taken up again.
   */
  conceal(id: string, json: string): { json: string; sealed: Uint8Array | null };
  /** A text as it may be shown. */
  concealText(text: string): string;
  now(): Date;
  random(): number;
  hash(text: string): string;
  newId(now: Date): string;
};

import type { BodyWishes } from "#lib/bodies/body-reading.ts";
import { createPool, type Job, type Pool } from "./create-pool.ts";
import { contextCharsMax, deadlineMsDefault, readDeliveryMs, type SandboxLimits, sandboxLimits } from "./limits.ts";
import { compilePlain } from "./plain-expression.ts";
import type {
  CheckOutcome,
  Expression,
  LargeDelivery,
  Outcome,
  ReadBodyOutcome,
  ReadDeliveryOutcome,
  SchemaCheckOutcome,
  Task,
  ValidateOutcome,
} from "./protocol.ts";

/** One batch over one context. */
export type Evaluation = {
  expressions: readonly Expression[];
  /** The data as JSON text, empty for no data at all; a function is only called when it is needed. */
  contextJson: string | (() => string);
  /** The same data already parsed, where the caller has it: saves a parse for plain expressions. */
  context?: unknown;
  /** ISO time that $now and $millis answer. */
  now: string;
  /** What $random and $shuffle are drawn from; the same seed gives the same values. */
  seed: string;
  /** Processor time each expression may take. */
  deadlineMs?: number;
  /**
   * Writes calculated numbers with 15 digits (19.99 * 100 is 1999), as text places do; JSONata's own digits otherwise.
   */
  rounds?: boolean;
  /** Usually the workspace: askers with slow expressions come after the others. */
  fairnessKey?: string;
};

/** Runs what users wrote. Outcomes are values; a rejected promise means the sandbox itself is closed or broken. */
export type Sandbox = {
  /** One outcome per expression, in order. An expression that hangs or bursts fails alone. */
  evaluate(evaluation: Evaluation): Promise<Outcome[]>;
  /** Whether a source may be saved. */
  check(source: string): Promise<CheckOutcome>;
  /** Reads a body of any size up to the body cap away from the event loop. */
  readBody(contentType: string | null, bytes: Uint8Array, wishes?: BodyWishes): Promise<ReadBodyOutcome>;
  /** Checks a body against a JSON Schema; `fairnessKey` is usually the workspace. */
  validate(asked: {
    schema: string;
    contentType: string | null;
    bytes: Uint8Array;
    fairnessKey?: string;
  }): Promise<ValidateOutcome>;
  /** Reads names, key, form fields and items of a delivery of any size; `fairnessKey` is usually the workspace. */
  readDelivery(delivery: LargeDelivery, fairnessKey: string): Promise<ReadDeliveryOutcome>;
  /** Whether a JSON Schema may be saved. */
  checkSchema(schema: string): Promise<SchemaCheckOutcome>;
  /** Resolves when all children are warm. */
  ready(): Promise<void>;
  stats: Pool["stats"];
  /** Kills all children; what was under way is rejected. */
  close(): Promise<void>;
};

/** Settings of a sandbox; `plainInPlace: false` sends even plain paths to a child, for comparing the two. */
export type SandboxOptions = {
  children?: number;
  deadlineMs?: number;
  standstillMs?: number;
  plainInPlace?: boolean;
  /** Tighter bounds than those that flows run in. */
  limits?: Partial<SandboxLimits>;
};

const plainContextCharsMax = 256 * 1024;

/** A body that is not read in time reaches its flow as text: a slow processor must not make that of it. */
const PARSE_DEADLINES = 3;

/** Starts a sandbox with its own children; the application shares the one of `sandbox.ts`. */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  const limits = { ...sandboxLimits, ...options.limits };
  const pool = createPool(options.children ?? 2, limits, options.standstillMs);
  const deadlineMs = options.deadlineMs ?? deadlineMsDefault;
  const plainInPlace = options.plainInPlace ?? true;
  let lastTaskId = 0;

  function evaluateInChildren(evaluation: Evaluation, expressions: Expression[], contextJson: string) {
    return new Promise<Outcome[]>((resolve, reject) => {
      const outcomes: Outcome[] = [];
      const task: Extract<Task, { kind: "evaluate" }> = {
        kind: "evaluate",
        taskId: ++lastTaskId,
        expressions,
        from: 0,
        contextJson,
        rounds: evaluation.rounds ?? false,
        now: evaluation.now,
        seed: evaluation.seed,
        deadlineMs: evaluation.deadlineMs ?? deadlineMs,
      };
      const record = (outcome: Outcome) => {
        outcomes.push(outcome);
        const done = outcomes.length === expressions.length;
        if (done) resolve(outcomes);
        return { done };
      };
      pool.run({
        task,
        deadlineMs: task.deadlineMs,
        fairnessKey: evaluation.fairnessKey ?? "",
        losses: 0,
        answer: (message) =>
          message.kind === "outcome" && message.index === outcomes.length ? record(message.outcome) : { done: false },
        fail: (failure) =>
          record({ kind: failure }).done ? null : { ...task, taskId: ++lastTaskId, from: outcomes.length },
        reject,
      });
    });
  }

  function runSingle<Answer>(
    task: Task,
    read: (message: Parameters<Job["answer"]>[0]) => Answer,
    failed: (failure: "timeout" | "memory") => Answer,
    fairnessKey = "",
    ownDeadlineMs = deadlineMs,
  ) {
    return new Promise<Answer>((resolve, reject) => {
      pool.run({
        task,
        deadlineMs: ownDeadlineMs,
        fairnessKey,
        losses: 0,
        answer(message) {
          resolve(read(message));
          return { done: true };
        },
        fail(failure) {
          resolve(failed(failure));
          return null;
        },
        reject,
      });
    });
  }

  return {
    async evaluate(evaluation) {
      const outcomes: (Outcome | null)[] = evaluation.expressions.map((expression) =>
        Buffer.byteLength(expression.source) > limits.sourceBytes ? { kind: "too-large", limit: "source" } : null,
      );
      if (plainInPlace) evaluatePlain(evaluation, outcomes);
      const left = evaluation.expressions.flatMap((expression, index) =>
        outcomes[index] === null ? [{ expression, index }] : [],
      );
      if (left.length > 0) {
        const contextJson =
          typeof evaluation.contextJson === "string" ? evaluation.contextJson : evaluation.contextJson();
        const answers: Outcome[] =
          contextJson.length > contextCharsMax
            ? left.map(() => ({ kind: "too-large", limit: "context" }))
            : await evaluateInChildren(
                evaluation,
                left.map(({ expression }) => expression),
                contextJson,
              );
        for (const [at, { index }] of left.entries()) outcomes[index] = answers[at] ?? null;
      }
      return outcomes.map((outcome) => outcome ?? { kind: "timeout" });
    },

    async check(source) {
      if (Buffer.byteLength(source) > limits.sourceBytes) return { kind: "too-large", limit: "source" };
      return runSingle<CheckOutcome>(
        { kind: "check", taskId: ++lastTaskId, source },
        (message) => (message.kind === "checked" ? message.outcome : { kind: "timeout" }),
        (failure) => ({ kind: failure }),
      );
    },

    readBody(contentType, bytes, wishes = {}) {
      return runSingle<ReadBodyOutcome>(
        { kind: "readBody", taskId: ++lastTaskId, contentType, bytes, wishes },
        (message) => (message.kind === "bodyRead" ? { kind: "read", body: message.body } : { kind: "timeout" }),
        (failure) => ({ kind: failure }),
        "",
        deadlineMs * PARSE_DEADLINES,
      );
    },

    validate({ schema, contentType, bytes, fairnessKey }) {
      return runSingle<ValidateOutcome>(
        { kind: "validate", taskId: ++lastTaskId, schema, contentType, bytes },
        (message) => (message.kind === "validated" ? message.outcome : { kind: "timeout" }),
        (failure) => ({ kind: failure }),
        fairnessKey,
      );
    },

    readDelivery(delivery, fairnessKey) {
      return runSingle<ReadDeliveryOutcome>(
        { kind: "readDelivery", taskId: ++lastTaskId, ...delivery },
        (message) =>
          message.kind === "deliveryRead" ? { kind: "read", reading: message.reading } : { kind: "timeout" },
        (failure) => ({ kind: failure }),
        fairnessKey,
        readDeliveryMs,
      );
    },

    checkSchema(schema) {
      return runSingle<SchemaCheckOutcome>(
        { kind: "checkSchema", taskId: ++lastTaskId, schema },
        (message) => (message.kind === "schemaChecked" ? message.outcome : { kind: "timeout" }),
        (failure) => ({ kind: failure }),
      );
    },

    ready: () => pool.ready(),
    stats: () => pool.stats(),
    close: () => pool.close(),
  };
}

/** Fills in what plain paths, literals and arithmetic come to; they cannot run away, so they need no child. */
function evaluatePlain(evaluation: Evaluation, outcomes: (Outcome | null)[]): void {
  let context: unknown = evaluation.context;
  let known = context !== undefined;
  evaluation.expressions.forEach((expression, index) => {
    if (outcomes[index] !== null) return;
    const plain = compilePlain(expression.source);
    if (plain === null) return;
    if (!known) {
      const json = typeof evaluation.contextJson === "string" ? evaluation.contextJson : evaluation.contextJson();
      if (json === "" || json.length > plainContextCharsMax) return;
      context = JSON.parse(json);
      known = true;
    }
    outcomes[index] = plain(context, { rounds: evaluation.rounds ?? false });
  });
}

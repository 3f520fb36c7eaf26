import { createHash } from "node:crypto";
import jsonata from "jsonata";
import type { Json, JsonObject } from "#lib/core/json.ts";
import { isOpenStep } from "#lib/core/states.ts";
import type { Effect, EffectOutcome } from "#lib/engine/effect.ts";
import { type FlowDefinition, flowDefinitionSchema } from "#lib/engine/flow-definition.ts";
import { type JournalWrite, OWN_FAULTS, type SavedStep } from "#lib/engine/journal-rows.ts";
import { type RunEnding, runFlow } from "#lib/engine/run-flow.ts";
import type { RunPorts } from "#lib/engine/run-ports.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";

/** What an effect sent, as a target would note it down. */
export type Hit = { stepPath: string; attempt: number; key: string; url: string; body: string };

/** A run over ports in memory: a journal like the database's, a clock that stands, targets that answer as told. */
export type MemoryRun = {
  hits: Hit[];
  writes: JournalWrite[];
  saved: Map<string, SavedStep>;
  /** Answers for the step at this path, in order; then the last one for ever. */
  answers: Map<string, EffectOutcome[]>;
  /** Called right before each effect and each write; throwing there is a crash. */
  crash: {
    beforeEffect?: (hit: Hit) => void;
    afterEffect?: (hit: Hit) => void;
    beforeWrite?: (write: JournalWrite) => void;
  };
  /** Waits for something from outside, by path; an answer may be put there before the step is reached. */
  waits: Map<string, { dueAt: number; answer: Json | undefined }>;
  draining: boolean;
  /** Hosts that may not be called now. */
  closedTargets: Set<string>;
  /** Lets this many milliseconds of the database's clock pass. */
  pass(ms: number): void;
  run(): Promise<RunEnding>;
  step(path: string): SavedStep["row"] | undefined;
  output(path: string): Json | undefined;
};

/** An answer of a target that took the call. */
export const done: EffectOutcome = { kind: "done", output: { status: 200 }, answer: { status: 200 } };

/** An answer that asks for another try. */
export const busy: EffectOutcome = {
  kind: "failed",
  code: "http-503",
  message: "The target answered 503.",
  retryable: true,
  retryAfterMs: null,
  answer: { status: 503 },
};

/** An answer that will not change. */
export const gone: EffectOutcome = {
  kind: "failed",
  code: "http-404",
  message: "The target answered 404.",
  retryable: false,
  retryAfterMs: null,
  answer: { status: 404 },
};

/** A connection that broke after the request went out. */
export const lost: EffectOutcome = {
  kind: "unknown",
  code: "connection-lost",
  message: "The connection broke.",
  answer: null,
};

/** A step that computes `expression` and touches nothing. */
export const value = (id: string, expression: string): Step => ({
  kind: "action",
  id,
  name: id,
  action: "test.value",
  input: { expression },
});

/** A checked definition with these steps. */
export function flowOf(steps: Step[], more: { filter?: string; runName?: string } = {}): FlowDefinition {
  return flowDefinitionSchema.parse({
    schema: 1,
    trigger: { endpointId: null, eventTypes: [], filter: more.filter ?? null },
    runName: more.runName ?? "",
    steps,
  });
}

/** A step that calls `url`, whose body is the value of a JSONata expression. */
export function call(
  id: string,
  expression = "trigger.body",
  settings?: Extract<Step, { kind: "action" }>["settings"],
): Step {
  return { kind: "action", id, name: id, action: "test.call", input: { expression }, settings };
}

/** A run of `definition` over `body`. */
export function memoryRun(definition: FlowDefinition, body: Json = {}): MemoryRun {
  const madeAtMs = Date.parse("2026-11-23T10:00:00Z");
  let nowMs = madeAtMs;
  let ids = 0;
  const data = new Map<string, Json>();
  const dueAt = new Map<string, number>();
  const evaluate = async (source: string, scope: unknown): Promise<Json | undefined> => {
    const value: unknown = await jsonata(source).evaluate(scope);
    return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as Json);
  };
  const memory: MemoryRun = {
    hits: [],
    writes: [],
    saved: new Map(),
    answers: new Map(),
    crash: {},
    waits: new Map(),
    draining: false,
    closedTargets: new Set(),
    pass: (ms) => void (nowMs += ms),
    step: (path) => memory.saved.get(path)?.row,
    output: (path) => memory.saved.get(path)?.output as Json | undefined,
    run: async () => {
      const saved = [...memory.saved.values()].map((step) => structuredClone(step));
      for (const step of saved) {
        const at = dueAt.get(step.row.path);
        step.due = at === undefined || at <= nowMs;
        step.row.nextAttemptInMs = at === undefined ? null : Math.max(at - nowMs, 0);
      }
      const ending = await runFlow(
        {
          id: "run-1",
          originRunId: "run-1",
          attempt: 1,
          madeAtMs,
          flowName: "Test",
          name: null,
          definition,
          trigger: { body },
          vars: {},
          saved,
        },
        ports,
      );
      // Whatever ended a run, no step of it may stay open.
      const open = [...memory.saved.values()].filter(({ row }) => isOpenStep(row.status)).map(({ row }) => row.path);
      if (ending.kind === "finish" && open.length > 0) throw new Error(`Open in an ended run: ${open.join(", ")}`);
      return ending;
    },
  };
  const ports: RunPorts = {
    async evaluate(source, scope) {
      try {
        const value = await evaluate(source, scope);
        return value === undefined ? { kind: "nothing" } : { kind: "value", value };
      } catch (error) {
        return { kind: "failed", code: "expression", message: (error as Error).message };
      }
    },
    async renderText(template, scope) {
      const value = await evaluate(template, scope);
      return typeof value === "string" ? value : null;
    },
    async planStep(step, scope, place) {
      const value = await evaluate(String((step.input as JsonObject)["expression"]), scope);
      if (value === undefined)
        return { kind: "refused", code: "blank", message: "URL is empty for this event.", input: null };
      if (step.action === "test.value")
        return {
          kind: "planned",
          input: value,
          effect: { kind: "value", output: value },
          onUnknown: "retry",
          held: null,
          warnings: [],
        };
      // Planned anew, the bytes would differ: only a frozen effect sends the same ones twice.
      const bytes = `${JSON.stringify(value)} planned at ${place.now.toISOString()}`;
      const effect: Effect = {
        kind: "http",
        method: "POST",
        url: `http://${step.id}.test/`,
        headers: [],
        body: { text: bytes },
        timeoutMs: 1,
        redirectsMax: 0,
        responseBytesMax: 1,
      };
      return {
        kind: "planned",
        input: value,
        effect,
        onUnknown: step.action === "test.mail" ? "ask" : "retry",
        held: null,
        warnings: [],
      };
    },
    callbackUrl: (path, link) => `http://hookline.test/answer/${path}/${link}`,
    async openWait({ path, waitMs, asked }) {
      const known = memory.waits.get(path);
      const wait = known ?? { dueAt: nowMs + waitMs, answer: undefined };
      memory.waits.set(path, wait);
      if (wait.answer !== undefined) return { kind: "answered", answer: wait.answer };
      if (wait.dueAt > nowMs) return { kind: "open", dueInMs: wait.dueAt - nowMs };
      if (asked === null) return { kind: "timed out" };
      wait.dueAt = nowMs + waitMs;
      return { kind: "open", dueInMs: waitMs };
    },
    onUnknownOf: (action) => (action === "test.mail" ? "ask" : "retry"),
    findClosedGate(effect) {
      const host = effect.kind === "http" ? new URL(effect.url).host : "";
      return memory.closedTargets.has(host) ? { kind: "target", key: host } : null;
    },
    async perform(effect, place) {
      if (effect.kind !== "http") throw new Error("only calls here");
      const hit = {
        stepPath: place.stepPath,
        attempt: place.attempt,
        key: place.idempotencyKey,
        url: effect.url,
        body: JSON.stringify(effect.body),
      };
      memory.crash.beforeEffect?.(hit);
      memory.hits.push(hit);
      memory.crash.afterEffect?.(hit);
      await new Promise((resolve) => setImmediate(resolve));
      const list = memory.answers.get(place.stepPath) ?? [];
      return (list.length > 1 ? list.shift() : list[0]) ?? done;
    },
    async write(write) {
      memory.crash.beforeWrite?.(write);
      memory.writes.push(structuredClone(write));
      for (const row of write.data) data.set(row.id, JSON.parse(row.json) as Json);
      for (const row of write.steps) {
        const before = memory.saved.get(row.path);
        if (row.nextAttemptInMs === null) dueAt.delete(row.path);
        else dueAt.set(row.path, nowMs + row.nextAttemptInMs);
        const read = (id: string | null) => (id === null ? undefined : data.get(id));
        memory.saved.set(row.path, {
          row: structuredClone(row),
          due: true,
          input: read(row.inputDataId),
          effect: read(row.effectDataId) as Effect | undefined,
          output: read(row.outputDataId),
          lastAttempt: before?.lastAttempt ?? null,
          hidden: [],
          attemptsBefore: before?.attemptsBefore ?? 0,
        });
      }
      for (const row of write.attempts) {
        const step = memory.saved.get(row.path);
        if (step === undefined) continue;
        step.lastAttempt = structuredClone(row);
        if ((row.outcome === "failed" || row.outcome === "unknown") && row.retryInMs === null)
          step.attemptsBefore = row.number;
        else if ((OWN_FAULTS as readonly (string | null)[]).includes(row.errorCode)) step.attemptsBefore += 1;
      }
    },
    assertHeld: () => undefined,
    isDraining: () => memory.draining,
    conceal: (_id, json) => ({ json, sealed: null }),
    concealText: (text) => text,
    now: () => new Date(nowMs),
    random: () => 0.5,
    hash: (text) => createHash("sha256").update(text).digest("hex"),
    newId: () => `id-${(ids += 1)}`,
  };
  return memory;
}

import { z } from "zod";
import { readWritten } from "#lib/core/json-text.ts";
import { DAY, HOUR, MINUTE, SECOND } from "#lib/core/units.ts";
import type { Evaluated } from "#lib/engine/run-ports.ts";
import { runWait, type WaitPlan } from "#lib/engine/run-wait.ts";
import { defineStepKind, type StepParts } from "#lib/engine/step-kind.ts";

const UNITS = { seconds: SECOND, minutes: MINUTE, hours: HOUR, days: DAY } as const;

const schema = ({ base, expression }: Pick<StepParts, "base" | "expression">) =>
  z.strictObject({
    ...base,
    kind: z.literal("delay"),
    /** JSONata; comes to a number from 0 on. */
    amount: expression,
    unit: z.enum(["seconds", "minutes", "hours", "days"]),
  });

/** Waits for a span of time. A day is 24 hours. */
export type StepShape = z.infer<ReturnType<typeof schema>>;

/** The kind of step that waits for a span of time. */
export const kind = defineStepKind<StepShape>({
  kind: "delay",
  title: "Delay",
  icon: "hourglass",
  choice: {
    does: "Wait for a while",
    detail: "Go on after minutes, hours or days",
    synonyms: ["delay", "sleep", "pause", "later", "timer"],
    idBase: "delay",
  },
  schema,
  readOlder: ({ forMs, ...step }) =>
    forMs === undefined ? step : { ...step, amount: String(Number(forMs) / SECOND), unit: "seconds" },
  blank: () => ({ kind: "delay", amount: "", unit: "minutes" }),
  hasOutput: true,
  expressions: ({ amount }) => [{ path: ["amount"], source: amount, what: "how long to wait", example: "1" }],
  values: (step) =>
    new Map([
      ["how long", step.amount],
      ["unit", step.unit],
    ]),

  run: ({ frame, step, path, scope }) =>
    runWait({ frame, step, path }, async (place) => {
      const amount = readAmount(await frame.ports.evaluate(step.amount, scope, place));
      return typeof amount === "number"
        ? { kind: "until", at: place.now.getTime() + amount * UNITS[step.unit] }
        : amount;
    }),

  async rehearse({ step, keep, evaluate }) {
    const amount = step.amount.trim() === "" ? null : readAmount(await evaluate(step.amount));
    const line = typeof amount === "number" ? `waits ${amount} ${wordOf(amount, step.unit)}` : "waits";
    keep({
      provenance: "example",
      card: { line, problem: amount === null || typeof amount === "number" ? null : amount.message },
    });
    return {};
  },
});

function readAmount(found: Evaluated): number | Extract<WaitPlan, { kind: "failed" }> {
  if (found.kind === "failed") return found;
  const value = found.kind === "nothing" ? null : readWritten(found.value);
  const amount = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof amount === "number" && Number.isFinite(amount) && amount >= 0) return amount;
  const shown = found.kind === "nothing" ? "nothing" : JSON.stringify(value).slice(0, 60);
  return {
    kind: "failed",
    code: "bad-duration",
    message: `How long to wait came to ${shown}; it must be a number from 0 on.`,
  };
}

function wordOf(amount: number, unit: StepShape["unit"]): string {
  return amount === 1 ? unit.slice(0, -1) : unit;
}

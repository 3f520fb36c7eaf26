import { expect, test } from "vitest";
import { countEffects, plannedWords } from "#lib/engine/count-effects.ts";
import { flowDefinitionSchema } from "#lib/engine/flow-definition.ts";

const act = (id: string, action: string, more: object = {}) => ({
  kind: "action",
  id,
  name: id,
  action,
  input: {},
  ...more,
});
const countOf = (steps: unknown[]) =>
  countEffects(
    flowDefinitionSchema.parse({
      schema: 1,
      trigger: { endpointId: null, eventTypes: [], filter: null },
      runName: "",
      steps,
    }),
  );

test("counts what reaches out in every way of a branch, and what is inside a loop for each item", () => {
  const failing = { settings: { onError: "path" }, errorSteps: [act("tell", "email.send")] };
  const counts = countOf([
    act("a", "http.request"),
    act("off", "http.request", { off: true }),
    act("b", "transform"),
    act("answer", "sender.answer"),
    {
      kind: "branch",
      id: "size",
      name: "Size",
      cases: [{ id: "big", name: "Big", when: "true", steps: [act("c", "email.send")] }],
      otherwise: [act("d", "http.request")],
    },
    {
      kind: "forEach",
      id: "each",
      name: "Each",
      items: "[]",
      concurrency: 1,
      onItemError: "stop",
      steps: [act("e", "http.request")],
      ...failing,
    },
  ]);
  expect(counts).toEqual({ once: { http: 2, email: 2 }, perItem: { http: 1 } });
  expect(plannedWords(1_200, false, counts)).toBe(
    "1,200 events → up to 1,200 runs; each makes at most 2 calls, 2 mails, and 1 call for each item of a list.",
  );
});

test("says what runs would do in plain words", () => {
  const nothing = { once: {}, perItem: {} };
  expect(plannedWords(1, false, nothing)).toBe("1 event → 1 run; it sends nothing.");
  expect(plannedWords(10_000, true, { once: { http: 1, email: 1 }, perItem: {} })).toBe(
    "The first 10,000 events → up to 10,000 runs; each makes at most 1 call, 1 mail.",
  );
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diffFlows } from "#lib/engine/edit/diff-flows.ts";
import { CARD, layoutFlow } from "#lib/engine/edit/layout-flow.ts";
import { takenIds, withFreshIds } from "#lib/engine/edit/new-step.ts";
import { referencesOf, renameReferences, renameStepId } from "#lib/engine/edit/step-references.ts";
import {
  findPlaced,
  insertSteps,
  moveStep,
  placedSteps,
  removeStep,
  type StepSlot,
  shiftStep,
  stepsAt,
} from "#lib/engine/edit/step-tree.ts";
import { visibleSteps } from "#lib/engine/edit/visible-steps.ts";
import { type FlowDefinition, flowDefinitionSchema } from "#lib/engine/flow-definition.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";

const act = (id: string, value = ""): Step => ({ kind: "action", id, name: id, action: "transform", input: { value } });
const flowOf = (steps: Step[]): FlowDefinition => ({
  schema: 1,
  trigger: { endpointId: null, eventTypes: [], filter: null },
  runName: "",
  steps,
});
const sample = flowOf([
  act("first"),
  {
    kind: "branch",
    id: "way",
    name: "way",
    cases: [{ id: "yes", name: "Yes", when: "true", steps: [act("crm", "steps.first.x"), act("note")] }],
    otherwise: [act("skip")],
  },
  {
    kind: "forEach",
    id: "each",
    name: "each",
    items: "steps.first.list",
    concurrency: 1,
    onItemError: "stop",
    steps: [act("inner", "item.a & steps.crm.id")],
  },
  act("last", 'steps.crm.id & "steps.crm" & steps.`crm`.b'),
]);
const ids = (flow: FlowDefinition) => placedSteps(flow).map(({ step }) => step.id);

/** Random trees with unique ids. */
const trees = fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 14 }).map((kinds) => {
  let number = 0;
  const build = (from: number[]): Step[] => {
    const steps: Step[] = [];
    while (from.length > 0) {
      const kind = from.shift() ?? 0;
      const id = `s${number++}`;
      if (kind < 2) steps.push(act(id));
      else if (kind === 2)
        steps.push({
          kind: "forEach",
          id,
          name: id,
          items: "[]",
          concurrency: 1,
          onItemError: "stop",
          steps: build(from.splice(0, 2)),
        });
      else
        steps.push({
          kind: "branch",
          id,
          name: id,
          cases: [{ id: `${id}c`, name: "c", when: "true", steps: build(from.splice(0, 2)) }],
          otherwise: build(from.splice(0, 1)),
        });
    }
    return steps;
  };
  return flowOf(build([...kinds]));
});

function slotsOf(flow: FlowDefinition): StepSlot[] {
  return placedSteps(flow).flatMap(({ slot }) => [slot, { ...slot, index: slot.index + 1 }]);
}

describe("editing the tree of steps", () => {
  it("keeps every step exactly once when one is moved anywhere", () => {
    fc.assert(
      fc.property(trees, fc.nat(), fc.nat(), (flow, which, where) => {
        const all = ids(flow);
        const id = all[which % all.length] ?? "";
        const slots = slotsOf(flow);
        const moved = moveStep(flow, id, slots[where % slots.length] ?? { list: ["steps"], index: 0 });
        if (moved === null) return;
        expect(ids(moved).toSorted()).toEqual(all.toSorted());
        expect(flowDefinitionSchema.safeParse(moved).success).toBe(true);
        expect(findPlaced(moved, id)?.step).toEqual(findPlaced(flow, id)?.step);
      }),
      { numRuns: 500, seed: 7 },
    );
  });

  it("refuses to move a step into itself", () => {
    expect(moveStep(sample, "each", { list: ["steps", 2, "steps"], index: 0 })).toBeNull();
  });

  it("puts a step where it was asked to go", () => {
    const moved = moveStep(sample, "last", { list: ["steps", 1, "otherwise"], index: 0 });
    expect(moved && stepsAt(moved, ["steps", 1, "otherwise"]).map((step) => step.id)).toEqual(["last", "skip"]);
    const within = moveStep(sample, "first", { list: ["steps"], index: 3 });
    expect(within?.steps.map((step) => step.id)).toEqual(["way", "each", "first", "last"]);
  });

  it("shifts a step out of its branch at the edge, and stops at the ends of the flow", () => {
    const out = shiftStep(sample, "crm", -1);
    expect(out?.steps.map((step) => step.id)).toEqual(["first", "crm", "way", "each", "last"]);
    expect(shiftStep(sample, "first", -1)).toBeNull();
    expect(shiftStep(sample, "last", 1)).toBeNull();
  });

  it("comes back to the same flow after an insert and its removal", () => {
    fc.assert(
      fc.property(trees, fc.nat(), (flow, where) => {
        const slots = slotsOf(flow);
        const slot = slots[where % slots.length] ?? { list: ["steps"], index: 0 };
        expect(removeStep(insertSteps(flow, slot, [act("fresh")]), "fresh")).toEqual(flow);
      }),
      { numRuns: 300, seed: 8 },
    );
  });

  it("gives pasted copies ids of their own", () => {
    const { steps } = withFreshIds(sample.steps, sample);
    const both = { ...sample, steps: [...sample.steps, ...steps] };
    expect(flowDefinitionSchema.safeParse(both).success).toBe(true);
    expect(takenIds(both).size).toBe(takenIds(sample).size * 2);
  });
});

describe("references between steps", () => {
  it("follow a renamed step, but not inside texts or other names", () => {
    const { flow, places } = renameStepId(sample, "crm", "sales");
    expect(places).toBe(2);
    expect(findPlaced(flow, "last")?.step).toMatchObject({
      input: { value: 'steps.sales.id & "steps.crm" & steps.sales.b' },
    });
    expect(renameReferences("mysteps.crm + x.steps.crm + $steps.crm", new Map([["crm", "z"]])).count).toBe(0);
  });

  it("are found with bare and quoted names", () => {
    const last = findPlaced(sample, "last");
    expect(last && referencesOf(last.step)).toEqual(["crm"]);
  });

  it("reach earlier steps, those inside earlier branches, and the loop around", () => {
    expect(visibleSteps(sample, "last").earlier.map((step) => step.id)).toEqual([
      "first",
      "way",
      "crm",
      "note",
      "skip",
      "each",
    ]);
    const inner = visibleSteps(sample, "inner");
    expect(inner.loop?.id).toBe("each");
    expect(inner.earlier.map((step) => step.id)).toEqual(["first", "way", "crm", "note", "skip"]);
    expect(visibleSteps(sample, "crm").earlier.map((step) => step.id)).toEqual(["first"]);
  });
});

describe("differences in sentences", () => {
  it("says nothing about equal flows", () => {
    fc.assert(
      fc.property(trees, (flow) => {
        expect(diffFlows(flow, structuredClone(flow))).toEqual([]);
      }),
      { numRuns: 200, seed: 9 },
    );
  });

  it("names what was added, removed, moved, renamed and changed, each once", () => {
    const added = insertSteps(sample, { list: ["steps"], index: 1 }, [act("extra")]);
    expect(diffFlows(sample, added).map((change) => change.sentence)).toEqual(['Added "extra" after "first"']);
    expect(diffFlows(added, sample).map((change) => change.sentence)).toEqual(['Removed "extra"']);
    const changed = {
      ...sample,
      steps: sample.steps.map((step) => (step.id === "first" ? { ...act("first", "1 + 1"), off: true } : step)),
    };
    expect(diffFlows(sample, changed).map((change) => change.sentence)).toEqual([
      'Turned off "first"',
      '"first" · value: nothing → "1 + 1"',
    ]);
    const moved = moveStep(sample, "skip", { list: ["steps"], index: 0 });
    expect(moved && diffFlows(sample, moved).some((change) => change.sentence.startsWith('Moved "skip"'))).toBe(true);
  });
});

describe("the layout", () => {
  it("never lays two cards over each other and draws every step once", () => {
    fc.assert(
      fc.property(trees, (flow) => {
        const { cards } = layoutFlow(flow);
        expect(cards.map((card) => card.id).toSorted()).toEqual(["trigger", ...ids(flow)].toSorted());
        for (const [index, a] of cards.entries())
          for (const b of cards.slice(index + 1)) {
            const apart = Math.abs(a.x - b.x) >= CARD.width || Math.abs(a.y - b.y) >= CARD.height;
            expect(apart, `${a.id} and ${b.id}`).toBe(true);
          }
      }),
      { numRuns: 300, seed: 10 },
    );
  });

  it("offers a + at the end of every list", () => {
    const { lines } = layoutFlow(sample);
    const slots = lines.flatMap((line) => (line.slot ? [`${line.slot.list.join(".")}:${line.slot.index}`] : []));
    expect(slots).toContain("steps.1.cases.0.steps:2");
    expect(slots).toContain("steps.1.otherwise:1");
    expect(slots).toContain("steps.2.steps:1");
    expect(slots).toContain("steps:4");
    expect(new Set(slots).size).toBe(slots.length);
  });
});

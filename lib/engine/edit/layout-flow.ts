import type { StepSlot } from "#lib/engine/edit/step-tree.ts";
import { childLists, type FlowDefinition } from "#lib/engine/flow-definition.ts";
import type { ChildList } from "#lib/engine/step-kind.ts";
import { stepKindOf } from "#lib/engine/step-kind-of.ts";
import { errorPathOf } from "#lib/engine/step-settings.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";

/** Measures of the canvas, in pixels. */
export const CARD = { width: 280, height: 64, gapDown: 40, gapAside: 32 } as const;
const LABEL_DOWN = 48;
const RAIL = 28;
const JOIN = 24;
const RAIL_TOP = 12;

/** A card on the canvas; `step` null is the trigger. */
export type LaidCard = { id: string; step: Step | null; x: number; y: number };

/**
 * A line from the bottom of one thing to the top of another; `slot` is where its + would add, `label` the branch's
 * chip. `aside`: it leads from the side of a card to its error path.
 */
export type LaidLine = {
  id: string;
  from: { x: number; y: number };
  to: { x: number; y: number };
  slot: StepSlot | null;
  label: string | null;
  join: boolean;
  aside?: true;
};

/** The rail beside a loop's body. */
export type LaidRail = {
  id: string;
  stepId: string;
  x: number;
  y: number;
  height: number;
  width: number;
  label: string;
};

/** Where everything of a flow stands. Cards are in run order. */
export type FlowLayout = { cards: LaidCard[]; lines: LaidLine[]; rails: LaidRail[]; width: number; height: number };

type Out = { cards: LaidCard[]; lines: LaidLine[]; rails: LaidRail[] };
type Block = { width: number; height: number };

/**
 * Lays a flow out from the top: every list is a column, branches stand side by side and join below. `folded` steps are
 * drawn without their inside.
 */
export function layoutFlow(flow: FlowDefinition, folded: ReadonlySet<string> = new Set()): FlowLayout {
  const out: Out = { cards: [], lines: [], rails: [] };
  const size = measureList(flow.steps, folded);
  const middle = Math.max(size.width, CARD.width) / 2;
  out.cards.push({ id: "trigger", step: null, x: middle - CARD.width / 2, y: 0 });
  const end = placeList(flow.steps, ["steps"], middle, { x: middle, y: CARD.height }, "trigger", folded, out);
  return { ...out, width: middle * 2, height: end.y };
}

/** The height of a list below the point it hangs on: a gap and a block per step, and the last +. */
function measureList(steps: readonly Step[], folded: ReadonlySet<string>): Block {
  const blocks = steps.map((step) => measureStep(step, folded));
  return {
    width: Math.max(CARD.width, ...blocks.map((block) => block.width)),
    height: blocks.reduce((sum, block) => sum + CARD.gapDown + block.height, 0) + CARD.gapDown,
  };
}

/** A step with what is inside it; its error path stands to the right, and as much room is left free of it. */
function measureStep(step: Step, folded: ReadonlySet<string>): Block {
  if (folded.has(step.id)) return CARD;
  const own = measureOwn(step, folded);
  const steps = errorPathOf(step);
  if (steps === null) return own;
  const aside = measureList(steps, folded);
  return {
    width: own.width + 2 * (CARD.gapAside + aside.width),
    height: Math.max(own.height, CARD.height / 2 + LABEL_DOWN + aside.height) + JOIN,
  };
}

function measureOwn(step: Step, folded: ReadonlySet<string>): Block {
  const ways = ownLists(step);
  const [body] = ways;
  if (body && stepKindOf(step).repeats === true) {
    const inside = measureList(body.steps, folded);
    return { width: inside.width + RAIL * 2, height: CARD.height + inside.height };
  }
  if (ways.length === 0) return CARD;
  const blocks = ways.map((way) => measureList(way.steps, folded));
  return {
    width: blocks.reduce((sum, block) => sum + block.width + CARD.gapAside, -CARD.gapAside),
    height: CARD.height + LABEL_DOWN + Math.max(...blocks.map((block) => block.height)) + JOIN,
  };
}

function ownLists(step: Step): ChildList[] {
  return childLists(step).filter(({ afterError }) => afterError !== true);
}

type Point = { x: number; y: number };

function placeList(
  steps: readonly Step[],
  list: readonly (string | number)[],
  middle: number,
  from: Point,
  owner: string,
  folded: ReadonlySet<string>,
  out: Out,
  label: string | null = null,
  aside = false,
): Point {
  let at = from;
  for (const [index, step] of steps.entries()) {
    const gap = index === 0 && label !== null ? CARD.gapDown + LABEL_DOWN : CARD.gapDown;
    const top = { x: middle, y: at.y + gap };
    out.lines.push({
      id: `${owner}>${step.id}`,
      from: at,
      to: top,
      slot: { list, index },
      label: index === 0 ? label : null,
      join: false,
      ...(aside && index === 0 ? { aside } : {}),
    });
    at = placeStep(step, [...list, index], top, folded, out);
  }
  const gap = steps.length === 0 && label !== null ? CARD.gapDown + LABEL_DOWN : CARD.gapDown;
  const end = { x: middle, y: at.y + gap };
  out.lines.push({
    id: `${owner}:${list.join(".")}>end`,
    from: at,
    to: end,
    slot: { list, index: steps.length },
    label: steps.length === 0 ? label : null,
    join: false,
    ...(aside && steps.length === 0 ? { aside } : {}),
  });
  return end;
}

/** Places a step with its card's top middle at `top`; returns the point its followers hang on. */
function placeStep(
  step: Step,
  path: readonly (string | number)[],
  top: Point,
  folded: ReadonlySet<string>,
  out: Out,
): Point {
  out.cards.push({ id: step.id, step, x: top.x - CARD.width / 2, y: top.y });
  if (folded.has(step.id)) return { x: top.x, y: top.y + CARD.height };
  const end = placeOwn(step, path, top, folded, out);
  const steps = errorPathOf(step);
  if (steps === null) return end;
  const from = { x: top.x + CARD.width / 2, y: top.y + CARD.height / 2 };
  const width = measureList(steps, folded).width;
  const middle = top.x + measureOwn(step, folded).width / 2 + CARD.gapAside + width / 2;
  const list = [...path, "errorSteps"];
  const after = placeList(steps, list, middle, from, step.id, folded, out, "If it fails", true);
  const join = { x: top.x, y: top.y + measureStep(step, folded).height };
  for (const [name, each] of [["done", end] as const, ["failed", after] as const])
    out.lines.push({ id: `${step.id}>${name}`, from: each, to: join, slot: null, label: null, join: true });
  return join;
}

/** Places what is inside a step, its error path left out. */
function placeOwn(
  step: Step,
  path: readonly (string | number)[],
  top: Point,
  folded: ReadonlySet<string>,
  out: Out,
): Point {
  const bottom = { x: top.x, y: top.y + CARD.height };
  const ways = ownLists(step);
  const [only] = ways;
  if (only && stepKindOf(step).repeats === true) {
    const body = measureList(only.steps, folded);
    const end = placeList(only.steps, [...path, ...only.path], top.x, bottom, step.id, folded, out);
    out.rails.push({
      id: `rail-${step.id}`,
      stepId: step.id,
      x: top.x - body.width / 2 - RAIL,
      y: bottom.y + RAIL_TOP,
      height: end.y - bottom.y - RAIL_TOP,
      width: body.width + RAIL * 2,
      label: only.label,
    });
    return end;
  }
  if (ways.length === 0) return bottom;
  const whole = measureOwn(step, folded);
  let left = top.x - whole.width / 2;
  const ends: Point[] = [];
  for (const way of ways) {
    const block = measureList(way.steps, folded);
    const middle = left + block.width / 2;
    ends.push(placeList(way.steps, [...path, ...way.path], middle, bottom, step.id, folded, out, way.label));
    left += block.width + CARD.gapAside;
  }
  const join = { x: top.x, y: top.y + whole.height };
  for (const [index, end] of ends.entries())
    out.lines.push({ id: `${step.id}>join${index}`, from: end, to: join, slot: null, label: null, join: true });
  return join;
}

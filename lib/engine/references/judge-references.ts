import { closestName } from "#lib/core/closest-name.ts";
import type { JsonObject } from "#lib/core/json.ts";
import { findPlaced, idsWithin, placedSteps } from "#lib/engine/edit/step-tree.ts";
import { visibleSteps } from "#lib/engine/edit/visible-steps.ts";
import { childLists, type FlowDefinition } from "#lib/engine/flow-definition.ts";
import { FUNCTION_NAMES } from "#lib/engine/references/function-names.ts";
import type { Reference } from "#lib/engine/references/read-references.ts";
import type { ChildList } from "#lib/engine/step-kind.ts";
import { stepKindOf } from "#lib/engine/step-kind-of.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";

/** Something an expression reads that cannot be there, whatever the event. */
export type ReferenceProblem = {
  code:
    | "unknown-step"
    | "step-later"
    | "step-inside-loop"
    | "step-not-together"
    | "step-off"
    | "step-without-output"
    | "step-failed"
    | "unknown-callback"
    | "callback-off"
    | "callback-inside-loop"
    | "callback-over"
    | "outside-loop"
    | "outside-error-path"
    | "unknown-name"
    | "unknown-member"
    | "unknown-variable"
    | "unset-variable"
    | "unknown-function"
    | "long-number"
    | "bracket-name";
  severity: "error" | "warning";
  data: JsonObject;
  position: number;
};

/** What expressions see at the top, and what is in those parts whose members are fixed. */
const ROOTS = ["trigger", "steps", "vars", "run"] as const;
const LOOP_ROOTS = ["item", "index"] as const;
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  error: ["step", "code", "message", "status", "attempts"],
  run: ["id", "attempt", "flow", "callbacks"],
  trigger: [
    "body",
    "headers",
    "query",
    "method",
    "path",
    "eventType",
    "deliveryId",
    "receivedAt",
    "item",
    "rawBody",
    "exact",
    "cloudEvent",
    "files",
    "notes",
  ],
};
/** JSONata has no word for nothing: people write a name that is not there. */
const MEANS_NOTHING: ReadonlySet<string> = new Set(["undefined", "nothing"]);

/**
 * Judges what one expression reads: `stepId` is the step it belongs to, null for the trigger's filter and the run's
 * name, which are evaluated before any step. `variables` are the names the workspace has. A reference that the
 * expression itself asks about with $exists is a warning.
 */
export function judgeReferences(
  flow: FlowDefinition,
  stepId: string | null,
  references: readonly Reference[],
  variables: readonly string[],
): ReferenceProblem[] {
  if (references.length === 0) return [];
  const visible = stepId === null ? { earlier: [], loop: null, failed: null } : visibleSteps(flow, stepId);
  const roots = [...ROOTS, ...(visible.loop === null ? [] : LOOP_ROOTS), ...(visible.failed === null ? [] : ["error"])];
  const reader = { flow, stepId, roots, earlier: visible.earlier.map(({ id }) => id), variables };
  return references.flatMap((reference): ReferenceProblem[] => {
    const found = judge(reader, reference);
    if (found === null) return [];
    const { position, guarded } = reference;
    return [{ ...found, severity: guarded ? "warning" : found.severity, position }];
  });
}

type Judged = Pick<ReferenceProblem, "code" | "severity" | "data">;

/** Where an expression stands: `roots` are the names it sees, `earlier` the steps whose outputs it can read. */
type Reader = {
  flow: FlowDefinition;
  stepId: string | null;
  roots: readonly string[];
  earlier: readonly string[];
  variables: readonly string[];
};

function judge(reader: Reader, read: Reference): Judged | null {
  const { roots } = reader;
  const { root } = read;
  if (read.slip === "long-number")
    return { code: "long-number", severity: "warning", data: { name: root, nearest: String(Number(root)) } };
  if (read.slip === "bracket-name") return { code: "bracket-name", severity: "warning", data: { name: root } };
  if (read.isCalled !== undefined) return judgeVariable(read, roots);
  const [member] = read.path;
  if (root === "steps") return member === undefined ? null : judgeStep(reader, member);
  if (root === "vars" && member !== undefined && !reader.variables.includes(member)) {
    const data = { name: `vars.${member}`, near: prefixed(root, closestName(member, reader.variables)) };
    return { code: "unknown-variable", severity: "error", data };
  }
  if ((LOOP_ROOTS as readonly string[]).includes(root))
    return roots.includes(root) ? null : { code: "outside-loop", severity: "error", data: { name: root } };
  if (root === "error" && !roots.includes(root))
    return { code: "outside-error-path", severity: "error", data: { name: root } };
  if (root === "run" && member === "callbacks") return judgeCallback(reader, read.path.slice(1));
  const members = MEMBERS[root];
  if (members !== undefined) {
    if (member === undefined || members.includes(member)) return null;
    const data = {
      name: `${root}.${member}`,
      near: prefixed(root, closestName(member, members)),
      members: [...members],
    };
    return { code: "unknown-member", severity: "error", data };
  }
  if (roots.includes(root) || MEANS_NOTHING.has(root)) return null;
  const near = closestName(root, roots);
  if (near === null && MEMBERS["trigger"]?.includes(root) === true)
    return { code: "unknown-name", severity: "warning", data: { name: root, near: `trigger.${root}` } };
  return { code: "unknown-name", severity: near === null ? "warning" : "error", data: { name: root, near } };
}

/** A variable that is set nowhere: mostly a misspelt function, or a name of what expressions see with a dollar sign. */
function judgeVariable({ root, isCalled }: Reference, roots: readonly string[]): Judged {
  const name = root.slice(1);
  if (isCalled === true)
    return {
      code: "unknown-function",
      severity: "error",
      data: { name: root, near: dollar(closestName(name, FUNCTION_NAMES)) },
    };
  const near = closestName(name, roots);
  const data = { name: root, near: near ?? dollar(closestName(name, FUNCTION_NAMES)) };
  return { code: "unset-variable", severity: "error", data };
}

function dollar(name: string | null): string | null {
  return name === null ? null : `$${name}`;
}

function prefixed(root: string, member: string | null): string | null {
  return member === null ? null : `${root}.${member}`;
}

function judgeStep({ flow, stepId: readerId, earlier }: Reader, id: string): Judged | null {
  const wanted = findPlaced(flow, id)?.step;
  if (wanted === undefined) {
    const near = closestName(
      id,
      placedSteps(flow).map(({ step }) => step.id),
    );
    return { code: "unknown-step", severity: "error", data: { id, near } };
  }
  const data = { id, name: wanted.name };
  if (earlier.includes(id)) return null;
  if (wanted.off === true) return { code: "step-off", severity: "warning", data };
  const order = placedSteps(flow).map(({ step }) => step);
  const runsBefore = readerId !== null && indexOf(order, id) < indexOf(order, readerId);
  const holdsReader = readerId !== null && idsWithin(wanted).includes(readerId);
  const failedHere = readerId !== null && idsIn(wanted, (list) => list.afterError === true).includes(readerId);
  if (isBeside(flow, id, readerId)) return { code: "step-later", severity: "error", data };
  if (failedHere) return { code: "step-failed", severity: "error", data };
  if (!runsBefore || holdsReader) return { code: "step-later", severity: "error", data };
  if (!stepKindOf(wanted).hasOutput) return { code: "step-without-output", severity: "error", data };
  const loop = loopAround(flow, id, readerId);
  if (loop !== null) return { code: "step-inside-loop", severity: "error", data: { ...data, loop: loop.id } };
  if (isInsideOff(flow, id)) return { code: "step-off", severity: "warning", data };
  return { code: "step-not-together", severity: "error", data };
}

/** What is read of the links of a step, below `run.callbacks`. */
function judgeCallback({ flow, stepId: readerId }: Reader, path: readonly string[]): Judged | null {
  const [id, member] = path;
  if (id === undefined) return null;
  const order = placedSteps(flow).map(({ step }) => step);
  const wanted = order.find((step) => step.id === id);
  const links = wanted === undefined ? undefined : stepKindOf(wanted).callbackLinks?.(wanted);
  if (wanted === undefined || links === undefined) {
    const known = order.filter((step) => stepKindOf(step).callbackLinks !== undefined).map((step) => step.id);
    return { code: "unknown-callback", severity: "error", data: { id, near: closestName(id, known) } };
  }
  const members = [...new Set(links.flatMap(({ path: [first] }) => first ?? []))];
  if (member !== undefined && !members.includes(member)) {
    const name = `run.callbacks.${id}`;
    const near = prefixed(name, closestName(member, members));
    return { code: "unknown-member", severity: "error", data: { name: `${name}.${member}`, near, members } };
  }
  const data = { id, name: wanted.name };
  if (wanted.off === true || isInsideOff(flow, id)) return { code: "callback-off", severity: "warning", data };
  if (loopAround(flow, id, readerId) !== null) return { code: "callback-inside-loop", severity: "error", data };
  const isOver = readerId !== null && indexOf(order, id) < indexOf(order, readerId);
  return isOver ? { code: "callback-over", severity: "warning", data } : null;
}

function indexOf(order: readonly { id: string }[], id: string): number {
  return order.findIndex((step) => step.id === id);
}

/** A loop that the step stands in and its reader does not. */
function loopAround(flow: FlowDefinition, id: string, readerId: string | null): { id: string } | null {
  const loops = placedSteps(flow).filter(({ step }) => stepKindOf(step).repeats === true);
  const around = loops.find(({ step }) => {
    const repeated = idsIn(step, (list) => list.afterError !== true);
    return repeated.includes(id) && (readerId === null || !repeated.includes(readerId));
  });
  return around?.step ?? null;
}

/** Whether both stand in different branches of a step that runs its branches side by side. */
function isBeside(flow: FlowDefinition, id: string, readerId: string | null): boolean {
  return placedSteps(flow).some(({ step }) => {
    if (readerId === null || stepKindOf(step).sideBySide !== true) return false;
    const own = (one: string) =>
      childLists(step).findIndex((list) => list.steps.some((each) => idsWithin(each).includes(one)));
    return own(id) !== own(readerId) && isBranch(step, own(id)) && isBranch(step, own(readerId));
  });
}

function isBranch(step: Step, index: number): boolean {
  const list = childLists(step)[index];
  return list !== undefined && list.afterError !== true;
}

/** The ids of all steps in some of a step's lists. */
function idsIn(step: Step, wanted: (list: ChildList) => boolean): string[] {
  return childLists(step)
    .filter(wanted)
    .flatMap(({ steps }) => steps.flatMap(idsWithin));
}

function isInsideOff(flow: FlowDefinition, id: string): boolean {
  return placedSteps(flow).some(({ step }) => step.off === true && idsWithin(step).includes(id));
}

import type { Json } from "#lib/core/json.ts";
import { canonicalJson } from "#lib/engine/canonical-json.ts";
import { findPlaced, holderOf, placedSteps, stepsAt } from "#lib/engine/edit/step-tree.ts";
import type { FlowDefinition } from "#lib/engine/flow-definition.ts";
import { triggerWords } from "#lib/engine/schedule/trigger-words.ts";
import { stepKindOf } from "#lib/engine/step-kind-of.ts";
import { conditionOf, onErrorOf } from "#lib/engine/step-settings.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";

/** One change in words; `stepId` null is the trigger or the flow. */
export type FlowChange = { kind: "added" | "removed" | "moved" | "changed"; stepId: string | null; sentence: string };

const VALUE_CHARS = 60;

/** What changed from one definition to another, in sentences, in the order of the new one. */
export function diffFlows(before: FlowDefinition, after: FlowDefinition): FlowChange[] {
  const changes: FlowChange[] = [...diffTrigger(before, after)];
  const old = new Map(placedSteps(before).map((placed) => [placed.step.id, placed]));
  const now = placedSteps(after);
  const gone = [...old.values()].filter(({ step }) => !now.some((placed) => placed.step.id === step.id));
  for (const { step } of gone) changes.push({ kind: "removed", stepId: step.id, sentence: `Removed "${step.name}"` });
  for (const { step } of now) {
    const was = old.get(step.id);
    if (!was) {
      changes.push({ kind: "added", stepId: step.id, sentence: `Added "${step.name}"${whereabouts(after, step.id)}` });
      continue;
    }
    if (
      neighbours(
        before,
        step.id,
        now.map((p) => p.step.id),
      ) !== neighbours(after, step.id, [...old.keys()])
    )
      changes.push({ kind: "moved", stepId: step.id, sentence: `Moved "${step.name}"${whereabouts(after, step.id)}` });
    changes.push(...diffStep(was.step, step));
  }
  return changes;
}

function diffTrigger(before: FlowDefinition, after: FlowDefinition): FlowChange[] {
  const changed = (sentence: string): FlowChange => ({ kind: "changed", stepId: null, sentence });
  const changes: FlowChange[] = [];
  const [was, is] = [startText(before), startText(after)];
  if (was !== is) changes.push(changed(`Starts: ${was} → ${is}`));
  else if (before.trigger.endpointId !== after.trigger.endpointId) changes.push(changed("Listens to another endpoint"));
  if (before.trigger.eventTypes.join() !== after.trigger.eventTypes.join())
    changes.push(changed(`Event types: ${typesText(before)} → ${typesText(after)}`));
  if ((before.trigger.filter ?? "") !== (after.trigger.filter ?? ""))
    changes.push(changed(`Filter: ${quote(before.trigger.filter ?? "")} → ${quote(after.trigger.filter ?? "")}`));
  if (before.runName !== after.runName)
    changes.push(changed(`Run name: ${quote(before.runName)} → ${quote(after.runName)}`));
  if (before.timeoutSeconds !== after.timeoutSeconds)
    changes.push(changed(`Time limit of a run: ${secondsText(before)} → ${secondsText(after)}`));
  return changes;
}

function startText({ trigger }: FlowDefinition): string {
  return trigger.kind === undefined ? "from an endpoint" : triggerWords(trigger);
}

function secondsText({ timeoutSeconds }: FlowDefinition): string {
  return timeoutSeconds === undefined ? "none" : `${timeoutSeconds} s`;
}

function typesText(flow: FlowDefinition): string {
  return flow.trigger.eventTypes.length === 0 ? "all" : flow.trigger.eventTypes.join(", ");
}

/** The step before it and the list it is in, among the steps both versions have. */
function neighbours(flow: FlowDefinition, stepId: string, common: readonly string[]): string {
  const list = findPlaced(flow, stepId)?.slot.list ?? [];
  const holder = holderOf(flow, list);
  const siblings = stepsAt(flow, list)
    .map(({ id }) => id)
    .filter((id) => common.includes(id));
  const before = siblings[siblings.indexOf(stepId) - 1] ?? "";
  return `${holder?.step.id ?? ""}|${holder?.within.path.join(".") ?? ""}|${before}`;
}

function whereabouts(flow: FlowDefinition, stepId: string): string {
  const placed = findPlaced(flow, stepId);
  if (!placed) return "";
  const { list, index } = placed.slot;
  const before = stepsAt(flow, list)[index - 1];
  if (before) return ` after "${before.name}"`;
  const holder = holderOf(flow, list);
  return holder ? ` inside "${holder.step.name}"` : " at the beginning";
}

function diffStep(before: Step, after: Step): FlowChange[] {
  const of = (sentence: string): FlowChange => ({ kind: "changed", stepId: after.id, sentence });
  const changes: FlowChange[] = [];
  if (before.name !== after.name) changes.push(of(`Renamed "${before.name}" to "${after.name}"`));
  if ((before.off ?? false) !== (after.off ?? false))
    changes.push(of(`Turned ${after.off ? "off" : "on"} "${after.name}"`));
  if ((before.note ?? "") !== (after.note ?? "")) changes.push(of(`"${after.name}": note changed`));
  const old = valuesOf(before);
  const now = valuesOf(after);
  for (const key of new Set([...old.keys(), ...now.keys()])) {
    const was = old.get(key);
    const is = now.get(key);
    if (canonicalJson(was ?? null) !== canonicalJson(is ?? null))
      changes.push(of(`"${after.name}" · ${fieldName(key)}: ${quote(was)} → ${quote(is)}`));
  }
  return changes;
}

/** The values of its kind, and those of what every step can be told. */
function valuesOf(step: Step): ReadonlyMap<string, Json> {
  const values = new Map(stepKindOf(step).values(step));
  const condition = conditionOf(step);
  if (condition !== null) values.set("only when", condition);
  if (onErrorOf(step) !== "stop") values.set("when it fails", onErrorOf(step));
  return values;
}

function fieldName(key: string): string {
  return key === "" ? "input" : key;
}

function quote(value: Json | undefined): string {
  if (value === undefined || value === "" || value === null) return "nothing";
  const text = typeof value === "string" ? value.replace(/\s+/g, " ") : JSON.stringify(value);
  return `"${text.length > VALUE_CHARS ? `${text.slice(0, VALUE_CHARS - 1)}…` : text}"`;
}

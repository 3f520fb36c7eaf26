import { isJsonObject, type Json } from "#lib/core/json.ts";
import { canonicalJson } from "#lib/engine/canonical-json.ts";
import { findPlaced, placedSteps } from "#lib/engine/edit/step-tree.ts";
import { childLists, type FlowDefinition, type Step } from "#lib/engine/flow-definition.ts";

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
  if (before.trigger.endpointId !== after.trigger.endpointId) changes.push(changed("Listens to another endpoint"));
  if (before.trigger.eventTypes.join() !== after.trigger.eventTypes.join())
    changes.push(changed(`Event types: ${typesText(before)} → ${typesText(after)}`));
  if ((before.trigger.filter ?? "") !== (after.trigger.filter ?? ""))
    changes.push(changed(`Filter: ${quote(before.trigger.filter ?? "")} → ${quote(after.trigger.filter ?? "")}`));
  if (before.runName !== after.runName)
    changes.push(changed(`Run name: ${quote(before.runName)} → ${quote(after.runName)}`));
  return changes;
}

function typesText(flow: FlowDefinition): string {
  return flow.trigger.eventTypes.length === 0 ? "all" : flow.trigger.eventTypes.join(", ");
}

/** The step before it and the list it is in, among the steps both versions have. */
function neighbours(flow: FlowDefinition, stepId: string, common: readonly string[]): string {
  const order = placedSteps(flow)
    .map(({ step }) => step.id)
    .filter((id) => common.includes(id));
  const placed = findPlaced(flow, stepId);
  const holder = placedSteps(flow).findLast(({ step }) =>
    childLists(step).some(({ steps }) => steps.some((child) => child.id === stepId)),
  );
  const way = String(
    placed?.slot.list
      .slice(-3)
      .filter((part) => typeof part !== "number" || placed.slot.list.includes("cases"))
      .join(".") ?? "",
  );
  const siblings = placedSteps(flow)
    .filter((one) => one.slot.list.join() === placed?.slot.list.join())
    .map(({ step }) => step.id)
    .filter((id) => order.includes(id));
  return `${holder?.step.id ?? ""}|${holder ? way : ""}|${siblings[siblings.indexOf(stepId) - 1] ?? ""}`;
}

function whereabouts(flow: FlowDefinition, stepId: string): string {
  const placed = findPlaced(flow, stepId);
  if (!placed) return "";
  const siblings = placedSteps(flow).filter((one) => one.slot.list.join() === placed.slot.list.join());
  const before = siblings.find((one) => one.slot.index === placed.slot.index - 1);
  if (before) return ` after "${before.step.name}"`;
  const holder = placedSteps(flow).findLast(({ step }) =>
    childLists(step).some(({ steps }) => steps.some((child) => child.id === stepId)),
  );
  return holder ? ` inside "${holder.step.name}"` : " at the beginning";
}

function diffStep(before: Step, after: Step): FlowChange[] {
  const of = (sentence: string): FlowChange => ({ kind: "changed", stepId: after.id, sentence });
  const changes: FlowChange[] = [];
  if (before.name !== after.name) changes.push(of(`Renamed "${before.name}" to "${after.name}"`));
  if ((before.off ?? false) !== (after.off ?? false))
    changes.push(of(`Turned ${after.off ? "off" : "on"} "${after.name}"`));
  if ((before.note ?? "") !== (after.note ?? "")) changes.push(of(`"${after.name}": note changed`));
  const old = ownFields(before);
  const now = ownFields(after);
  for (const key of new Set([...old.keys(), ...now.keys()])) {
    const was = old.get(key);
    const is = now.get(key);
    if (canonicalJson(was ?? null) !== canonicalJson(is ?? null))
      changes.push(of(`"${after.name}" · ${fieldName(key)}: ${quote(was)} → ${quote(is)}`));
  }
  return changes;
}

/** A step's own values by dotted path, without its name, switch and inner steps. */
function ownFields(step: Step): Map<string, Json> {
  const fields = new Map<string, Json>();
  const visit = (key: string, value: Json): void => {
    if (isJsonObject(value))
      for (const [name, item] of Object.entries(value)) visit(key ? `${key}.${name}` : name, item);
    else if (Array.isArray(value)) value.forEach((item, index) => visit(`${key}.${index + 1}`, item));
    else fields.set(key, value);
  };
  switch (step.kind) {
    case "action":
      visit("", step.input);
      if (step.connectionId) fields.set("connection", step.connectionId);
      if (step.settings) visit("settings", step.settings);
      break;
    case "branch":
      for (const one of step.cases) {
        fields.set(`case ${one.id} condition`, one.when);
        fields.set(`case ${one.id} name`, one.name);
      }
      break;
    case "forEach":
      fields.set("items", step.items);
      fields.set("at once", step.concurrency);
      fields.set("when an item fails", step.onItemError);
      break;
    case "stop":
      fields.set("outcome", step.outcome);
      fields.set("reason", step.reason);
      break;
    case "parallel":
    case "delay":
    case "waitUntil":
    case "waitForCallback":
    case "callFlow":
      break;
  }
  return fields;
}

function fieldName(key: string): string {
  return key === "" ? "input" : key;
}

function quote(value: Json | undefined): string {
  if (value === undefined || value === "" || value === null) return "nothing";
  const text = typeof value === "string" ? value.replace(/\s+/g, " ") : JSON.stringify(value);
  return `"${text.length > VALUE_CHARS ? `${text.slice(0, VALUE_CHARS - 1)}…` : text}"`;
}

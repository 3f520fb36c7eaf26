import type { JsonObject } from "#lib/core/json.ts";

type Sentence = (data: Readonly<Record<string, string>>) => string;

const near = (data: Readonly<Record<string, string>>): string =>
  data["near"] === "" ? "" : ` Did you mean ${data["near"]}?`;

/** What each problem of a flow that Hookline finds by itself says; words in it come from the problem's data. */
const SENTENCES = {
  "no-endpoint": () => "Choose the endpoint whose events start this flow.",
  "endpoint-gone": () => "This endpoint does not exist any more. Choose another.",
  "no-steps": () => "Add at least one step.",
  "unknown-kind": ({ kind }) =>
    `this version of Hookline knows no steps of the kind "${kind}". Its settings are kept as they are; remove ` +
    "it or upgrade.",
  "unknown-action": ({ action }) =>
    `there is no action "${action}". Its settings are kept as they are; remove the step or choose another action.`,
  needed: ({ what }) => `${what} is needed.`,
  "choose-connection": () => "choose a connection.",
  "connection-gone": () => "this connection does not exist any more. Choose another.",
  "wrong-kind": ({ kind }) => `a connection of the kind ${kind} does not fit here.`,
  "other-host": ({ connection, hosts }) =>
    `the connection "${connection}" may not be used with ${hosts}, so this waits until an admin allows it.`,
  "empty-way": ({ way }) => `nothing happens in "${way}".`,
  "empty-branch": () => "nothing happens in any of its branches.",
  "unknown-zone": ({ zone }) =>
    `"${zone}" is not a time zone: write a place such as Europe/Berlin, an offset such as +01:00, or UTC.`,
  "bad-cron": ({ cron }) =>
    `"${cron}" is no schedule: write five fields (minute, hour, day of month, month, day of week), as in 0 9 * * 1-5.`,
  "never-due": ({ cron }) => `"${cron}" is never due: there is no such day.`,
  "empty-error-path": () => "nothing happens after its failure: the flow just goes on.",
  "empty-loop": () => "nothing happens for the items.",
  "same-way": ({ id }) => `two of its branches have the id "${id}": give each its own.`,
  "same-id": ({ id }) => `the id "${id}" is there twice: give each its own.`,
  "waits-too-long": ({ days }) => `a run waits for at most ${days} days.`,
  "never-runs": ({ stop }) => `it never runs, because "${stop}" ends the run before it.`,
  "unknown-step": (data) => `There is no step "${data["id"]}", so steps.${data["id"]} is always empty.${near(data)}`,
  "step-later": ({ id, name }) => `steps.${id} is empty here: "${name}" has not ended when this is evaluated.`,
  "step-inside-loop": ({ id, name, loop }) =>
    `steps.${id} is empty here: "${name}" runs once for each item. Read steps.${loop}.items instead.`,
  "step-not-together": ({ id, name }) => `steps.${id} is empty here: when this runs, "${name}" does not.`,
  "step-off": ({ id, name }) => `steps.${id} is empty while "${name}" is turned off.`,
  "step-without-output": ({ id, name }) => `steps.${id} is always empty: "${name}" gives nothing to read.`,
  "step-failed": ({ id, name }) => `steps.${id} is empty here: "${name}" failed. What went wrong is in error.`,
  "outside-error-path": ({ name }) =>
    `${name} exists only in the error path of a step, so it is always empty here. For the failure of a step that the ` +
    "flow went on after, read steps.<its id>.error.",
  "unknown-callback": (data) =>
    `There is no step "${data["id"]}" that waits for an answer, so run.callbacks.${data["id"]} is always ` +
    `empty.${near(data)}`,
  "callback-off": ({ id, name }) => `run.callbacks.${id} is empty while "${name}" is turned off.`,
  "callback-inside-loop": ({ id, name }) =>
    `run.callbacks.${id} is empty here: "${name}" has a link for each item, which only steps of its loop can read.`,
  "callback-over": ({ id, name }) =>
    `run.callbacks.${id} is of no use here: "${name}" has had its answer when this is evaluated.`,
  "outside-loop": ({ name }) => `${name} exists only inside a loop, so it is always empty here.`,
  "unknown-name": (data) =>
    data["near"] === ""
      ? `${data["name"]} is always empty: expressions begin with trigger, steps, vars or run. For a field of the ` +
        `event write trigger.body.${data["name"]}.`
      : `${data["name"]} is always empty.${near(data)}`,
  "unknown-member": (data) =>
    `${data["name"]} is always empty.${data["near"] === "" ? ` There are: ${data["members"]}.` : near(data)}`,
  "unknown-variable": (data) =>
    `There is no variable ${data["name"]}, so it is always empty.${near(data) || " Add it under Settings, Variables."}`,
  "unset-variable": (data) => `${data["name"]} is set nowhere in this expression, so it is always empty.${near(data)}`,
  "long-number": ({ name, nearest }) =>
    `${name} has more digits than an expression keeps: ${nearest} is used. In quotation marks it stays as it is.`,
  "bracket-name": ({ name }) =>
    `${name} reads no member in an expression: a text in brackets is a condition that always holds. Write a dot and ` +
    "the name, in backquotes where it has other characters than letters and digits.",
  "unknown-function": (data) => `There is no function ${data["name"]}, so calling it always fails.${near(data)}`,
} as const satisfies Record<string, Sentence>;

/** The name of a problem that Hookline has a sentence for. */
export type ProblemCode = keyof typeof SENTENCES;

/** The plain sentence of a problem. */
export function problemSentence(code: ProblemCode, data: JsonObject): string {
  const words = Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Array.isArray(value) ? value.join(", ") : String(value ?? "")]),
  );
  return SENTENCES[code](words);
}

import type { z } from "zod";
import type { Json, JsonObject } from "#lib/core/json.ts";
import type { Effect } from "#lib/engine/effect.ts";

/**
 * Where a template's text ends up; decides how each value in it is encoded (docs/architecture.md, "Encoding by place").
 */
export type FieldPlace =
  | "text"
  /** A document: values are escaped for the spot they stand at. */
  | "html"
  | "xml"
  /** A query parameter's, form field's or header's name; never empty. */
  | "name"
  | "subject"
  | "address"
  | "header"
  | "url"
  | "urlQuery"
  | "jsonBody"
  | "formField"
  /** A bare expression or template whose single {{ }} keeps its type. */
  | "value"
  /** Not a template: taken as written. */
  | "plain";

/**
 * What a zod field of an action's input says about itself with .meta({ hookline: … }); forms and the engine read it.
 */
export type FieldMeta = {
  label: string;
  place: FieldPlace;
  /** What else decides the place: the content type the text is sent with, or the name of the header it is. */
  placeBy?: "content type" | "header name";
  /**
   * Where the input says how a list in this row becomes several rows (a ListStyle); without it the name is repeated.
   */
  listsAt?: readonly string[];
  /** A blank value fails the step before anything is sent. */
  required?: boolean;
  help?: string;
  placeholder?: string;
  multiline?: boolean;
  /** Shown folded under "More". */
  advanced?: boolean;
  /** Names of a choice's values, for people. */
  options?: Readonly<Record<string, string>>;
};

/** The public side of a stored connection, as plan() may see it: never a secret. */
export type ConnectionView = { id: string; kind: string; name: string; version: number; config: JsonObject };

/**
 * What plan() is given besides the resolved input. All of it is frozen in the journal, so planning twice gives the same
 * bytes.
 */
export type PlanContext = {
  runId: string;
  stepPath: string;
  /** sha256 hex of (origin run id, step path): the same on every try. */
  idempotencyKey: string;
  /** When the step was first planned. */
  now: Date;
  /** The step's connection, or null when it names none. */
  connection: ConnectionView | null;
  /** The instance's public host name, for Message-ID. */
  publicHost: string;
};

/** A plan, or the refusal to make one: named field, plain words, nothing sent. */
export type PlanResult =
  | { kind: "planned"; effect: Effect }
  | { kind: "refused"; code: string; field: string; message: string };

/**
 * What can be told about a step's input before any event: `path` is the place inside the input, `message` a plain
 * sentence without the step's name. An "error" (the default) stops publishing, a "warning" is shown.
 */
export type ActionProblem = {
  path: readonly (string | number)[];
  code: string;
  message: string;
  severity?: "error" | "warning";
  data?: JsonObject;
};

/** What an action may ask for when it looks for problems: nothing of an event, nothing secret. */
export type ActionProblemContext = {
  /** The step's connection, or null when it names none that exists. */
  connection: Pick<ConnectionView, "id" | "kind" | "name" | "config"> | null;
  /** Whether senders of the flow's endpoint wait for what a flow answers; null while no endpoint is chosen. */
  senderWaits: boolean | null;
  /** A text as it will be sent whatever the event; null when it has expressions in it. */
  writtenText(text: string): string | null;
};

/** One action: a file of lib/actions. `plan` is pure. */
export type Action<Schema extends z.ZodType = z.ZodType> = {
  /** Stable dotted name, e.g. "http.request". */
  id: string;
  title: string;
  description: string;
  /** Words people search for. */
  synonyms: readonly string[];
  /** A lucide icon name. */
  icon: string;
  /** Connection kinds the step may name; empty = none. `connectionRequired` makes it a publish check. */
  connectionKinds: readonly string[];
  connectionRequired: boolean;
  /** Input as stored in the flow: every text is a template, by its FieldMeta. */
  input: Schema;
  /** Input for a new step. */
  blankInput: Json;
  /** What happens after a crash or lost connection in between: again with the same bytes and key, or ask a person. */
  onUnknown: "retry" | "ask";
  /** A filled-in input and the output such a call gives; shown as "example". */
  example: { input: Json; output: Json };
  plan(input: z.output<Schema>, context: PlanContext): PlanResult;
  /**
   * Problems of an input as stored (its texts are templates, its shape has been checked) that need no event to be seen.
   * Required fields and unreadable templates are found without it.
   */
  problems?(input: z.output<Schema>, context: ActionProblemContext): ActionProblem[];
};

/** Names an action with its input type kept. */
export function defineAction<Schema extends z.ZodType>(action: Action<Schema>): Action<Schema> {
  return action;
}

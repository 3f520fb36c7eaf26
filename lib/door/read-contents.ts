import { checkForm, isFormChecked } from "#lib/door/check-form.ts";
import {
  eventIdOf,
  type LargeReading,
  type Passing,
  type ReadableRequest,
  refusedBy,
  type SchemaFit,
  type Stage,
  uncertain,
} from "#lib/door/passing.ts";
import { readsBody } from "#lib/door/read-large-delivery.ts";
import { failed } from "#lib/door/refusals.ts";
import type { Verdict } from "#lib/door/verdict.ts";
import { PARSED_BODY_BYTES_MAX, parseBody } from "#lib/webhooks/body-fields.ts";
import { nameEvent } from "#lib/webhooks/name-event.ts";

/** Undoes the body's coding, reads a large body apart where something of it is looked at, and names the request. */
export const readContents: Stage = (passing) => {
  const unfolded = passing.ports.unfold(passing.readable);
  return unfolded instanceof Promise ? unfolded.then((readable) => read(passing, readable)) : read(passing, unfolded);
};

function read(passing: Passing, readable: ReadableRequest): Verdict | null | Promise<Verdict | null> {
  passing.readable = readable;
  if (needsSandbox(passing))
    return passing.ports.readLarge(passing, eventIdOf(passing)).then((reading) => takeLarge(passing, reading));
  passing.eventType = nameEvent(passing.receiver.provider, readable, passing.receiver.settings.eventType);
  return null;
}

/** Whether a body is too large to be read on the event loop, and something of it is looked at. */
function needsSandbox({ receiver, readable }: Passing): boolean {
  if (readable.body.byteLength <= PARSED_BODY_BYTES_MAX) return false;
  // A form whose files are large and whose fields are not is read in place.
  return parseBody(readable).kind === "unreadable" && readsBody(receiver);
}

/** What could not be read is never taken for something without names: its sender is told to try again. */
function takeLarge(passing: Passing, large: LargeReading): Verdict | null {
  if (large.kind === "unread") {
    if (passing.kept === null) return refusedBy(passing, large.refusal);
    return uncertain({ kind: "body-unread", message: large.refusal.message });
  }
  passing.large = large.reading;
  passing.eventType = large.reading.eventType;
  return null;
}

/** Turns away what a program filled in; what cannot be known about a form never does. */
export const refuseBot: Stage = (passing) => {
  const { receiver, readable, large } = passing;
  if (!isFormChecked(receiver.settings)) return null;
  const { checks, refusal } = large?.form ?? checkForm(receiver.settings, readable);
  passing.checks.push(...checks);
  return refusal === null ? null : { kind: "turned-away", refusal };
};

/**
 * Holds the body against the endpoint's schema. A body that could not be checked is never accepted unseen: where
 * misfits are refused its sender is told to try again, where they are marked it is marked.
 */
export const fitSchema: Stage = (passing) => {
  const { schema } = passing.receiver.settings;
  if (schema === null) return null;
  return passing.ports
    .checkSchema(schema.text, passing)
    .then((fit) => judgeFit(passing, fit, schema.misfit === "mark"));
};

function judgeFit(passing: Passing, fit: SchemaFit, marked: boolean): Verdict | null {
  if (fit.kind === "fits") {
    passing.checks.push({ id: "schema", status: "passed", message: "The body fits the schema." });
    return null;
  }
  const { refusal } = fit;
  if (marked) {
    passing.checks.push({ ...failed(refusal), message: `${refusal.message} It was accepted anyway, as set.` });
    passing.misfit = refusal;
    return null;
  }
  if (passing.kept !== null && refusal.reason === "schema-unchecked")
    return uncertain({ kind: "schema-unchecked", message: refusal.message });
  return refusedBy(passing, refusal);
}

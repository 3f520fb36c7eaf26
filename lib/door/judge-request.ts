import {
  checkAddress,
  checkAppended,
  checkCoding,
  checkDeclaredSize,
  checkDeleted,
  checkHeadSize,
  checkHttps,
  checkMethod,
  checkMethodEarly,
  checkRate,
} from "#lib/door/admit-request.ts";
import { askFirst } from "#lib/door/ask-first.ts";
import { checkBodyKept, checkKept } from "#lib/door/check-kept.ts";
import { checkLoop } from "#lib/door/check-loop.ts";
import { answerPreflight } from "#lib/door/cors.ts";
import { type Passing, refusedBy, type Stage } from "#lib/door/passing.ts";
import { fitSchema, readContents, refuseBot } from "#lib/door/read-contents.ts";
import type { Refusal } from "#lib/door/refusals.ts";
import { shakeHands } from "#lib/door/shake-hands.ts";
import { takeEvent } from "#lib/door/take-event.ts";
import type { Verdict } from "#lib/door/verdict.ts";
import { verifySender } from "#lib/door/verify-request.ts";

/** What is judged before a byte of the body is read. */
const HEAD: readonly Stage[] = [
  answerPreflight,
  checkDeleted,
  checkAppended,
  checkHeadSize,
  checkLoop,
  checkMethodEarly,
  checkHttps,
  checkAddress,
  checkDeclaredSize,
  checkCoding,
  checkRate,
  checkKept,
];

/** What is judged once the body is there; the last stage takes what is left. */
const BODY: readonly Stage[] = [
  shakeHands,
  askFirst,
  checkMethod,
  verifySender,
  readContents,
  refuseBot,
  fitSchema,
  takeEvent,
];

/** What is left of the door for a request that a person takes, whatever was wrong with it. */
const BY_HAND: readonly Stage[] = [checkBodyKept, readContents, takeEvent];

/** What is asked when only the sender's proof is looked at again. */
const PROOF: readonly Stage[] = [checkBodyKept, verifySender];

/** What is judged of a request that could not be read: floods of them count against the rate as well. */
const UNREAD: readonly Stage[] = [checkDeleted, checkRate];

type Outcome = Verdict | null | Promise<Verdict | null>;

/**
 * Judges a request's head; null: read its body. Call in the order of arrival, because each call takes one from the
 * endpoint's rate. No promise, so that a refusal costs none.
 */
export function judgeHead(passing: Passing): Verdict | null {
  const outcome = run(HEAD, passing);
  if (outcome instanceof Promise) throw new Error("a stage of the head waited");
  return outcome;
}

/** Judges a request whose head passed and whose body is there. */
export async function judgeBody(passing: Passing): Promise<Verdict> {
  return ended(await run(BODY, passing));
}

/** Judges a stored request from its head to its end. */
export async function judgeWhole(passing: Passing): Promise<Verdict> {
  return judgeHead(passing) ?? judgeBody(passing);
}

/** Takes a stored request as it is: uncertain when its body is not there, else accepted. */
export async function takeByHand(passing: Passing): Promise<Verdict> {
  return ended(await run(BY_HAND, passing));
}

/** The verdict on a request that nobody could read on: refused, or refused for what comes before that. */
export function judgeUnread(passing: Passing, refusal: Refusal): Verdict {
  const outcome = run(UNREAD, passing);
  return outcome === null || outcome instanceof Promise ? refusedBy(passing, refusal) : outcome;
}

/** Looks at a stored request's proof alone: refused, uncertain, or null when it stands or none is asked for. */
export async function judgeProof(passing: Passing): Promise<Verdict | null> {
  return run(PROOF, passing);
}

/** Goes from stage to stage until one has a verdict. Waits only where a stage does. */
function run(stages: readonly Stage[], passing: Passing, from = 0): Outcome {
  for (let at = from; at < stages.length; at += 1) {
    const outcome = stages[at]?.(passing) ?? null;
    if (outcome instanceof Promise) return outcome.then((verdict) => verdict ?? run(stages, passing, at + 1));
    if (outcome !== null) return outcome;
  }
  return null;
}

function ended(verdict: Verdict | null): Verdict {
  if (verdict === null) throw new Error("the last stage came to no verdict");
  return verdict;
}

import type { JsonObject } from "#lib/core/json.ts";
import type { EffectOutcome, HttpEffect } from "#lib/engine/effect.ts";
import { sentBytes } from "#lib/engine/http/sent-bytes.ts";
import { type Deadline, makeDeadline } from "#lib/platform/egress/deadline.ts";
import { type EgressRefusal, EgressRefused } from "#lib/platform/egress/egress-refused.ts";
import type { EgressRules } from "#lib/platform/egress/egress-rules.ts";
import { agentFor, type HttpDispatcher } from "#lib/platform/egress/http-agents.ts";
import { type HttpTarget, parseTarget } from "#lib/platform/egress/parse-target.ts";
import { type HttpMessage, type HttpSent, SAFE_METHODS, sendHttp } from "#lib/platform/egress/send-http.ts";
import { HOP_MARK_HEADER, makeHopMark } from "#lib/platform/hop-mark.ts";
import { createRedactor, isSensitiveHeader, REDACTED, type Redactor } from "#lib/platform/redact.ts";
import type { EffectContext } from "./effect-context.ts";
import { egressOutcome } from "./egress-outcome.ts";
import { fillHeaders } from "./fill-slots.ts";
import { nextHop, REDIRECTS_MAX, restAfterRedirects } from "./next-hop.ts";
import { bytesOf, readAnswer, showBody } from "./read-answer.ts";
import { readRetryAfter } from "./retry-after.ts";

const TIMEOUT_MS_MAX = 300_000;

/** Sends an HTTP effect and says what became of it. `dispatcherOf` lets a test bring its own DNS. */
export async function performHttp(
  effect: HttpEffect,
  context: EffectContext,
  dispatcherOf: (rules: EgressRules) => HttpDispatcher = agentFor,
): Promise<EffectOutcome> {
  let target: HttpTarget;
  try {
    target = parseTarget(effect.url);
  } catch (error) {
    if (error instanceof EgressRefused) return refused(error.refusal);
    throw error;
  }
  const filled = await fillHeaders(effect.headers, target, context.ports);
  if (filled.kind === "held") {
    const { code, message, connectionId, entry } = filled;
    return { kind: "held", code, message, answer: { otherHost: { connectionId, host: entry } } };
  }
  if (filled.kind === "refused") return failed(filled.code, filled.message, false, null, {});
  const dispatcher = dispatcherOf(await context.ports.findEgressRules());
  const deadline = makeDeadline(Math.min(effect.timeoutMs, TIMEOUT_MS_MAX), context.signal);
  try {
    return await follow(effect, context, dispatcher, filled, deadline);
  } finally {
    deadline.end();
  }
}

type Filled = Extract<Awaited<ReturnType<typeof fillHeaders>>, { kind: "filled" }>;

/** Sends the message, and after it what redirects ask for. */
async function follow(
  effect: HttpEffect,
  context: EffectContext,
  dispatcher: HttpDispatcher,
  filled: Filled,
  deadline: Deadline,
): Promise<EffectOutcome> {
  const startedAt = context.now();
  const hops: string[] = [];
  let message: HttpMessage = {
    method: effect.method,
    url: effect.url,
    headers: [...filled.headers, ...hopMark(context)],
    body: sentBytes(effect.body),
    responseBytesMax: effect.responseBytesMax,
    repeatable: context.mayRepeat,
  };
  let reconnected = false;
  for (;;) {
    const sent = await sendHttp(dispatcher, message, deadline);
    reconnected ||= sent.reconnected;
    const step = read(sent, message, effect, hops, filled.secretNames);
    if (step.kind === "follow") {
      hops.push(message.url);
      message = step.message;
      continue;
    }
    const redactor = createRedactor(filled.secrets);
    const facts: Facts = {
      url: redactor.text(message.url),
      ms: context.now().getTime() - startedAt.getTime(),
      redirects: hops,
      ...(reconnected ? { reconnected: true } : {}),
    };
    const rest = restAfterRedirects(effect, message, hops.length);
    const outcome = afterRedirects(await toOutcome(sent, message, step.stopped, facts, context.now()), effect, rest);
    return redactOutcome(outcome, redactor);
  }
}

/** What lets a flow that feeds itself be found out; calls outside of runs carry none. */
function hopMark({ hops, place }: EffectContext): [string, string][] {
  return hops === undefined || place == null ? [] : [[HOP_MARK_HEADER, makeHopMark(hops + 1)]];
}

/** `reconnected`: a connection kept from an earlier call had been closed, and the same bytes went out on a new one. */
type Facts = { url: string; ms: number; redirects: string[]; reconnected?: true };

function read(sent: HttpSent, message: HttpMessage, effect: HttpEffect, hops: string[], secretNames: Set<string>) {
  const location =
    sent.kind === "answered" && [301, 302, 303, 307, 308].includes(sent.status)
      ? headerOf(sent.headers, "location")
      : undefined;
  if (sent.kind !== "answered" || location === undefined) return { kind: "stop" as const, stopped: null };
  const limit = Math.min(effect.redirectsMax, REDIRECTS_MAX);
  if (limit === 0)
    return {
      kind: "stop" as const,
      stopped: `It redirects to ${location.slice(0, 200)}; this step does not follow redirects.`,
    };
  if (hops.length >= limit) return { kind: "stop" as const, stopped: `It redirected more than ${limit} times.` };
  const next = nextHop(message, sent.status, location, secretNames);
  return next.kind === "follow" ? next : { kind: "stop" as const, stopped: next.message };
}

async function toOutcome(
  sent: HttpSent,
  message: HttpMessage,
  stopped: string | null,
  facts: Facts,
  now: Date,
): Promise<EffectOutcome> {
  switch (sent.kind) {
    case "refused":
      return refused({ ...sent.refusal, message: wordsFor(sent.refusal.message, facts.redirects.length) }, facts);
    case "bad-request":
      return failed("bad-request", sent.message, false, null, facts);
    case "not-sent":
      return failed(sent.code, sent.message, sent.retryable, null, facts);
    case "bad-answer":
    case "lost":
      return lost(sent.code, sent.message, message, facts);
    case "answered":
      return answered(sent, message, stopped, facts, now);
  }
}

async function answered(
  sent: Extract<HttpSent, { kind: "answered" }>,
  message: HttpMessage,
  stopped: string | null,
  facts: Facts,
  now: Date,
): Promise<EffectOutcome> {
  const contentType = headerOf(sent.headers, "content-type");
  const problem: JsonObject = sent.problem === null ? {} : { problem: sent.problem };
  const truncated: JsonObject = sent.truncated ? { truncated: true } : {};
  const answer: JsonObject = {
    ...facts,
    status: sent.status,
    headers: sent.headers.map(([name, value]) => [name, isSensitiveHeader(name) ? REDACTED : value]),
    body: showBody(sent.body, contentType),
    bodyBytes: sent.body.length,
    ...truncated,
    ...problem,
  };
  const host = () => new URL(message.url).host;
  if (stopped !== null)
    return failed("redirect-not-followed", `${host()} answered ${sent.status}. ${stopped}`, false, null, answer);
  if (sent.status >= 400) {
    const retryable = sent.status >= 500 || sent.status === 408 || sent.status === 425 || sent.status === 429;
    const wish = retryable ? readRetryAfter(headerOf(sent.headers, "retry-after"), now) : null;
    return failed(`http-${sent.status}`, `${host()} answered ${sent.status}`, retryable, wish, answer);
  }
  if (sent.problem === "cut-off")
    return lost(
      "answer-cut-off",
      `${host()} answered ${sent.status}, but the connection broke before the whole answer had come.`,
      message,
      answer,
    );
  const isAsItCame = sent.problem === "coding" || sent.problem === "damaged";
  const { body, exact, notes } = isAsItCame
    ? { body: bytesOf(sent.body, contentType), notes: [] }
    : await readAnswer(sent.body, sent.truncated && contentType !== undefined ? "text/plain" : contentType);
  const allNotes = [...sent.notes, ...notes].map((note): JsonObject => ({ ...note }));
  return {
    kind: "done",
    output: {
      status: sent.status,
      headers: headersByName(sent.headers),
      body,
      ...(exact === undefined ? {} : { exact }),
      ...truncated,
      ...problem,
    },
    answer: allNotes.length === 0 ? answer : { ...answer, notes: allNotes },
  };
}

/**
 * After a call that changes nothing at the target there is nothing to be unsure of: it failed and may simply be made
 * again.
 */
function lost(code: string, message: string, sent: HttpMessage, answer: JsonObject): EffectOutcome {
  if (SAFE_METHODS.has(sent.method.toUpperCase())) return failed(code, message, true, null, answer);
  return { kind: "unknown", code, message, answer };
}

function refused(refusal: EgressRefusal, facts?: Facts): EffectOutcome {
  return egressOutcome(refusal, { ...facts });
}

/**
 * What an outcome means after redirects, `rest` being the call of the address they led to. A held call waits for that
 * alone. So does one that failed where the target had taken what was asked and sent on to its answer (303, and 301 and
 * 302 after POST): what was done there is not done again. A redirect that only names another place (307) is asked anew.
 */
function afterRedirects(outcome: EffectOutcome, effect: HttpEffect, rest: HttpEffect | null): EffectOutcome {
  if (rest === null || outcome.kind === "done") return outcome;
  const told = { ...outcome, message: wordsFor(outcome.message, 1) };
  return outcome.kind === "held" || rest.method !== effect.method ? { ...told, rest } : told;
}

/** Once a redirect was followed, something was sent. */
function wordsFor(message: string, redirects: number): string {
  return redirects === 0
    ? message
    : message.replace(/Nothing was sent\.$/, "The redirect that led there was not followed.");
}

function failed(
  code: string,
  message: string,
  retryable: boolean,
  retryAfterMs: number | null,
  answer: JsonObject,
): EffectOutcome {
  return { kind: "failed", code, message, retryable, retryAfterMs, answer };
}

/** Answer and words are for people. The output flows on whole: who keeps it takes the secrets out. */
function redactOutcome(outcome: EffectOutcome, redactor: Redactor): EffectOutcome {
  const answer = redactor.json(outcome.answer);
  return outcome.kind === "done"
    ? { ...outcome, answer }
    : { ...outcome, message: redactor.text(outcome.message), answer };
}

function headerOf(headers: [string, string][], name: string): string | undefined {
  return headers.find(([key]) => key.toLowerCase() === name)?.[1];
}

/**
 * Headers for expressions: lower-case names, repeated ones joined by ", "; cookies and credentials of the answer left
 * out.
 */
function headersByName(headers: [string, string][]): JsonObject {
  const joined = new Map<string, string>();
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (isSensitiveHeader(lower)) continue;
    const before = joined.get(lower);
    joined.set(lower, before === undefined ? value : `${before}, ${value}`);
  }
  return Object.fromEntries(joined);
}

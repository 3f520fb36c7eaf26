import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { answerCallback, findHeldLink, type HeldLink } from "#lib/commands/runs/answer-callback.ts";
import { type GivenAnswer, readGivenAnswer } from "#lib/commands/runs/read-given-answer.ts";
import { askingPage, minuteText, toldPage } from "#lib/door/callback-page.ts";
import { clientNetOf } from "#lib/door/client-net.ts";
import type { SenderAnswer } from "#lib/door/request-head.ts";
import { cameThroughOurDoor } from "#lib/platform/door-key.ts";
import { singleton } from "#lib/platform/singleton.ts";

/** Requests a minute to links from one network, for each web process. */
const REQUESTS_PER_MINUTE = 120;

/**
 * Answers a request to the address of a link. GET and HEAD show what is asked and change nothing, OPTIONS says what
 * there is, POST answers: a page for browsers, JSON for programs. An address that is none of ours is told nothing else.
 */
export async function answerThroughLink(request: Request, token: string): Promise<Response> {
  if (request.method === "OPTIONS") return new Response(null, { status: 204, headers: { allow: METHODS } });
  const from = cameThroughOurDoor(request.headers) ? request.headers.get("x-hookline-client-ip") : null;
  const waitMs = await takeTurn(clientNetOf(from) ?? "unknown");
  if (waitMs > 0) return withRetry(told(request, BUSY), waitMs);
  const link = await findHeldLink(token);
  if (link === null) return told(request, UNKNOWN);
  if (link.state.kind !== "open") return told(request, closedText(link.state));
  if (request.method !== "POST") return asPage(request, askingPage({ ...link, ...link.state, problem: null }));
  const given = await readGivenAnswer(request, link);
  if (given.kind === "refused") return refuse(request, link, given);
  const outcome = await answerCallback(link, { ...given, from });
  if (outcome.kind === "refused") {
    const now = await findHeldLink(token);
    if (now === null || now.state.kind === "open") return told(request, UNKNOWN);
    return told(request, closedText(now.state));
  }
  const name = link.choices.find(({ id }) => id === outcome.choice)?.name ?? outcome.choice;
  if (wantsPage(request)) return asPage(request, toldPage(200, "Thank you", `Your answer is kept: ${name}.`));
  const { choice, by, at } = outcome;
  return json(200, { status: "answered", choice, by, at: at.toISOString() });
}

const METHODS = "GET, HEAD, OPTIONS, POST";

type Told = { status: number; code: string; title: string; message: string };

const UNKNOWN: Told = {
  status: 404,
  code: "not-found",
  title: "There is nothing here",
  message: "This link is not complete, or what it was about is not kept any more.",
};
const BUSY: Told = {
  status: 429,
  code: "too-many-requests",
  title: "Too many requests",
  message: "Wait a minute, then try again. Nothing was lost.",
};

function closedText(state: Exclude<HeldLink["state"], { kind: "open" }>): Told {
  switch (state.kind) {
    case "answered":
      return {
        status: 409,
        code: "already-answered",
        title: "This was answered before",
        message: `The first answer counts: ${state.choice}, on ${minuteText(state.at)}.`,
      };
    case "timed out":
      return {
        status: 410,
        code: "timed-out",
        title: "The time to answer is over",
        message: "Nobody waits for this answer any more.",
      };
    case "canceled":
      return {
        status: 410,
        code: "canceled",
        title: "This was canceled",
        message: "Somebody stopped what this question was part of. No answer is needed.",
      };
    case "ended":
      return {
        status: 410,
        code: "ended",
        title: "This has ended",
        message: "What this question was part of has ended without an answer.",
      };
  }
}

function refuse(request: Request, link: HeldLink, given: Extract<GivenAnswer, { kind: "refused" }>): Response {
  const { status, code, message } = given;
  if (!wantsPage(request) || link.state.kind !== "open") return json(status, { error: { code, message } });
  const page = askingPage({ ...link, ...link.state, problem: message });
  return asPage(request, { ...page, status });
}

function told(request: Request, { status, code, title, message }: Told): Response {
  // Whoever opens an address wants to read; whoever posts says what it reads.
  const page = request.method !== "POST" || wantsPage(request);
  return page ? asPage(request, toldPage(status, title, message)) : json(status, { error: { code, message } });
}

function wantsPage(request: Request): boolean {
  return request.headers.get("accept")?.includes("text/html") === true;
}

function asPage(request: Request, answer: SenderAnswer): Response {
  const headers = new Headers(answer.headers.map(([name, value]) => [name, value] as [string, string]));
  headers.set("cross-origin-resource-policy", "same-origin");
  headers.set("x-frame-options", "DENY");
  return new Response(request.method === "HEAD" ? null : answer.body, { status: answer.status, headers });
}

function json(status: number, value: object): Response {
  const headers = {
    "cache-control": "no-store",
    "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  };
  return Response.json(value, { status, headers });
}

function withRetry(response: Response, waitMs: number): Response {
  response.headers.set("retry-after", String(Math.ceil(waitMs / 1_000)));
  return response;
}

/** Takes one request of a network; 0 when it may be answered, else the milliseconds until the next may. */
async function takeTurn(network: string): Promise<number> {
  const limiter = singleton("link-limit", () => new RateLimiterMemory({ points: REQUESTS_PER_MINUTE, duration: 60 }));
  try {
    await limiter.consume(network);
    return 0;
  } catch (outcome) {
    if (outcome instanceof RateLimiterRes) return Math.max(1, outcome.msBeforeNext);
    throw outcome;
  }
}

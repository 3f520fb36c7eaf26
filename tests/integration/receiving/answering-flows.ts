import { afterAll, afterEach, beforeAll, expect } from "vitest";
import type { Actor } from "#lib/core/actor.ts";
import { findEventAnswer } from "#lib/db/event-answers.ts";
import { prisma } from "#lib/db/prisma.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";
import { loadRequest } from "#lib/loaders/inspector.ts";
import { type Child, startChild } from "#tests/support/child-process.ts";
import { type HttpSink, startHttpSink } from "#tests/support/http-sink.ts";
import { keptSteps, keptValue } from "#tests/support/kept-journal.ts";
import { listenWith } from "#tests/support/listening-flow.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { makeEndpoint, makeWorkspace, useFastDoor } from "#tests/support/receiving.ts";
import { useRouteDoor } from "#tests/support/route-door.ts";
import { eventually } from "#tests/support/running-app.ts";
import { type RawAnswer, sendRaw } from "#tests/support/send-raw.ts";

// Whoever imports this file gets a database, both doors, a worker and a target for its tests.
const database = useTestDatabase();
/** Both doors, each over the same rows. */
export const doors = [
  ["the fast door", useFastDoor()],
  ["the route's handler", useRouteDoor({ rawHeads: false })],
] as const;
/** The door that listens itself. */
export const fast = doors[0][1];
/** The owner of the workspace. */
export let actor: Actor;
let worker: Child;
/** A target whose answers a test may delay. */
export let sink: HttpSink;

beforeAll(async () => {
  actor = await makeWorkspace();
  sink = await startHttpSink();
  worker = startChild("server/worker.ts", {
    DATABASE_URL: database.url,
    HOOKLINE_SECRET_KEY: process.env.HOOKLINE_SECRET_KEY ?? "",
    HOOKLINE_EGRESS_ALLOW: "127.0.0.1",
    HOOKLINE_SANDBOX_PROCESSES: "1",
  });
  await worker.waitForLine("worker is working");
});
afterEach(() => expect(worker.noise()).toBe(""));
afterAll(async () => {
  worker.kill("SIGTERM");
  await worker.exited;
  await sink.close();
});

const FALLBACK = { status: 202, contentType: "text/plain", body: "later" };

/** A step that answers the sender. */
export const answerStep = (input: object, id = "answer"): Step => ({
  kind: "action",
  id,
  name: id,
  action: "sender.answer",
  input: { status: 200, ...input },
});
/** The input of an answer that is JSON. */
export const json = (text: string) => ({ body: { kind: "json", json: text } });
/** A step that waits for the target. */
export const slow = (): Step => ({
  kind: "action",
  id: "slow",
  name: "slow",
  action: "http.request",
  input: { method: "POST", url: `${sink.url}/slow`, body: { kind: "none" } },
});

/** Makes an endpoint that waits for answers, with a live flow of these steps; null: without a flow. */
export async function answering(steps: Step[] | null, more: { deadlineMs?: number; dedupe?: object } = {}) {
  const { deadlineMs = 8_000, ...settings } = more;
  const endpoint = await makeEndpoint(actor, {
    settings: { ...settings, answer: { kind: "flow", deadlineMs, fallback: FALLBACK } },
  });
  if (steps !== null) await listenWith(actor, endpoint.id, steps);
  return endpoint;
}

/** Posts JSON to an endpoint. */
export const post = (url: string, path: string, body = "{}"): Promise<RawAnswer> =>
  sendRaw(url, {
    method: "POST",
    target: path,
    headers: [["content-type", "application/json"]],
    body: Buffer.from(body),
  });
const eventOf = async (endpointId: string) =>
  prisma().event.findFirstOrThrow({ where: { endpointId }, orderBy: { id: "asc" } });
/** What is kept about the answer to an endpoint's first event. */
export const keptOf = async (endpointId: string) => findEventAnswer(actor.workspaceId, (await eventOf(endpointId)).id);
/** What the inspector says about that answer. */
export const noteOf = async (endpointId: string) =>
  (await loadRequest(actor, endpointId, (await eventOf(endpointId)).id))?.answer ?? null;
/** What the answering step of an ended run put out. */
export const stepOutput = (endpointId: string, kind = "event") =>
  eventually("the answering step's output", async () => {
    const run = await prisma().run.findFirst({ where: { endpointId, kind, finishedAt: { not: null } } });
    if (run === null) return null;
    const step = (await keptSteps(run.id)).find(({ stepId }) => stepId === "answer");
    const data = await keptValue(run.id, step?.outputDataId);
    return data === undefined ? null : (JSON.parse(data) as Record<string, unknown>);
  });

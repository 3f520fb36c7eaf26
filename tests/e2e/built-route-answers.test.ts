import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Actor } from "#lib/core/actor.ts";
import { newId } from "#lib/core/ids.ts";
import { prisma } from "#lib/db/prisma.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";
import { type Child, startChild } from "#tests/support/child-process.ts";
import { type HttpSink, startHttpSink } from "#tests/support/http-sink.ts";
import { flowOf } from "#tests/support/memory-run.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { makeEndpoint, makeWorkspace } from "#tests/support/receiving.ts";
import { eventually } from "#tests/support/running-app.ts";
import { makeBatch } from "#tests/support/seeded-batches.ts";
import { headerOf, type RawAnswer, sendRaw } from "#tests/support/send-raw.ts";

const LIMIT = 16 * 1_048_576;
const FALLBACK = { status: 203, contentType: "text/plain", body: "later" };

const database = useTestDatabase();
let next: ChildProcess;
let worker: Child;
let sink: HttpSink;
let actor: Actor;
let url: string;

beforeAll(async () => {
  actor = await makeWorkspace();
  sink = await startHttpSink();
  const env = { DATABASE_URL: database.url, HOOKLINE_SECRET_KEY: process.env.HOOKLINE_SECRET_KEY ?? "" };
  worker = startChild("server/worker.ts", {
    ...env,
    HOOKLINE_EGRESS_ALLOW: "127.0.0.1",
    HOOKLINE_SANDBOX_PROCESSES: "1",
  });
  next = fork("tests/support/route-door-server.ts", [], {
    execArgv: [],
    env: {
      ...process.env,
      ...env,
      NODE_ENV: "production",
      HOOKLINE_LOG_LEVEL: "error",
      HOOKLINE_BODY_BYTES_MAX: String(LIMIT),
    },
  });
  const ended = once(next, "exit").then(() => Promise.reject(new Error("Next did not start.")));
  const [port] = (await Promise.race([once(next, "message"), ended])) as [number];
  ended.catch(() => undefined);
  url = `http://127.0.0.1:${port}`;
  await worker.waitForLine("worker is working");
});
afterAll(async () => {
  next.disconnect();
  worker.kill("SIGTERM");
  await Promise.all([once(next, "exit"), worker.exited]);
  await sink.close();
});

const answer = (json: string): Step => ({
  kind: "action",
  id: "answer",
  name: "answer",
  action: "sender.answer",
  input: {
    status: 201,
    body: { kind: "json", json },
    headers: [{ name: "X-Sum", value: "{{ trigger.body.a + trigger.body.b }}" }],
  },
});
const slow = (): Step => ({
  kind: "action",
  id: "slow",
  name: "slow",
  action: "http.request",
  input: { method: "POST", url: `${sink.url}/slow`, body: { kind: "none" } },
});

async function answering(steps: Step[] | null, settings: object = {}, deadlineMs = 10_000) {
  const endpoint = await makeEndpoint(actor, {
    settings: { answer: { kind: "flow", deadlineMs, fallback: FALLBACK }, ...settings },
  });
  if (steps === null) return endpoint;
  const { workspaceId } = actor;
  const [flowId, versionId] = [newId(), newId()];
  const definition = JSON.stringify(flowOf(steps));
  await prisma().flow.create({
    data: { id: flowId, workspaceId, name: "Flow", draft: definition, on: true, liveVersionId: versionId },
  });
  await prisma().flowVersion.create({
    data: { id: versionId, workspaceId, flowId, number: 1, definition, hash: "0".repeat(64) },
  });
  await prisma().flowTrigger.create({
    data: { endpointId: endpoint.id, flowId, versionId, workspaceId, eventTypes: [] },
  });
  return endpoint;
}

const post = (path: string, body: string | Buffer, contentType = "application/json"): Promise<RawAnswer> =>
  sendRaw(url, { method: "POST", target: path, headers: [["content-type", contentType]], body: Buffer.from(body) });
const listeners = async () => {
  const [row] = await prisma().$queryRaw<Array<{ count: number }>>`
    SELECT count(*)::int AS count FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'hookline live'`;
  return row?.count ?? 0;
};
const sumStep = () => answer('{"sum":{{ trigger.body.a + trigger.body.b }}}');

test("Next alone gives many senders at once their own computed answers, over one listening connection", async () => {
  const endpoint = await answering([sumStep()]);
  const before = await listeners();
  const answers = await Promise.all(Array.from({ length: 30 }, (_, n) => post(endpoint.path, `{"a":${n},"b":1000}`)));
  for (const [n, given] of answers.entries()) {
    expect(given.status).toBe(201);
    expect(given.body.toString()).toBe(`{"sum":${n + 1_000}}`);
    expect(headerOf(given, "x-sum")).toBe(String(n + 1_000));
    expect(headerOf(given, "content-type")).toBe("application/json");
    expect(headerOf(given, "content-security-policy")).toBe("sandbox; default-src 'none'");
  }
  expect((await listeners()) - before).toBeLessThanOrEqual(1);
});

test("Next alone falls back at the deadline, at once where no flow answers; repeats get the late answer", async () => {
  sink.answer(() => ({ status: 200, body: "{}", afterMs: 1_500 }));
  const endpoint = await answering([slow(), sumStep()], { dedupe: { kind: "body", windowSeconds: 600 } }, 500);
  const startedMs = performance.now();
  const first = await post(endpoint.path, '{"a":1,"b":2}');
  expect([first.status, first.body.toString()]).toEqual([203, "later"]);
  expect(performance.now() - startedMs).toBeLessThan(1_500);
  await eventually("the late answer", async () =>
    (await post(endpoint.path, '{"a":1,"b":2}')).body.toString() === '{"sum":3}' ? true : null,
  );

  const silent = await answering(null);
  const silentMs = performance.now();
  expect((await post(silent.path, "{}")).body.toString()).toBe("later");
  expect(performance.now() - silentMs).toBeLessThan(5_000);
});

test("a sender that hangs up while a flow works loses nothing but the answer", async () => {
  sink.answer(() => ({ status: 200, body: "{}", afterMs: 800 }));
  const endpoint = await answering([slow(), sumStep()]);
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(
    `POST ${endpoint.path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n` +
      `content-length: 13\r\n\r\n{"a":1,"b":2}`,
  );
  await eventually("the event", async () => prisma().event.findFirst({ where: { endpointId: endpoint.id } }));
  socket.destroy();
  await eventually("the run's end", async () =>
    prisma().run.findFirst({ where: { endpointId: endpoint.id, status: "succeeded" } }),
  );
  expect((await post(endpoint.path, '{"a":4,"b":5}')).body.toString()).toBe('{"sum":9}');
});

test("answers come again after the connection that listens was cut", async () => {
  const endpoint = await answering([sumStep()]);
  await prisma().$queryRaw`
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'hookline live'`;
  for (let n = 0; n < 5; n += 1)
    expect((await post(endpoint.path, `{"a":${n},"b":2}`)).body.toString()).toBe(`{"sum":${n + 2}}`);
});

test("Next alone splits a batch of the largest size an endpoint takes, and answers for it", async () => {
  const endpoint = await answering([answer('{"done":true}')], {
    split: { kind: "path", path: "data.items" },
    dedupe: { kind: "source", source: { from: "body", path: "id" } },
  });
  const { body, texts } = makeBatch("a list inside an object", LIMIT, 7);
  const given = await post(endpoint.path, body);
  expect([201, 203]).toContain(given.status);
  expect(await prisma().run.count({ where: { endpointId: endpoint.id } })).toBe(texts.length);
  const event = await prisma().event.findFirstOrThrow({ where: { endpointId: endpoint.id } });
  const items = await prisma().$queryRaw<Array<{ data: string }>>`
    SELECT d.data FROM event_item i JOIN step_data d ON d.id = i.data_id WHERE i.event_id = ${event.id}::uuid
    ORDER BY i.item_index`;
  expect(items.map(({ data }) => data)).toEqual(texts);
});

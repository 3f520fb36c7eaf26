import { describe, expect, test } from "vitest";
import { pauseEndpoint } from "#lib/commands/endpoints/pause-endpoint.ts";
import { replayRun } from "#lib/commands/runs/replay-run.ts";
import { newId } from "#lib/core/ids.ts";
import { prisma } from "#lib/db/prisma.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";
import { metrics } from "#lib/platform/metrics.ts";
import {
  ANSWERS_WAITING_MAX,
  endAnswerWaits,
  reopenAnswerWaits,
  waitForAnswer,
} from "#lib/reception/wait-for-answer.ts";
import { makeHttpServer } from "#server/make-http-server.ts";
import { openWebServer } from "#server/open-web-server.ts";
import { keptSteps } from "#tests/support/kept-journal.ts";
import { listenWith } from "#tests/support/listening-flow.ts";
import { makeEndpoint } from "#tests/support/receiving.ts";
import { eventually } from "#tests/support/running-app.ts";
import { headerOf } from "#tests/support/send-raw.ts";
import {
  actor,
  answering,
  answerStep,
  doors,
  fast,
  json,
  keptOf,
  noteOf,
  post,
  sink,
  slow,
  stepOutput,
} from "./answering-flows.ts";

describe.each(doors)("%s", (_name, door) => {
  test("gives the sender what the flow computed, with its status, headers and body, and shows it", async () => {
    const endpoint = await answering([
      {
        kind: "action",
        id: "sum",
        name: "sum",
        action: "transform",
        input: { value: "$sum(trigger.body.items.price)" },
      },
      answerStep({
        status: 201,
        ...json('{ "total": {{ steps.sum }}, "name": {{ trigger.body.name }} }'),
        headers: [
          { name: "X-Total", value: "{{ steps.sum }}" },
          { name: "X-Name", value: "größe € {{ trigger.body.name }}" },
        ],
      }),
    ]);
    const answer = await post(
      door.url,
      endpoint.path,
      '{"items":[{"price":2},{"price":3.5}],"name":"Ada \\"the\\" first"}',
    );
    expect(answer.status).toBe(201);
    expect(JSON.parse(answer.body.toString())).toEqual({ total: 5.5, name: 'Ada "the" first' });
    expect(headerOf(answer, "x-total")).toBe("5.5");
    expect(Buffer.from(headerOf(answer, "x-name") ?? "", "latin1").toString()).toBe('größe € Ada "the" first');
    expect(headerOf(answer, "content-type")).toBe("application/json");
    expect(headerOf(answer, "content-security-policy")).toBe("sandbox; default-src 'none'");
    expect(headerOf(answer, "x-content-type-options")).toBe("nosniff");
    expect(await stepOutput(endpoint.id)).toEqual({ answered: true, outcome: "given", status: 201 });
    const shown = await eventually("the inspector shows it", async () => {
      const found = await noteOf(endpoint.id);
      return found?.note?.startsWith("Computed") ? found : null;
    });
    expect(shown).toMatchObject({ status: 201, note: expect.stringMatching(/^Computed by a flow in [\d,]+ ms\.$/) });
  });

  test("escapes values in HTML answers, which run nothing in our origin", async () => {
    const endpoint = await answering([
      answerStep({ body: { kind: "html", html: "<p>Hello {{ trigger.body.name }}</p>" } }),
    ]);
    const answer = await post(door.url, endpoint.path, '{"name":"<script>alert(1)</script>"}');
    expect(answer.body.toString()).toBe("<p>Hello &lt;script&gt;alert(1)&lt;/script&gt;</p>");
    expect(headerOf(answer, "content-type")).toBe("text/html; charset=utf-8");
    expect(headerOf(answer, "content-security-policy")).toContain("sandbox");
  });

  test("escapes by content type, writes in its character set, and encodes values of a Location", async () => {
    const contentType = "text/xml; charset=iso-8859-1";
    const value = "https://x.example/{{ trigger.body.path }}?n={{ trigger.body.name }}";
    const body = { kind: "text", text: "<Message>Hi {{ trigger.body.name }}</Message>", contentType };
    const endpoint = await answering([answerStep({ status: 302, body, headers: [{ name: "location", value }] })]);
    const answer = await post(door.url, endpoint.path, '{"name":"Zoë & <J> €","path":"a b/../c"}');
    expect(answer.body.toString("latin1")).toBe("<Message>Hi Zo\u00eb &amp; &lt;J&gt; &#8364;</Message>");
    expect(headerOf(answer, "location")).toBe(
      "https://x.example/a%20b%2F..%2Fc?n=Zo%C3%AB%20%26%20%3CJ%3E%20%E2%82%AC",
    );
  });

  test("gives the fallback at the deadline, keeps the late answer for a repeat, and says so everywhere", async () => {
    sink.answer(() => ({ status: 200, body: "{}", afterMs: 900 }));
    const endpoint = await answering([slow(), answerStep(json('{"late":true}'))], {
      deadlineMs: 300,
      dedupe: { kind: "body", windowSeconds: 600 },
    });
    const started = performance.now();
    const answer = await post(door.url, endpoint.path);
    expect([answer.status, answer.body.toString()]).toEqual([202, "later"]);
    expect(performance.now() - started).toBeGreaterThan(290);
    const early = await post(door.url, endpoint.path);
    expect([early.status, early.body.toString()]).toEqual([202, "later"]);
    expect(await stepOutput(endpoint.id)).toMatchObject({ answered: false, outcome: "too-late" });
    expect(await keptOf(endpoint.id)).toMatchObject({ given: "deadline", computed: { status: 200 } });
    expect((await noteOf(endpoint.id))?.note).toMatch(
      /^The fallback, because no answer had come after \d+ ms\. A flow answered 200 later/,
    );
    const repeat = await post(door.url, endpoint.path);
    expect([repeat.status, repeat.body.toString()]).toEqual([200, '{"late":true}']);
    expect(await prisma().event.count({ where: { endpointId: endpoint.id } })).toBe(1);
  });

  test("does not wait on when every run that could answer has ended without an answer", async () => {
    const never: Step = {
      kind: "branch",
      id: "b",
      name: "b",
      cases: [{ id: "c", name: "c", when: "false", steps: [answerStep({})] }],
      otherwise: [],
    } as unknown as Step;
    const endpoint = await answering([never]);
    const started = performance.now();
    expect((await post(door.url, endpoint.path)).body.toString()).toBe("later");
    expect(performance.now() - started).toBeLessThan(4_000);
    expect(await keptOf(endpoint.id)).toMatchObject({ given: "ended", computed: null });
  });

  test("gives the fallback at once where no flow listens, none can answer, or the endpoint is paused", async () => {
    const nobody = await answering(null);
    const mute = await answering([{ kind: "action", id: "t", name: "t", action: "transform", input: { value: "1" } }]);
    const paused = await answering([answerStep({})]);
    await pauseEndpoint(actor, paused.id);
    for (const [endpoint, given] of [
      [nobody, "no-flow"],
      [mute, "no-answering-flow"],
      [paused, "parked"],
    ] as const) {
      const started = performance.now();
      expect((await post(door.url, endpoint.path)).body.toString()).toBe("later");
      expect([given, performance.now() - started < 3_000]).toEqual([given, true]);
      expect(await keptOf(endpoint.id)).toMatchObject({ given });
    }
  });
});

test("the first answer counts; later steps are told, and a replay says that nobody waits", async () => {
  const endpoint = await answering([answerStep(json('{"n":1}'), "first"), answerStep(json('{"n":2}'))]);
  expect((await post(fast.url, endpoint.path)).body.toString()).toBe('{"n":1}');
  expect(await stepOutput(endpoint.id)).toMatchObject({ answered: false, outcome: "already-answered" });
  const run = await prisma().run.findFirstOrThrow({ where: { endpointId: endpoint.id } });
  await replayRun(actor, { runId: run.id, version: "original" });
  expect(await stepOutput(endpoint.id, "replay")).toMatchObject({ answered: false, outcome: "nobody-waits" });
  expect((await keptOf(endpoint.id))?.computed?.body).toBe('{"n":1}');
});

test("a flow that answers where the endpoint does not let it changes nothing", async () => {
  const endpoint = await makeEndpoint(actor);
  await listenWith(actor, endpoint.id, [answerStep(json('{"n":1}'))]);
  expect((await post(fast.url, endpoint.path)).status).toBe(202);
  expect(await stepOutput(endpoint.id)).toMatchObject({ answered: false, outcome: "nobody-waits" });
  expect(await keptOf(endpoint.id)).toBeNull();
});

test("refuses headers that could act on browsers or proxies, by name, before anything is answered", async () => {
  const endpoint = await answering([answerStep({ headers: [{ name: "Set-Cookie", value: "a=b" }] })]);
  expect((await post(fast.url, endpoint.path)).body.toString()).toBe("later");
  const run = await prisma().run.findFirstOrThrow({ where: { endpointId: endpoint.id } });
  expect(run.errorCode ?? run.status).toBeTruthy();
  expect(await keptSteps(run.id)).toMatchObject([{ status: "failed", errorCode: "header-not-allowed" }]);
});

test("a sender who hangs up changes nothing: the run ends and its answer is kept", async () => {
  sink.answer(() => ({ status: 200, body: "{}", afterMs: 400 }));
  const endpoint = await answering([slow(), answerStep(json('{"n":1}'))]);
  const gone = AbortSignal.timeout(150);
  await expect(fetch(`${fast.url}${endpoint.path}`, { method: "POST", body: "{}", signal: gone })).rejects.toThrow();
  const kept = await eventually("the answer is kept", async () => {
    const found = await keptOf(endpoint.id).catch(() => null);
    return found?.computed ? found : null;
  });
  expect(kept.computed?.body).toBe('{"n":1}');
});

test("a stopping process gives every waiting sender its fallback", async () => {
  sink.answer(() => ({ status: 200, body: "{}", afterMs: 1_500 }));
  const endpoint = await answering([slow(), answerStep({})]);
  const web = await openWebServer({
    httpServer: makeHttpServer(),
    port: 0,
    host: "127.0.0.1",
    pages: async (_request, response) => void response.writeHead(404).end(),
  });
  const countWaiting = async () => (await metrics().answersWaiting.get()).values[0]?.value ?? 0;
  // Those of the tests before have had their answers, but may still be counted.
  await eventually("nobody waits", async () => (await countWaiting()) === 0);
  const started = performance.now();
  const waiting = post(`http://127.0.0.1:${web.port}`, endpoint.path);
  await eventually("the sender waits", async () => (await countWaiting()) > 0);
  try {
    await web.stop();
    expect((await waiting).body.toString()).toBe("later");
    expect(performance.now() - started).toBeLessThan(1_400);
    expect(await keptOf(endpoint.id)).toMatchObject({ given: "stopping" });
    expect((await post(fast.url, endpoint.path)).body.toString()).toBe("later");
  } finally {
    reopenAnswerWaits();
  }
});

test("an answer is found though the connection that would have told of it is cut over and over", async () => {
  sink.answer(() => ({ status: 200, body: "{}", afterMs: 300 }));
  const endpoint = await answering([slow(), answerStep(json('{"n":1}'))]);
  const waiting = post(fast.url, endpoint.path);
  const untilMs = performance.now() + 600;
  while (performance.now() < untilMs) {
    await prisma().$queryRaw`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE application_name = 'hookline live' AND datname = current_database()`;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect((await waiting).body.toString()).toBe('{"n":1}');
});

test("lets 1,000 senders wait in a process and gives the next one its fallback at once", async () => {
  const endpoint = await answering([answerStep({})]);
  const { versionId, flowId } = await prisma().flowTrigger.findFirstOrThrow({ where: { endpointId: endpoint.id } });
  const runs = Array.from({ length: ANSWERS_WAITING_MAX + 1 }, () => {
    const id = newId();
    const due = new Date(Date.now() + 3_600_000);
    return {
      id,
      originRunId: id,
      workspaceId: actor.workspaceId,
      flowId,
      versionId,
      eventId: newId(),
      status: "waiting",
      wakeAt: due,
    };
  });
  await prisma().run.createMany({ data: runs });
  try {
    const waits = runs.map(({ eventId }) => waitForAnswer(actor.workspaceId, eventId, 60_000));
    expect(await waits.at(-1)).toEqual({ kind: "fallback", reason: "busy" });
    endAnswerWaits();
    const ended = await Promise.all(waits.slice(0, -1));
    expect(new Set(ended.map((wait) => (wait.kind === "fallback" ? wait.reason : wait.kind)))).toEqual(
      new Set(["stopping"]),
    );
    expect((await metrics().answersWaiting.get()).values[0]?.value).toBe(0);
  } finally {
    reopenAnswerWaits();
    await prisma().run.deleteMany({ where: { id: { in: runs.map(({ id }) => id) } } });
  }
});

test("computes answers for many senders at once, each its own, most within 200 ms", async () => {
  const endpoint = await answering([answerStep(json('{ "n": {{ trigger.body.n }} }'))]);
  await post(fast.url, endpoint.path, '{"n":0}');
  const alone: number[] = [];
  for (let n = 0; n < 40; n += 1) {
    const started = performance.now();
    const answer = await post(fast.url, endpoint.path, `{"n":${n}}`);
    alone.push(performance.now() - started);
    expect(answer.body.toString()).toBe(`{ "n": ${n} }`);
  }
  const bodies = await Promise.all(
    Array.from({ length: 100 }, async (_, n) => (await post(fast.url, endpoint.path, `{"n":${n}}`)).body.toString()),
  );
  expect(bodies).toEqual(Array.from({ length: 100 }, (_, n) => `{ "n": ${n} }`));
  alone.sort((a, b) => a - b);
  console.info(`computed answers one by one: p50 ${alone[20]?.toFixed(1)} ms, p95 ${alone[37]?.toFixed(1)} ms`);
  expect(alone[20]).toBeLessThan(200);
});

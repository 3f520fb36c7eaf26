import { createHash } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import type { Actor } from "#lib/core/actor.ts";
import { prisma } from "#lib/db/prisma.ts";
import { flushRecords } from "#lib/reception/record-request.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { listJobPayloads, makeEndpoint, makeLiveFlow, makeWorkspace, useFastDoor } from "#tests/support/receiving.ts";

useTestDatabase();
const door = useFastDoor();

let actor: Actor;
beforeAll(async () => {
  actor = await makeWorkspace();
});

const post = (path: string, body: BodyInit, headers: Record<string, string> = { "content-type": "application/json" }) =>
  fetch(`${door.url}${path}`, { method: "POST", body, headers });

describe("accepting", () => {
  it("answers 202 with the id of an event whose exact bytes and hash are stored", async () => {
    const endpoint = await makeEndpoint(actor);
    const body = Buffer.from('{ "a" : 1,\r\n"b":"\\u0000\ud800" }  ', "utf8");
    const answer = await post(`${endpoint.path}?x=1&y=%20`, body);
    expect(answer.status).toBe(202);
    const { event } = (await answer.json()) as { event: string };
    const row = await prisma().event.findUniqueOrThrow({ where: { id: event } });
    const payload = await prisma().eventPayload.findUniqueOrThrow({ where: { eventId: event } });
    expect(Buffer.from(payload.body).equals(body)).toBe(true);
    expect(Buffer.from(row.bodySha256).equals(createHash("sha256").update(body).digest())).toBe(true);
    expect(row).toMatchObject({
      verdict: "no flow",
      verification: "not configured",
      method: "POST",
      bodyBytes: body.byteLength,
      clientIp: "127.0.0.1",
    });
    expect(payload.query).toBe("x=1&y=%20");
  });

  it("starts one run and one job per live flow that listens, none for a flow that wants other types", async () => {
    const endpoint = await makeEndpoint(actor, { settings: { eventType: { from: "body", path: "type" } } });
    const every = await makeLiveFlow(actor, endpoint.id);
    const paid = await makeLiveFlow(actor, endpoint.id, ["paid"]);
    await makeLiveFlow(actor, endpoint.id, ["refunded"]);
    const { event } = (await (await post(endpoint.path, '{"type":"paid"}')).json()) as { event: string };
    const runs = await prisma().run.findMany({ where: { eventId: event } });
    expect(runs.map((run) => run.versionId).sort()).toEqual([every.versionId, paid.versionId].sort());
    for (const run of runs)
      expect(run).toMatchObject({
        status: "queued",
        kind: "event",
        eventType: "paid",
        originRunId: run.id,
        endpointId: endpoint.id,
      });
    const jobs = await listJobPayloads();
    for (const run of runs) expect(jobs.filter((job) => job.runId === run.id)).toHaveLength(1);
    expect((await prisma().event.findUniqueOrThrow({ where: { id: event } })).verdict).toBe("accepted");
  });

  it("stores a delivery that comes 100 times at once as one event with one run", async () => {
    const endpoint = await makeEndpoint(actor, {
      settings: { dedupe: { kind: "source", source: { from: "header", name: "X-Delivery" } } },
    });
    await makeLiveFlow(actor, endpoint.id);
    const answers = await Promise.all(
      Array.from({ length: 100 }, async (_, n) => {
        const answer = await post(endpoint.path, JSON.stringify({ n }), { "x-delivery": "d-1" });
        return { status: answer.status, ...((await answer.json()) as { event: string; duplicate?: boolean }) };
      }),
    );
    expect(answers.filter((answer) => answer.status === 202)).toHaveLength(1);
    expect(answers.filter((answer) => answer.status === 200 && answer.duplicate === true)).toHaveLength(99);
    expect(new Set(answers.map((answer) => answer.event)).size).toBe(1);
    expect(await prisma().event.count({ where: { endpointId: endpoint.id } })).toBe(1);
    expect(await prisma().run.count({ where: { endpointId: endpoint.id } })).toBe(1);
    await flushRecords();
    expect((await prisma().event.findFirstOrThrow({ where: { endpointId: endpoint.id } })).duplicateCount).toBe(99);
    expect(await prisma().request.count({ where: { endpointId: endpoint.id, verdict: "duplicate" } })).toBe(99);
  });
});

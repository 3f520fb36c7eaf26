import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { pauseEndpoint } from "#lib/commands/endpoints/pause-endpoint.ts";
import { resumeEndpoint } from "#lib/commands/endpoints/resume-endpoint.ts";
import type { Actor } from "#lib/core/actor.ts";
import { acceptBatches } from "#lib/db/accept-batches.ts";
import { prisma } from "#lib/db/prisma.ts";
import { releaseParkedEvents } from "#lib/db/release-parked.ts";
import { findRun } from "#lib/db/runs.ts";
import { toBatch } from "#lib/reception/to-batch.ts";
import { newEvent } from "#tests/support/new-event.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { listJobPayloads, makeEndpoint, makeLiveFlow, makeWorkspace, useFastDoor } from "#tests/support/receiving.ts";
import { listEvents, listIdsThatRan, listItemRuns, postBody, SPLIT_LIST } from "#tests/support/split-lists.ts";

const SEED = 20_261_123;

useTestDatabase();
const door = useFastDoor();
let actor: Actor;
beforeAll(async () => {
  actor = await makeWorkspace();
});

const ownEndpoint = (settings: object = {}) => makeEndpoint(actor, { settings: { ...SPLIT_LIST, ...settings } });
const post = (path: string, body: unknown, contentType?: string) => postBody(`${door.url}${path}`, body, contentType);

it("runs every item exactly once, however its batches are regrouped, repeated or sent at once", async () => {
  const batch = fc.array(fc.integer({ min: 0, max: 11 }), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(batch, { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 3 }),
      async (rounds) => {
        const endpoint = await ownEndpoint();
        await makeLiveFlow(actor, endpoint.id);
        for (const together of rounds) {
          const answers = await Promise.all(
            together.map((ids, n) =>
              post(
                endpoint.path,
                ids.map((id) => ({ id, attempt: n })),
              ),
            ),
          );
          expect(answers.every(({ status }) => status === 202)).toBe(true);
        }
        const sent = new Set(rounds.flat(2).map(String));
        expect((await listIdsThatRan(endpoint.id)).toSorted()).toEqual([...sent].toSorted());
        const items = await prisma().eventItem.count({ where: { endpointId: endpoint.id } });
        expect(items).toBe(rounds.flat(2).length);
      },
    ),
    { seed: SEED, numRuns: 40 },
  );
  const jobs = (await listJobPayloads()).map((job) => job.runId);
  expect(new Set(jobs).size).toBe(jobs.length);
  expect(await prisma().run.count()).toBe(jobs.length);
});

it("lets two transactions with the same items in opposite orders both end, each item once", async () => {
  const endpoint = await ownEndpoint();
  await makeLiveFlow(actor, endpoint.id);
  const ids = Array.from({ length: 60 }, (_, n) => `item-${n}`);
  const outcomes = await Promise.all(
    Array.from({ length: 30 }, (_, n) =>
      acceptBatches([
        batch(endpoint.id, n % 2 === 0 ? ids : ids.toReversed()),
        batch(endpoint.id, ids.slice(n, n + 20)),
      ]),
    ),
  );
  expect(outcomes.flat().every((outcome) => outcome.kind === "stored")).toBe(true);
  expect((await listIdsThatRan(endpoint.id)).toSorted()).toEqual(ids.toSorted());
  const verdicts = (await listEvents(endpoint.id)).map((event) => event.verdict);
  expect(verdicts.filter((verdict) => verdict === "accepted").length).toBeLessThanOrEqual(2);
  expect(verdicts.every((verdict) => verdict === "accepted" || verdict === "duplicate")).toBe(true);
});

it("takes an item for a repeat only inside its window where the sender means it when it comes again", async () => {
  const endpoint = await ownEndpoint();
  await makeLiveFlow(actor, endpoint.id);
  const at = (time: string) => [batch(endpoint.id, ["alert"], { windowSeconds: 3_600, receivedAt: new Date(time) })];
  const verdictAt = async (time: string) => (await acceptBatches(at(time)))[0];
  expect(await verdictAt("2026-11-23T10:50:00Z")).toMatchObject({ verdict: "accepted" });
  expect(await verdictAt("2026-11-23T10:55:00Z")).toMatchObject({ verdict: "duplicate" });
  expect(await verdictAt("2026-11-23T11:20:00Z")).toMatchObject({ verdict: "duplicate" });
  expect(await verdictAt("2026-11-23T11:51:00Z")).toMatchObject({ verdict: "accepted" });
});

it("starts a flow only for the items whose type it wants, and none when it wants none", async () => {
  const endpoint = await ownEndpoint();
  await makeLiveFlow(actor, endpoint.id, ["mail.bounced"]);
  await makeLiveFlow(actor, endpoint.id, ["mail"]);
  await post(endpoint.path, [
    { id: 1, type: "mail.bounced" },
    { id: 2, type: "mail.opened" },
    { id: 3, type: "list" },
  ]);
  expect((await listItemRuns(endpoint.id)).map((run) => [run.itemIndex, run.eventType])).toEqual([
    [0, "mail.bounced"],
    [0, "mail.bounced"],
    [1, "mail.opened"],
  ]);
  await post(endpoint.path, [{ id: 4, type: "list" }]);
  expect((await listEvents(endpoint.id)).map((event) => event.verdict)).toEqual(["accepted", "no flow"]);
});

it("keeps what it cannot split whole, and an empty batch without a run, with a check that says so", async () => {
  const endpoint = await ownEndpoint({ split: { kind: "path", path: "rows" } });
  await makeLiveFlow(actor, endpoint.id);
  await post(endpoint.path, { rows: [] });
  await post(endpoint.path, { other: 1 });
  await post(endpoint.path, { rows: Array.from({ length: 10_001 }, () => 0) });
  await post(endpoint.path, "<rows/>", "application/xml");
  expect((await listEvents(endpoint.id)).map((event) => [event.verdict, event.itemCount])).toEqual([
    ["no flow", 0],
    ["accepted", null],
    ["accepted", null],
    ["accepted", null],
  ]);
  expect((await listItemRuns(endpoint.id)).map((run) => run.itemIndex)).toEqual([null, null, null]);
  const payloads = await prisma().eventPayload.findMany({
    where: { eventId: { in: (await listEvents(endpoint.id)).map((event) => event.id) } },
    orderBy: { eventId: "asc" },
  });
  expect(
    payloads.map(
      (payload) =>
        (JSON.parse(payload.checks) as { id: string; message: string }[]).find((check) => check.id === "split")
          ?.message,
    ),
  ).toEqual([
    "An empty batch: nothing in it to run.",
    "Nothing to split: there is no list at rows. Kept and run as one event.",
    "It holds 10,001 items, more than the 10,000 that can be split. Kept and run as one event.",
    "Its body cannot be read as JSON or as a form. Kept and run as one event.",
  ]);
});

it("knows items without an id by their place in their delivery", async () => {
  const endpoint = await makeEndpoint(actor, {
    settings: {
      split: { kind: "path", path: "" },
      dedupe: { kind: "source", source: { from: "header", name: "x-delivery" } },
    },
  });
  await makeLiveFlow(actor, endpoint.id);
  const deliver = (id: string) =>
    fetch(`${door.url}${endpoint.path}`, { method: "POST", body: "[1,1,2]", headers: { "x-delivery": id } }).then(
      (answer) => answer.status,
    );
  expect([await deliver("a"), await deliver("a"), await deliver("b")]).toEqual([202, 200, 202]);
  expect(await listItemRuns(endpoint.id)).toHaveLength(6);
});

it("parks a batch and gives each of its new items one run on resume, however often that is asked", async () => {
  const endpoint = await ownEndpoint();
  await makeLiveFlow(actor, endpoint.id, ["a"]);
  await post(endpoint.path, [{ id: 1, type: "a" }]);
  await pauseEndpoint(actor, endpoint.id);
  await post(endpoint.path, [
    { id: 1, type: "a" },
    { id: 2, type: "a" },
    { id: 2, type: "a" },
    { id: 3, type: "b" },
  ]);
  await post(endpoint.path, [{ id: 2, type: "a" }]);
  await post(endpoint.path, [{ id: 4, type: "b" }]);
  await post(endpoint.path, []);
  expect((await listEvents(endpoint.id)).map((event) => event.verdict)).toEqual([
    "accepted",
    "parked",
    "duplicate",
    "parked",
    "no flow",
  ]);
  const released = await Promise.all([
    resumeEndpoint(actor, endpoint.id),
    releaseParkedEvents(endpoint.id),
    releaseParkedEvents(),
  ]);
  expect(released.reduce((sum, { runs }) => sum + runs, 0)).toBe(1);
  expect((await listEvents(endpoint.id)).map((event) => event.verdict)).toEqual([
    "accepted",
    "accepted",
    "duplicate",
    "no flow",
    "no flow",
  ]);
  expect(await listIdsThatRan(endpoint.id)).toEqual(["1", "2"]);
  const runs = await listItemRuns(endpoint.id);
  expect(await findRun(actor.workspaceId, runs[1]?.id ?? "")).toMatchObject({
    eventType: "a",
    item: { index: 1, count: 4 },
  });
});

function batch(
  endpointId: string,
  ids: readonly string[],
  { windowSeconds = null, receivedAt = new Date() }: { windowSeconds?: number | null; receivedAt?: Date } = {},
) {
  return toBatch(
    newEvent(actor, endpointId, { contentType: "application/json", receivedAt }),
    ids.map((key, index) => ({ index, json: "1", eventType: null, deliveryId: key, key, windowSeconds })),
  );
}

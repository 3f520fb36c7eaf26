import { createHmac } from "node:crypto";
import { beforeAll, expect, it } from "vitest";
import { addEndpointSecret } from "#lib/commands/endpoints/add-endpoint-secret.ts";
import { deleteEndpoint, restoreEndpoint } from "#lib/commands/endpoints/delete-endpoint.ts";
import { pauseEndpoint } from "#lib/commands/endpoints/pause-endpoint.ts";
import { resumeEndpoint } from "#lib/commands/endpoints/resume-endpoint.ts";
import { retireEndpointSecret } from "#lib/commands/endpoints/retire-endpoint-secret.ts";
import { updateEndpoint } from "#lib/commands/endpoints/update-endpoint.ts";
import { acceptRefusedRequest } from "#lib/commands/requests/accept-refused-request.ts";
import { recheckRequest } from "#lib/commands/requests/recheck-request.ts";
import type { Actor } from "#lib/core/actor.ts";
import { newId } from "#lib/core/ids.ts";
import { acceptEvents, type NewEvent } from "#lib/db/accept-events.ts";
import { listSealedSecrets } from "#lib/db/endpoint-secrets.ts";
import { prisma } from "#lib/db/prisma.ts";
import { releaseParkedEvents } from "#lib/db/release-parked.ts";
import { findRequest, listRequests } from "#lib/db/requests.ts";
import { flushRecords } from "#lib/reception/record-request.ts";
import { storeEvent } from "#lib/reception/store-event.ts";
import { newEvent } from "#tests/support/new-event.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { listJobPayloads, makeEndpoint, makeLiveFlow, makeWorkspace, useFastDoor } from "#tests/support/receiving.ts";

useTestDatabase();
const door = useFastDoor();
let actor: Actor;
beforeAll(async () => {
  actor = await makeWorkspace();
});

const sendSigned = async (path: string, secret: string, body = '{"a":1}', id = newId()) => {
  const signature = `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
  const answer = await fetch(`${door.url}${path}`, {
    method: "POST",
    body,
    headers: { "x-github-event": "push", "x-github-delivery": id, "x-hub-signature-256": signature },
  });
  return { status: answer.status, text: await answer.text() };
};

it("starts every parked event exactly once when the endpoint is resumed, however often that is asked", async () => {
  const endpoint = await makeEndpoint(actor);
  await makeLiveFlow(actor, endpoint.id);
  await pauseEndpoint(actor, endpoint.id);
  for (let n = 0; n < 7; n += 1)
    await (await fetch(`${door.url}${endpoint.path}`, { method: "POST", body: `${n}` })).text();
  expect(await prisma().run.count({ where: { endpointId: endpoint.id } })).toBe(0);
  const released = await Promise.all([
    resumeEndpoint(actor, endpoint.id),
    resumeEndpoint(actor, endpoint.id),
    releaseParkedEvents(endpoint.id),
  ]);
  expect(released.reduce((sum, { runs }) => sum + runs, 0)).toBe(7);
  const runs = await prisma().run.findMany({ where: { endpointId: endpoint.id } });
  expect(new Set(runs.map((run) => run.eventId)).size).toBe(7);
  const jobs = new Set((await listJobPayloads()).map((job) => job.runId));
  expect(runs.every((run) => jobs.has(run.id))).toBe(true);
  expect(await prisma().event.count({ where: { endpointId: endpoint.id, verdict: "parked" } })).toBe(0);
});

it("verifies with the old and the new secret during a rotation, and with the new one alone afterwards", async () => {
  const endpoint = await makeEndpoint(actor, { provider: "github", secrets: ["the-old-secret"] });
  await addEndpointSecret(actor, endpoint.id, { secret: "  the-new-secret \n", label: "2027" });
  expect((await sendSigned(endpoint.path, "the-old-secret")).status).toBe(202);
  expect((await sendSigned(endpoint.path, "the-new-secret")).status).toBe(202);
  const old = (await listSealedSecrets(actor.workspaceId, endpoint.id)).find((secret) => secret.label === "");
  await retireEndpointSecret(actor, endpoint.id, old?.id ?? "");
  expect((await sendSigned(endpoint.path, "the-old-secret")).status).toBe(401);
  expect((await sendSigned(endpoint.path, "the-new-secret")).status).toBe(202);
  await flushRecords();
  const counted = await prisma().endpointSecret.findFirstOrThrow({ where: { endpointId: endpoint.id, label: "2027" } });
  expect(Number(counted.verifiedCount)).toBe(2);
});

it("refuses everything once the last secret is retired", async () => {
  const endpoint = await makeEndpoint(actor, { provider: "github", secrets: ["only-secret"] });
  const [only] = await listSealedSecrets(actor.workspaceId, endpoint.id);
  await retireEndpointSecret(actor, endpoint.id, only?.id ?? "");
  expect((await sendSigned(endpoint.path, "only-secret")).status).toBe(401);
  expect((await sendSigned(endpoint.path, "")).status).toBe(401);
});

it("checks a stored request again with the pasted secret: it passes, its first verdict stays, none runs", async () => {
  const endpoint = await makeEndpoint(actor, { provider: "github" });
  expect((await sendSigned(endpoint.path, "pasted-later")).status).toBe(202);
  const [row] = await listRequests(actor.workspaceId, endpoint.id, { limit: 1 });
  await addEndpointSecret(actor, endpoint.id, { secret: "pasted-later" });
  const recheck = await recheckRequest(actor, endpoint.id, row?.id ?? "");
  expect(recheck).toMatchObject({ verification: "verified" });
  const stored = await findRequest(actor.workspaceId, endpoint.id, row?.id ?? "");
  expect(stored).toMatchObject({ verdict: "no flow", verification: "not configured" });
  expect(JSON.parse(stored?.rechecks ?? "")).toMatchObject([{ verification: "verified" }]);
  await recheckRequest(actor, endpoint.id, row?.id ?? "");
  expect(JSON.parse((await findRequest(actor.workspaceId, endpoint.id, row?.id ?? ""))?.rechecks ?? "")).toHaveLength(
    2,
  );
});

it("makes one audited event of a refused request when a person says so, once", async () => {
  const endpoint = await makeEndpoint(actor, { provider: "github", secrets: ["right"] });
  await makeLiveFlow(actor, endpoint.id);
  expect((await sendSigned(endpoint.path, "wrong-secret", '{"b":2}')).status).toBe(401);
  await flushRecords();
  const [row] = await listRequests(actor.workspaceId, endpoint.id, { limit: 1 });
  const { eventId } = await acceptRefusedRequest(actor, endpoint.id, row?.id ?? "");
  expect(await prisma().run.count({ where: { eventId } })).toBe(1);
  const event = await findRequest(actor.workspaceId, endpoint.id, eventId);
  expect(event).toMatchObject({ verdict: "accepted", verification: "not verified" });
  expect(event?.body.toString()).toBe('{"b":2}');
  await expect(acceptRefusedRequest(actor, endpoint.id, row?.id ?? "")).rejects.toMatchObject({
    code: "already-accepted",
  });
  expect(await prisma().auditEntry.count({ where: { action: "request.accept", targetId: row?.id ?? "" } })).toBe(1);
});

it("answers again at the same address after an endpoint is brought back", async () => {
  const endpoint = await makeEndpoint(actor);
  await deleteEndpoint(actor, endpoint.id);
  expect((await fetch(`${door.url}${endpoint.path}`, { method: "POST" })).status).toBe(404);
  await restoreEndpoint(actor, endpoint.id);
  expect((await fetch(`${door.url}${endpoint.path}`, { method: "POST" })).status).toBe(202);
  await deleteEndpoint(actor, endpoint.id, new Date("2020-01-01"));
  await expect(restoreEndpoint(actor, endpoint.id)).rejects.toMatchObject({ name: "NotFoundError" });
});

it("turns away a change made on an older revision, a viewer, and another workspace", async () => {
  const endpoint = await makeEndpoint(actor);
  const { revision } = await updateEndpoint(actor, endpoint.id, { name: "One" });
  await updateEndpoint(actor, endpoint.id, { name: "Two", revision });
  await expect(updateEndpoint(actor, endpoint.id, { name: "Three", revision })).rejects.toMatchObject({
    code: "endpoint-changed",
  });
  await expect(updateEndpoint({ ...actor, role: "viewer" }, endpoint.id, { name: "x" })).rejects.toMatchObject({
    name: "ForbiddenError",
  });
  await expect(updateEndpoint(await makeWorkspace(), endpoint.id, { name: "x" })).rejects.toMatchObject({
    name: "NotFoundError",
  });
  await expect(
    updateEndpoint(actor, endpoint.id, { settings: { allowedAddresses: ["10.0.0.0/33"] } }),
  ).rejects.toMatchObject({
    name: "InvalidInputError",
  });
});

it("stores the neighbours of a row the database refuses", async () => {
  const endpoint = await makeEndpoint(actor);
  const poison = { eventType: "nul \u0000" };
  const outcomes = await Promise.allSettled(
    [event(endpoint.id), event(endpoint.id, poison), event(endpoint.id)].map((row) => storeEvent(row)),
  );
  expect(outcomes.map((outcome) => outcome.status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(await prisma().event.count({ where: { endpointId: endpoint.id } })).toBe(2);
});

it("tells apart a delivery repeated inside its window, one after it, and one that straddles two windows", async () => {
  const endpoint = await makeEndpoint(actor);
  const at = new Date("2026-11-23T10:00:59Z");
  const first = event(endpoint.id, { dedupeKey: "w:1", receivedAt: at });
  const inNextWindow = event(endpoint.id, {
    dedupeKey: "w:2",
    earlierKey: "w:1",
    windowStart: new Date(at.getTime() - 58_000),
    receivedAt: new Date(at.getTime() + 2_000),
  });
  const later = event(endpoint.id, {
    dedupeKey: "w:2",
    earlierKey: "w:1",
    windowStart: new Date(at.getTime() + 1_000),
    receivedAt: new Date(at.getTime() + 61_000),
  });
  expect(await acceptEvents([first])).toMatchObject([{ kind: "stored" }]);
  expect(await acceptEvents([inNextWindow])).toEqual([{ kind: "duplicate", firstEventId: first.id }]);
  expect(await acceptEvents([later])).toMatchObject([{ kind: "stored" }]);
});

it("says that the endpoint is gone when it is deleted between the look and the write", async () => {
  const endpoint = await makeEndpoint(actor);
  await deleteEndpoint(actor, endpoint.id);
  expect(await acceptEvents([event(endpoint.id)])).toEqual([{ kind: "endpoint-gone" }]);
});

const event = (endpointId: string, change: Partial<NewEvent> = {}): NewEvent => newEvent(actor, endpointId, change);

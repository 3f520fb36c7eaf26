import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Actor } from "#lib/core/actor.ts";
import { newId } from "#lib/core/ids.ts";
import { HOUR } from "#lib/core/units.ts";
import { type NewRequest, REQUESTS_KEPT_PER_ENDPOINT } from "#lib/db/insert-requests.ts";
import { closeLive } from "#lib/db/live.ts";
import { pool } from "#lib/db/pool.ts";
import { clientNetOf } from "#lib/door/client-net.ts";
import { flushRecords, recordRequest } from "#lib/reception/record-request.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { makeEndpoint, makeWorkspace, useFastDoor } from "#tests/support/receiving.ts";

useTestDatabase();
const door = useFastDoor();
let owner: Actor;
beforeAll(async () => {
  owner = await makeWorkspace();
});
afterAll(() => closeLive());

const KEPT_AT_MOST = REQUESTS_KEPT_PER_ENDPOINT + 200;

async function keptOf(endpointId: string): Promise<{ id: string; reason: string; client_ip: string }[]> {
  for (let round = 0; round < 20; round += 1) await flushRecords();
  const { rows } = await pool().query("SELECT id, reason, client_ip FROM request WHERE endpoint_id = $1 ORDER BY id", [
    endpointId,
  ]);
  return rows;
}

async function countedOf(endpointId: string): Promise<number> {
  const { rows } = await pool().query("SELECT sum(count)::int AS sum FROM refusal_count WHERE endpoint_id = $1", [
    endpointId,
  ]);
  return rows[0].sum;
}

function refusal(endpointId: string, ip: string, reason: string, at: Date): NewRequest {
  return {
    id: newId(at),
    workspaceId: owner.workspaceId,
    endpointId,
    verdict: "refused",
    verification: "not verified",
    reason,
    message: "No.",
    status: 401,
    eventId: null,
    eventType: null,
    method: "POST",
    path: "/in/x",
    query: "",
    contentType: null,
    headers: "[]",
    checks: "[]",
    body: Buffer.from("{}"),
    bodyBytes: 2,
    bodySha256: createHash("sha256").update("{}").digest(),
    clientIp: ip,
    clientNet: clientNetOf(ip),
    receivedAt: at,
    answerMs: 1,
  };
}

test("5,000 junk requests do not push out an earlier refusal of another kind, and all are counted", async () => {
  const endpoint = await makeEndpoint(owner, { provider: "github", secrets: ["s3cret-s3cret-s3cret"] });
  const forged = await fetch(door.url + endpoint.path, {
    method: "POST",
    body: '{"forged":true}',
    headers: { "content-type": "application/json", "x-hub-signature-256": `sha256=${"0".repeat(64)}` },
  });
  expect(forged.status).toBe(401);
  const [first] = await keptOf(endpoint.id);
  expect(first).toBeDefined();

  const junk = async () => {
    for (let sent = 0; sent < 250; sent += 1) await fetch(door.url + endpoint.path, { method: "DELETE" });
  };
  await Promise.all(Array.from({ length: 20 }, junk));
  const kept = await keptOf(endpoint.id);
  expect(kept.map((row) => row.id)).toContain(first?.id);
  expect(new Set(kept.map((row) => row.reason)).size).toBe(2);
  expect(kept.length).toBeLessThanOrEqual(KEPT_AT_MOST);
  expect(await countedOf(endpoint.id)).toBe(5_001);
});

test("nor do requests refused for the same reason, from another network or at another hour", async () => {
  const endpoint = await makeEndpoint(owner);
  const night = new Date(Date.UTC(2026, 5, 1, 3));
  recordRequest(refusal(endpoint.id, "198.51.100.7", "signature-mismatch", night));
  recordRequest(refusal(endpoint.id, "203.0.113.9", "signature-mismatch", night));
  const early = (await keptOf(endpoint.id)).map((row) => row.id);
  expect(early).toHaveLength(2);
  for (let sent = 1; sent <= 5_000; sent += 1) {
    // The flood comes from the network of one of the two, hours later.
    const at = new Date(night.getTime() + HOUR + sent * 1_000);
    recordRequest(refusal(endpoint.id, `203.0.113.${sent % 250}`, "signature-mismatch", at));
    if (sent % 40 === 0) await flushRecords();
  }
  const kept = await keptOf(endpoint.id);
  expect(kept.map((row) => row.id)).toEqual(expect.arrayContaining(early));
  expect(kept.length).toBeLessThanOrEqual(KEPT_AT_MOST);
  expect(await countedOf(endpoint.id)).toBe(5_002);
});

test("from many networks at once, each reason keeps its share; one endpoint's flood leaves others alone", async () => {
  const [flooded, quiet] = [await makeEndpoint(owner), await makeEndpoint(owner)];
  const at = new Date(Date.UTC(2026, 5, 2));
  recordRequest(refusal(flooded.id, "198.51.100.7", "body-too-large", at));
  for (let sent = 0; sent < 6_000; sent += 1) {
    const net = `2001:db8:${(sent % 3_000).toString(16)}::1`;
    recordRequest(refusal(flooded.id, net, "signature-mismatch", new Date(at.getTime() + sent)));
  }
  // It comes while more waits to be written than is held.
  recordRequest(refusal(quiet.id, "198.51.100.7", "signature-mismatch", at));
  expect((await keptOf(quiet.id)).length).toBe(1);
  const kept = await keptOf(flooded.id);
  expect(kept.filter((row) => row.reason === "body-too-large")).toHaveLength(1);
  expect(kept.length).toBeLessThanOrEqual(KEPT_AT_MOST);
  expect(await countedOf(flooded.id)).toBe(6_001);
});

test("of a reason thousands of networks are refused for, the first and each hour's first and last stay", async () => {
  const endpoint = await makeEndpoint(owner);
  const at = new Date(Date.UTC(2026, 5, 3));
  const early = [0, 1, 2].map((seconds) =>
    refusal(endpoint.id, "203.0.113.9", "signature-mismatch", new Date(at.getTime() + seconds * 1_000)),
  );
  for (const row of early) recordRequest(row);
  for (let sent = 0; sent < 2_400; sent += 1) {
    const net = `2001:db8:${sent.toString(16)}::1`;
    recordRequest(refusal(endpoint.id, net, "signature-mismatch", new Date(at.getTime() + HOUR + sent * 1_000)));
    if (sent % 80 === 0) await flushRecords();
  }
  const kept = await keptOf(endpoint.id);
  expect(kept.length).toBeLessThanOrEqual(KEPT_AT_MOST);
  // All three came within one hour: its first and last stay.
  expect(kept.map((row) => row.id)).toEqual(expect.arrayContaining([early[0]?.id, early[2]?.id]));
  expect(kept.some((row) => row.client_ip === "2001:db8:0::1")).toBe(true);
  expect(kept.at(-1)?.client_ip).toBe("2001:db8:95f::1");
  expect(await countedOf(endpoint.id)).toBe(2_403);
});

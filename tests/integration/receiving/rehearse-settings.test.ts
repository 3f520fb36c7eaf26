import { createHmac } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { rehearseSettings } from "#lib/commands/endpoints/rehearse-settings.ts";
import { updateEndpoint } from "#lib/commands/endpoints/update-endpoint.ts";
import type { Actor } from "#lib/core/actor.ts";
import { newId } from "#lib/core/ids.ts";
import { prisma } from "#lib/db/prisma.ts";
import { listRequests } from "#lib/db/requests.ts";
import { flushRecords } from "#lib/reception/record-request.ts";
import { needsConsent } from "#lib/views/settings-proof.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { makeEndpoint, makeLiveFlow, makeWorkspace, useFastDoor } from "#tests/support/receiving.ts";

useTestDatabase();
const door = useFastDoor();
let actor: Actor;
beforeAll(async () => {
  actor = await makeWorkspace();
});

type Planted = {
  method?: string;
  ip?: string;
  headers?: Array<[string, string]>;
  body?: string;
  at?: Date;
  checks?: Array<{ id: string; status: string; message: string }>;
  verification?: string;
};

/** Stores an event as the door would have, with a time and an address of its own. */
async function plant(
  endpointId: string,
  { method = "POST", ip = "198.51.100.7", headers = [], body = "{}", ...rest }: Planted = {},
) {
  const at = rest.at ?? new Date();
  const id = newId(at);
  const bytes = Buffer.from(body);
  await prisma().event.create({
    data: {
      id,
      workspaceId: actor.workspaceId,
      endpointId,
      dedupeKey: `event:${id}`,
      verdict: "no flow",
      verification: rest.verification ?? "not configured",
      method,
      contentType: "application/json",
      bodyBytes: bytes.byteLength,
      bodySha256: Buffer.alloc(32),
      clientIp: ip,
      receivedAt: at,
    },
  });
  await prisma().eventPayload.create({
    data: {
      eventId: id,
      workspaceId: actor.workspaceId,
      path: "/in/x",
      query: "",
      headers: JSON.stringify([["content-type", "application/json"], ...headers]),
      checks: JSON.stringify(rest.checks ?? []),
      body: bytes,
    },
  });
  return id;
}

const none = { count: 0, groups: [] };

describe("settings tried on stored requests", () => {
  it("tell of every path that leads nowhere in any of them, and ask before it is saved", async () => {
    const endpoint = await makeEndpoint(actor, { settings: { eventType: { from: "body", path: "nowhere" } } });
    for (let id = 0; id < 3; id++)
      await plant(endpoint.id, { body: JSON.stringify({ events: [{ id: `e${id}`, action: "push" }] }) });
    const settings = {
      eventType: { from: "body", path: "nowhere" },
      dedupe: { kind: "fields", fields: ["events[0].id", "events.id"].map((path) => ({ from: "body", path })) },
      split: { kind: "path", path: "$.items" },
    };
    const proof = await rehearseSettings(actor, endpoint.id, { settings });
    expect(proof.lostPaths).toEqual([
      { setting: "eventType", path: "nowhere", of: 3, before: true },
      { setting: "dedupe", path: "events.id", of: 3, before: false },
      { setting: "split", path: "items", of: 3, before: false },
    ]);
    expect(needsConsent(proof)).toBe(true);
    const right = { ...settings, dedupe: { kind: "off" }, split: { kind: "path", path: "$.events" } };
    const good = await rehearseSettings(actor, endpoint.id, { settings: right });
    expect(good.lostPaths).toEqual([{ setting: "eventType", path: "nowhere", of: 3, before: true }]);
  });

  it("name each address that would be refused, with how often and which requests", async () => {
    const endpoint = await makeEndpoint(actor);
    const [first, second] = [
      await plant(endpoint.id, { ip: "203.0.113.9" }),
      await plant(endpoint.id, { ip: "203.0.113.9" }),
    ];
    for (let i = 0; i < 8; i++) await plant(endpoint.id, { ip: `192.0.2.${i}` });
    const proof = await rehearseSettings(actor, endpoint.id, { settings: { allowedAddresses: ["192.0.2.0/24"] } });
    expect(proof).toMatchObject({ stored: 10, checked: 10, accepted: none, merged: none, uncertain: none });
    expect(proof.refused.count).toBe(2);
    expect(proof.refused.groups).toMatchObject([{ reason: "203.0.113.9 is not on the list", count: 2 }]);
    expect(proof.refused.groups[0]?.requests.map(({ id }) => id)).toEqual([second, first]);
  });

  it("say how many a new secret verifies before it is saved, and that a wrong one verifies none", async () => {
    const endpoint = await makeEndpoint(actor, { provider: "github", settings: { verification: "off" } });
    const sign = (body: string) => `sha256=${createHmac("sha256", "the right secret").update(body).digest("hex")}`;
    for (let i = 0; i < 5; i++) {
      const body = JSON.stringify({ n: i });
      await plant(endpoint.id, { body, headers: [["x-hub-signature-256", sign(body)]] });
    }
    await plant(endpoint.id, { body: "{}" });
    const right = await rehearseSettings(actor, endpoint.id, { secret: "the right secret" });
    expect(right.secret).toEqual({ signed: 5, verified: 5 });
    expect(right.refused).toMatchObject({ count: 1, groups: [{ count: 1 }] });
    const wrong = await rehearseSettings(actor, endpoint.id, { secret: "another secret" });
    expect(wrong.secret).toEqual({ signed: 5, verified: 0 });
    expect(wrong.refused.count).toBe(6);
    expect(await prisma().endpointSecret.count({ where: { endpointId: endpoint.id } })).toBe(0);
  });

  it("never count what cannot be told: credentials that are not kept, HTTPS that was not written down", async () => {
    const endpoint = await makeEndpoint(actor, { provider: "generic-basic", settings: { verification: "off" } });
    await plant(endpoint.id, { headers: [["authorization", "Basic [removed]"]] });
    await plant(endpoint.id, { headers: [["cookie", "[removed]"]] });
    const proof = await rehearseSettings(actor, endpoint.id, { secret: "user:password" });
    expect(proof.uncertain).toMatchObject({
      count: 1,
      groups: [{ reason: "Its credential was not kept, so it cannot be checked again." }],
    });
    expect(proof.refused.count).toBe(1);
    const https = await rehearseSettings(actor, endpoint.id, { settings: { httpsRequired: true } });
    expect(https).toMatchObject({ refused: none, uncertain: { count: 2 } });
  });

  it("replay the rate over the times of arrival", async () => {
    const endpoint = await makeEndpoint(actor);
    const start = Date.now() - 60_000;
    for (let i = 0; i < 10; i++) await plant(endpoint.id, { at: new Date(start + i * 100) });
    await plant(endpoint.id, { at: new Date(start + 30_000) });
    const proof = await rehearseSettings(actor, endpoint.id, { settings: { ratePerSecond: 1 } });
    expect(proof.refused).toMatchObject({
      count: 8,
      groups: [{ reason: "more requests per second than the limit", count: 8 }],
    });
  });

  it("say which would have been merged with which, and which flows would hear nothing", async () => {
    const endpoint = await makeEndpoint(actor);
    const { flowId } = await makeLiveFlow(actor, endpoint.id, ["order.paid"]);
    const bodies = [
      { type: "order.paid", kind: "a", id: 1 },
      { type: "order.paid", kind: "b", id: 1 },
      { type: "order.paid", kind: "a", id: 2 },
      { kind: "a" },
    ];
    const ids = [];
    await updateEndpoint(actor, endpoint.id, { settings: { eventType: { from: "body", path: "type" } } });
    for (const [i, body] of bodies.entries())
      ids.push(await plant(endpoint.id, { body: JSON.stringify(body), at: new Date(Date.now() - 10_000 + i * 1_000) }));
    const merged = await rehearseSettings(actor, endpoint.id, {
      settings: { dedupe: { kind: "source", source: { from: "body", path: "id" } } },
    });
    expect(merged.merged).toMatchObject({ count: 1, groups: [{ count: 1, requests: [{ id: ids[1] }] }] });
    expect(merged.flows).toMatchObject([{ flowId, before: 3, after: 2 }]);
    const renamed = await rehearseSettings(actor, endpoint.id, {
      settings: { eventType: { from: "body", path: "kind" } },
    });
    expect(renamed.renamed).toMatchObject({ count: 4 });
    expect(renamed.flows).toMatchObject([{ flowId, before: 3, after: 0 }]);
    const nameless = await rehearseSettings(actor, endpoint.id, {
      settings: { eventType: { from: "body", path: "nothing" } },
    });
    expect(nameless.nameless).toMatchObject({ count: 3, groups: [{ reason: "order.paid → none", count: 3 }] });
  });

  it("count items of split batches and bodies that would not fit a schema", async () => {
    const endpoint = await makeEndpoint(actor);
    await plant(endpoint.id, { body: '[{"a":1},{"a":2}]' });
    await plant(endpoint.id, { body: '{"a":"x"}' });
    const split = await rehearseSettings(actor, endpoint.id, { settings: { split: { kind: "path", path: "" } } });
    expect(split.split).toMatchObject({ count: 1, groups: [{ reason: "2 items", count: 1 }] });
    const text = JSON.stringify({ type: "object", properties: { a: { type: "number" } } });
    const refuse = await rehearseSettings(actor, endpoint.id, { settings: { schema: { text, misfit: "refuse" } } });
    expect(refuse.refused.groups.map(({ reason }) => reason).sort()).toEqual([
      '"a" must be a number, not a text.',
      "The body must be an object, not a list.",
    ]);
    const mark = await rehearseSettings(actor, endpoint.id, { settings: { schema: { text, misfit: "mark" } } });
    expect(mark).toMatchObject({ refused: none, marked: { count: 2 } });
    await expect(
      rehearseSettings(actor, endpoint.id, { settings: { schema: { text: '{"requierd":[]}', misfit: "mark" } } }),
    ).rejects.toMatchObject({
      name: "InvalidInputError",
    });
  });

  it("say which opened links would show a page instead of acting", async () => {
    const endpoint = await makeEndpoint(actor, { settings: { methods: ["GET", "POST"] } });
    const opened = await plant(endpoint.id, { method: "GET", body: "" });
    await plant(endpoint.id);
    const proof = await rehearseSettings(actor, endpoint.id, { settings: { confirmGet: true } });
    expect(proof.refused).toMatchObject({
      count: 1,
      groups: [{ reason: expect.stringContaining("asks first"), requests: [{ id: opened }] }],
    });
  });

  it("count items that came before", async () => {
    const endpoint = await makeEndpoint(actor);
    const { flowId } = await makeLiveFlow(actor, endpoint.id);
    await plant(endpoint.id, { body: '[{"id":1},{"id":2}]', at: new Date(Date.now() - 2_000) });
    const second = await plant(endpoint.id, { body: '[{"id":2},{"id":3},{"id":3}]', at: new Date(Date.now() - 1_000) });
    const proof = await rehearseSettings(actor, endpoint.id, {
      settings: { split: { kind: "path", path: "" }, dedupe: { kind: "source", source: { from: "body", path: "id" } } },
    });
    expect(proof.split.count).toBe(2);
    expect(proof.merged).toMatchObject({
      count: 1,
      groups: [{ reason: "2 items came before", requests: [{ id: second }] }],
    });
    expect(proof.flows).toMatchObject([{ flowId, before: 2, after: 3 }]);
  });

  it("say when there was no time for all", async () => {
    const endpoint = await makeEndpoint(actor);
    for (let i = 0; i < 30; i++) await plant(endpoint.id);
    const proof = await rehearseSettings(actor, endpoint.id, { settings: { methods: ["PUT"] } }, { budgetMs: 0 });
    expect(proof).toMatchObject({ stored: 30, checked: 0, refused: none });
  });

  it("say what a refused request would have been, and nothing to people who may not edit", async () => {
    const endpoint = await makeEndpoint(actor, { settings: { methods: ["PUT"] } });
    expect((await fetch(`${door.url}${endpoint.path}`, { method: "POST", body: "{}" })).status).toBe(405);
    await flushRecords();
    expect(await listRequests(actor.workspaceId, endpoint.id, { limit: 10 })).toHaveLength(1);
    const proof = await rehearseSettings(actor, endpoint.id, { settings: { methods: ["POST"] } });
    expect(proof).toMatchObject({ refused: none, accepted: { count: 1, groups: [{ reason: "POST is not allowed" }] } });
    await expect(rehearseSettings({ ...actor, role: "viewer" }, endpoint.id, {})).rejects.toMatchObject({
      name: "ForbiddenError",
    });
    await expect(rehearseSettings(await makeWorkspace(), endpoint.id, {})).rejects.toMatchObject({
      name: "NotFoundError",
    });
  });
});

import { request } from "node:http";
import { expect, test } from "vitest";
import { countEventTypes, countListeningFlows, listArrivals } from "#lib/db/arrivals.ts";
import { loadEndpointGuide } from "#lib/loaders/endpoint-guide.ts";
import { loadReach } from "#lib/loaders/reach.ts";
import { flushRecords } from "#lib/reception/record-request.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { makeEndpoint, makeLiveFlow, makeWorkspace, useFastDoor } from "#tests/support/receiving.ts";

useTestDatabase();
const door = useFastDoor();

/** fetch does not let a caller choose the Host header. */
function send(path: string, headers: Record<string, string>, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port: door.port, path, method: "POST", headers }, (answer) => {
      answer.resume().on("end", () => resolve(answer.statusCode ?? 0));
    });
    sent.on("error", reject).end(body);
  });
}
const event = (type: string, id: string) => JSON.stringify({ type, id });

test("reads host and proxy's scheme of accepted and refused requests, whatever a sender writes there", async () => {
  const actor = await makeWorkspace();
  const open = await makeEndpoint(actor);
  const hosts = ["hooks.example.com", "HOOKS.example.com:8443", "a\\b", "x".repeat(300), '"]'];
  for (const [index, host] of hosts.entries())
    await send(open.path, { host, "x-forwarded-proto": "https, http" }, event("a", String(index)));
  const rows = await listArrivals(actor.workspaceId, open.id);
  expect(rows.map(({ accepted, host }) => [accepted, host]).reverse()).toEqual([
    [true, "hooks.example.com"],
    [true, "hooks.example.com:8443"],
    [true, null],
    [true, null],
    [true, null],
  ]);
  expect(new Set(rows.map(({ proto, clientIp }) => `${proto} ${clientIp}`))).toEqual(new Set(["https 127.0.0.1"]));

  await send(open.path, { host: "127.0.0.1:3000", "X-Forwarded-Host": "Shop.example.com" }, event("a", "proxied"));
  expect((await listArrivals(actor.workspaceId, open.id))[0]?.host).toBe("shop.example.com");

  const closed = await makeEndpoint(actor, { provider: "github", secrets: ["s3cret"] });
  await send(closed.path, { host: "hooks.example.com" }, "{}");
  await flushRecords();
  expect((await listArrivals(actor.workspaceId, closed.id)).map(({ accepted, host }) => [accepted, host])).toEqual([
    [false, "hooks.example.com"],
  ]);
  expect(await listArrivals((await makeWorkspace("Other")).workspaceId, open.id)).toEqual([]);
});

test("the page proposes the name events come in under, and counts the types it knows", async () => {
  const actor = await makeWorkspace();
  const endpoint = await makeEndpoint(actor, { provider: "stripe", settings: { verification: "off" } });
  for (const [id, type] of ["invoice.paid", "invoice.paid", "radar.warning"].entries())
    await send(
      endpoint.path,
      { host: "hooks.example.com", "content-type": "application/json" },
      event(type, `evt_${id}`),
    );
  const reach = await loadReach(actor, endpoint.id);
  expect(reach?.otherHost).toMatchObject({ address: "https://hooks.example.com", count: 3, of: 3 });
  expect(reach).toMatchObject({ origin: "default", lastOutside: null, mayEdit: true, mayTest: true });
  expect(reach?.lines[0]?.command).toBe(`stripe listen --forward-to http://localhost:${door.port}${endpoint.path}`);
  const guide = await loadEndpointGuide(actor, endpoint.id);
  expect(guide?.worthTicking.find(({ eventType }) => eventType === "invoice.paid")?.count).toBe(2);
  expect(guide?.otherTypes.map(({ eventType, count }) => [eventType, count])).toEqual([["radar.warning", 1]]);
  expect(guide?.counted).toBe(3);
  expect(await countEventTypes(actor.workspaceId, endpoint.id, 1)).toHaveLength(1);

  const stranger = await makeWorkspace("Other");
  expect([await loadReach(stranger, endpoint.id), await loadEndpointGuide(stranger, endpoint.id)]).toEqual([
    null,
    null,
  ]);
});

test("live flows that listen are counted", async () => {
  const actor = await makeWorkspace();
  const endpoint = await makeEndpoint(actor);
  expect(await countListeningFlows(actor.workspaceId, endpoint.id)).toBe(0);
  await makeLiveFlow(actor, endpoint.id);
  expect(await countListeningFlows(actor.workspaceId, endpoint.id)).toBe(1);
});

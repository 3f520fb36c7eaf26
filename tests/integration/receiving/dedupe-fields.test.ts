import { beforeAll, describe, expect, it } from "vitest";
import { rehearseSettings } from "#lib/commands/endpoints/rehearse-settings.ts";
import { updateEndpoint } from "#lib/commands/endpoints/update-endpoint.ts";
import type { Actor } from "#lib/core/actor.ts";
import { prisma } from "#lib/db/prisma.ts";
import { listRequests } from "#lib/db/requests.ts";
import { loadRequest } from "#lib/loaders/inspector.ts";
import { flushRecords } from "#lib/reception/record-request.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { makeEndpoint, makeLiveFlow, makeWorkspace, type OpenDoor, useFastDoor } from "#tests/support/receiving.ts";
import { useRouteDoor } from "#tests/support/route-door.ts";
import { sendRaw } from "#tests/support/send-raw.ts";

process.env.HOOKLINE_BODY_BYTES_MAX = String(4 * 1_048_576);
useTestDatabase();
const doors: ReadonlyArray<readonly [string, OpenDoor]> = [
  ["the fast door", useFastDoor()],
  ["the route's handler", useRouteDoor({ rawHeads: true })],
];
let actor: Actor;
beforeAll(async () => {
  actor = await makeWorkspace();
});

type Source = { from: "header" | "query"; name: string } | { from: "body"; path: string };
const body = (path: string): Source => ({ from: "body", path });
const byFields = (fields: Source[], more: object = {}) => ({ dedupe: { kind: "fields", fields }, ...more });

async function listening(settings: object): Promise<{ id: string; path: string }> {
  const endpoint = await makeEndpoint(actor, { settings });
  await makeLiveFlow(actor, endpoint.id);
  return endpoint;
}

async function send(
  door: OpenDoor,
  target: string,
  payload: unknown,
  headers: ReadonlyArray<readonly [string, string]> = [],
) {
  const text = typeof payload === "string" ? payload : JSON.stringify(payload);
  const type = ["content-type", "application/json"] as const;
  const hasType = headers.some(([name]) => name === "content-type");
  const answer = await sendRaw(door.url, {
    method: "POST",
    target,
    headers: hasType ? headers : [type, ...headers],
    body: Buffer.from(text),
  });
  return answer.status;
}

const runsOf = (endpointId: string) => prisma().run.count({ where: { endpointId } });
/** What the inspector says about repeats, newest request first. */
async function deliveryChecks(endpointId: string) {
  await flushRecords();
  const rows = await listRequests(actor.workspaceId, endpointId, { limit: 20 });
  const opened = await Promise.all(rows.map(({ id }) => loadRequest(actor, endpointId, id)));
  return opened.map((one) => one?.checks.findLast(({ id }) => id === "delivery"));
}

describe.each(doors)("%s", (_name, door) => {
  it("takes requests with the same chosen values for one event, whatever else differs, and says by which", async () => {
    const endpoint = await listening(
      byFields([body("data.id"), body("status"), { from: "header", name: "X-Tenant" }, { from: "query", name: "v" }]),
    );
    const of = (id: number, status: string, tenant: string, v: string, more = 0) =>
      send(door, `${endpoint.path}?v=${v}`, { data: { id }, status, more }, [["x-tenant", tenant]]);
    expect(await of(1, "paid", "a", "2")).toBe(202);
    expect(await of(1, "paid", "a", "2", 7)).toBe(200);
    expect([
      await of(1, "sent", "a", "2"),
      await of(2, "paid", "a", "2"),
      await of(1, "paid", "b", "2"),
      await of(1, "paid", "a", "3"),
    ]).toEqual([202, 202, 202, 202]);
    expect(await runsOf(endpoint.id)).toBe(5);
    const words = "field data.id, field status, header x-tenant and query parameter v";
    const checks = await deliveryChecks(endpoint.id);
    expect(checks.filter((check) => check?.status === "passed").map((check) => check?.message)).toEqual(
      Array.from({ length: 5 }, () => `Nothing with the same ${words} came in the last 7 days.`),
    );
    expect(checks.filter((check) => check?.status === "failed").map((check) => check?.message)).toEqual([
      `The same ${words} was stored before; no run was started.`,
    ]);
  });

  it("never merges requests without any of the fields, and says so; one with some counts by these", async () => {
    const endpoint = await listening(byFields([body("id"), body("at")]));
    for (const payload of [{}, {}, { id: null }, { id: "" }, { id: "", at: "" }, "no json", "[]"])
      expect(await send(door, endpoint.path, payload)).toBe(202);
    expect([
      ...new Set((await deliveryChecks(endpoint.id)).map((check) => JSON.stringify([check?.status, check?.message]))),
    ]).toEqual([
      JSON.stringify([
        "failed",
        "None of the fields chosen to know repeats by (field id and field at) is in it: " +
          "treated as new, and a repeat could not be recognised.",
      ]),
    ]);
    expect([await send(door, endpoint.path, { at: 1 }), await send(door, endpoint.path, { at: 1 })]).toEqual([
      202, 200,
    ]);
    expect((await deliveryChecks(endpoint.id)).map((check) => check?.message)).toContain(
      "Nothing with the same field id and field at came in the last 7 days. It has no field id.",
    );
    expect(await send(door, endpoint.path, { id: "", at: 1 })).toBe(202);
    expect(await runsOf(endpoint.id)).toBe(9);
  });

  it("reads forms and keeps numbers apart that a double would round together", async () => {
    const endpoint = await listening(byFields([body("id")]));
    const form = [["content-type", "application/x-www-form-urlencoded"]] as const;
    expect([
      await send(door, endpoint.path, "id=7&n=1", form),
      await send(door, endpoint.path, "n=2&id=7", form),
    ]).toEqual([202, 200]);
    const big = (id: string) => send(door, endpoint.path, `{"id":${id}}`);
    expect([await big("9007199254740992"), await big("9007199254740993"), await big("9007199254740993")]).toEqual([
      202, 202, 200,
    ]);
  });

  it("does the same with bodies of any size, whole and by their items", async () => {
    const [filler, endpoint] = ["x".repeat(1_500_000), await listening(byFields([body("order"), body("at")]))];
    const big = (at: number, note: string) =>
      send(door, endpoint.path, { filler, order: { id: 1, rows: [1, 2] }, at, note });
    expect([await big(1, "a"), await big(1, "b"), await big(2, "a")]).toEqual([202, 200, 202]);
    expect(
      await send(door, endpoint.path, { order: { id: 1, rows: [1, 2] }, at: 2 }),
      "a small one with the same fields",
    ).toBe(200);
    const split = await listening(byFields([body("id")], { split: { kind: "path", path: "rows" } }));
    for (const rows of [
      [{ id: 1 }, { id: 2 }],
      [{ id: 2 }, { id: 3 }, { x: 1 }],
    ])
      expect(await send(door, split.path, { filler, rows })).toBe(202);
    expect(await runsOf(split.id)).toBe(4);
  });

  it("counts one of many requests that come at once", async () => {
    const endpoint = await listening(byFields([body("id")]));
    const statuses = await Promise.all(
      Array.from({ length: 40 }, (_, n) => send(door, endpoint.path, { id: "same", n })),
    );
    expect(statuses.filter((status) => status === 202)).toHaveLength(1);
    expect(await runsOf(endpoint.id)).toBe(1);
  });

  it("knows each item of a batch by itself, in whatever batch it comes", async () => {
    const endpoint = await listening(byFields([body("id"), body("state")], { split: { kind: "path", path: "rows" } }));
    const rows = (...list: object[]) => send(door, endpoint.path, { sent: Math.random(), rows: list });
    await rows({ id: 1, state: "a" }, { id: 2, state: "a" }, { id: 1, state: "a", again: true });
    expect(await runsOf(endpoint.id)).toBe(2);
    await rows({ id: 2, state: "a" }, { id: 2, state: "b" });
    expect(await runsOf(endpoint.id)).toBe(3);
    await rows({ other: 1 }, { other: 1 });
    await rows({ other: 1 });
    expect(await runsOf(endpoint.id), "items without any of the fields are new").toBe(6);
    expect((await deliveryChecks(endpoint.id))[0]).toEqual({
      id: "delivery",
      status: "passed",
      message: "Each item is known by field id and field state, for 7 days.",
    });
    const [newest] = await listRequests(actor.workspaceId, endpoint.id, { limit: 1 });
    expect(
      (await loadRequest(actor, endpoint.id, newest?.id ?? ""))?.checks.find(({ id }) => id === "split")?.message,
    ).toContain("1 item without any of the chosen fields counted as new.");
  });

  it("never takes two batches for one because a header is the same", async () => {
    const endpoint = await listening(
      byFields([{ from: "header", name: "x-tenant" }, body("id")], { split: { kind: "path", path: "" } }),
    );
    const rows = (list: object[]) => send(door, endpoint.path, list, [["x-tenant", "acme"]]);
    expect([await rows([{ n: 1 }]), await rows([{ n: 2 }]), await rows([{ id: 1 }]), await rows([{ id: 1 }])]).toEqual([
      202, 202, 202, 202,
    ]);
    expect(await runsOf(endpoint.id)).toBe(3);
    const byHeader = await listening(
      byFields([{ from: "header", name: "x-batch" }], { split: { kind: "path", path: "" } }),
    );
    const batch = (id: string) => send(door, byHeader.path, [{ n: 1 }], [["x-batch", id]]);
    expect([await batch("1"), await batch("1"), await batch("2")]).toEqual([202, 200, 202]);
    expect(await runsOf(byHeader.id)).toBe(2);
  });
});

it("tried on what came before, the fields say what they would have merged; the door then does the same", async () => {
  const [, door] = doors[0] ?? ["", { url: "", port: 0 }];
  const endpoint = await listening({ dedupe: { kind: "off" } });
  const payloads = [{ id: 1, at: 1 }, { id: 1, at: 2 }, { id: 1, at: 1 }, { x: 1 }, { x: 1 }];
  for (const payload of payloads) await send(door, endpoint.path, payload);
  const settings = byFields([body("id"), body("at")]);
  const proof = await rehearseSettings(actor, endpoint.id, { settings });
  expect(proof.merged).toMatchObject({
    count: 1,
    groups: [{ count: 1, reason: expect.stringMatching(/^the same field id and field at as at /) }],
  });
  expect(proof.flows).toMatchObject([{ before: 5, after: 4 }]);
  await updateEndpoint(actor, endpoint.id, { settings });
  const statuses = [];
  for (const payload of payloads) statuses.push(await send(door, endpoint.path, payload));
  expect(statuses).toEqual([202, 202, 200, 202, 202]);
});

it("a stored request whose chosen value was not kept is not told of", async () => {
  const [, door] = doors[0] ?? ["", { url: "", port: 0 }];
  const endpoint = await listening({ dedupe: { kind: "off" } });
  for (const who of ["a", "b"]) await send(door, endpoint.path, {}, [["authorization", `Bearer ${who}`]]);
  const proof = await rehearseSettings(actor, endpoint.id, {
    settings: byFields([{ from: "header", name: "authorization" }]),
  });
  expect(proof).toMatchObject({
    merged: { count: 0 },
    uncertain: { count: 2, groups: [{ reason: "A value chosen to know repeats by was not kept." }] },
  });
});

it("other fields make other events of the same values", async () => {
  const [, door] = doors[0] ?? ["", { url: "", port: 0 }];
  const endpoint = await listening(byFields([body("a")]));
  expect(await send(door, endpoint.path, { a: "1" })).toBe(202);
  await updateEndpoint(actor, endpoint.id, { settings: byFields([body("b")]) });
  expect(await send(door, endpoint.path, { b: "1" })).toBe(202);
});

it.each([
  ["no field", { kind: "fields", fields: [] }, "settings.dedupe.fields", "choose at least one field"],
  [
    "eleven fields",
    { kind: "fields", fields: Array.from({ length: 11 }, (_, n) => body(`f${n}`)) },
    "settings.dedupe.fields",
    "choose at most 10 fields",
  ],
  ["a field twice", { kind: "fields", fields: [body("a"), body("a")] }, "settings.dedupe.fields[1]", "is chosen twice"],
  [
    "a header name that is none",
    { kind: "fields", fields: [{ from: "header", name: "a b" }] },
    "settings.dedupe.fields[0].name",
    "is not a header name",
  ],
  [
    "a window of 31 days",
    { kind: "fields", fields: [body("a")], windowSeconds: 31 * 86_400 },
    "settings.dedupe.windowSeconds",
    "at most 30 days",
  ],
  ["a window of nothing", { kind: "body", windowSeconds: 0 }, "settings.dedupe.windowSeconds", "at least 1 second"],
])("refuses %s in words", async (_what, dedupe, field, words) => {
  const endpoint = await makeEndpoint(actor);
  await expect(updateEndpoint(actor, endpoint.id, { settings: { dedupe } })).rejects.toMatchObject({
    problems: [{ field, message: expect.stringContaining(words) }],
  });
});

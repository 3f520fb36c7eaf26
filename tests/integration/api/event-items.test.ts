import { beforeAll, expect, test } from "vitest";
import { createApi } from "#lib/api/create-api.ts";
import { updateEndpoint } from "#lib/commands/endpoints/update-endpoint.ts";
import { createApiKey } from "#lib/commands/instance/create-api-key.ts";
import type { Actor } from "#lib/core/actor.ts";
import { loadRequest } from "#lib/loaders/inspector.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { makeEndpoint, makeLiveFlow, makeWorkspace, useFastDoor } from "#tests/support/receiving.ts";

useTestDatabase();
const door = useFastDoor();
const api = createApi();
let actor: Actor;
let key: string;
beforeAll(async () => {
  actor = await makeWorkspace();
  key = (await createApiKey(actor, { name: "test", role: "editor" })).key;
});

async function call(path: string) {
  const response = await api.request(`/api/v1${path}`, { headers: { authorization: `Bearer ${key}` } });
  return { status: response.status, body: JSON.parse(await response.text()) };
}

const splitEndpoint = () => makeEndpoint(actor, { provider: "sendgrid", settings: { split: { kind: "preset" } } });
const deliver = async (path: string, names: readonly string[]): Promise<string> => {
  const body = JSON.stringify(names.map((name) => ({ event: "open", sg_event_id: name })));
  const answer = await fetch(`${door.url}${path}`, {
    method: "POST",
    body,
    headers: { "content-type": "application/json" },
  });
  return ((await answer.json()) as { event: string }).event;
};

test("an event says how many items it was split into, and lists them with their present or earlier runs", async () => {
  const endpoint = await splitEndpoint();
  await makeLiveFlow(actor, endpoint.id);
  const first = await deliver(endpoint.path, ["a", "b"]);
  const second = await deliver(endpoint.path, ["b", "c", "c"]);
  const third = await deliver(endpoint.path, ["a"]);
  expect((await call(`/events/${first}`)).body).toMatchObject({
    verdict: "accepted",
    items: { count: 2, seenBefore: 0 },
  });
  expect((await call(`/events/${second}`)).body).toMatchObject({
    verdict: "accepted",
    items: { count: 3, seenBefore: 2 },
  });
  expect((await call(`/events/${third}`)).body).toMatchObject({
    verdict: "duplicate",
    items: { count: 1, seenBefore: 1 },
  });
  const page = (await call(`/events/${second}/items`)).body;
  expect(page).toMatchObject({
    items: [
      { index: 0, eventType: "open", deliveryId: "b", duplicate: true, firstEventId: first, runs: [{ kind: "event" }] },
      { index: 1, deliveryId: "c", duplicate: false, firstEventId: null, runs: [{ status: "queued" }] },
      { index: 2, deliveryId: "c", duplicate: true, firstEventId: second },
    ],
    nextAfter: null,
  });
  expect(page.items[1].runs).toEqual(page.items[2].runs);
  expect((await call(`/runs/${page.items[0].runs[0].id}`)).body).toMatchObject({
    eventId: first,
    item: { index: 1, count: 2 },
  });
  const listed = (await call(`/endpoints/${endpoint.id}/events`)).body;
  expect(listed.items.map((event: { id: string }) => event.id).toSorted()).toEqual([first, second, third].toSorted());
});

test("items are listed in pages, and an event that was not split has none", async () => {
  const endpoint = await splitEndpoint();
  const event = await deliver(endpoint.path, ["1", "2", "3", "4", "5"]);
  const indexes: number[] = [];
  let after = "";
  for (let page = 0; page < 5; page += 1) {
    const { body } = await call(`/events/${event}/items?limit=2${after}`);
    indexes.push(...body.items.map((item: { index: number }) => item.index));
    if (body.nextAfter === null) break;
    after = `&after=${body.nextAfter}`;
  }
  expect(indexes).toEqual([0, 1, 2, 3, 4]);
  expect((await call(`/events/${event}/items?after=-1`)).status).toBe(422);
  const whole = await makeEndpoint(actor);
  const plain = await deliver(whole.path, ["x"]);
  expect((await call(`/events/${plain}`)).body.items).toBeNull();
  expect((await call(`/events/${plain}/items`)).body).toEqual({ items: [], nextAfter: null });
});

test("the inspector says in one sentence what became of the items", async () => {
  const endpoint = await splitEndpoint();
  const sentence = async (event: string) => (await loadRequest(actor, endpoint.id, event))?.sentence;
  const unheard = await deliver(endpoint.path, ["u"]);
  expect(await sentence(unheard)).toBe(
    "Accepted without a signature check, first delivery: 1 item; no live flow wanted it, so nothing ran.",
  );
  await makeLiveFlow(actor, endpoint.id);
  const first = await deliver(endpoint.path, ["a", "b"]);
  expect(await sentence(first)).toBe("Accepted without a signature check, first delivery: 2 items; started 2 runs.");
  const second = await deliver(endpoint.path, ["b", "c"]);
  expect(await sentence(second)).toBe(
    "Accepted without a signature check, first delivery: 2 items, 1 new and 1 seen before; started 1 run.",
  );
  expect(await sentence(await deliver(endpoint.path, ["a", "c"]))).toContain("2 items, seen before, so nothing ran.");
  expect(await sentence(await deliver(endpoint.path, []))).toContain("an empty batch, so nothing ran.");
  const opened = await loadRequest(actor, endpoint.id, second);
  expect(opened).toMatchObject({
    itemCount: 2,
    runs: [],
    items: { seen: 1, shown: [{ duplicate: true, firstEventId: first }, { duplicate: false }] },
  });
});

test("a sender that is known to send no lists cannot be split by its preset", async () => {
  const endpoint = await makeEndpoint(actor, { provider: "stripe" });
  await expect(updateEndpoint(actor, endpoint.id, { settings: { split: { kind: "preset" } } })).rejects.toMatchObject({
    problems: [{ field: "settings.split", message: "Stripe sends no lists that are known here: say where yours is." }],
  });
  await updateEndpoint(actor, endpoint.id, { settings: { split: { kind: "path", path: "data.items" } } });
});

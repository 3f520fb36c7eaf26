import { afterEach, beforeAll, expect, it } from "vitest";
import type { Actor } from "#lib/core/actor.ts";
import { DAY, HOUR, MINUTE } from "#lib/core/units.ts";
import { pool } from "#lib/db/pool.ts";
import { prisma } from "#lib/db/prisma.ts";
import { flushRecords } from "#lib/reception/record-request.ts";
import { carePartitions } from "#lib/upkeep/keep-partitions.ts";
import { findProvider } from "#lib/webhooks/providers/registry.generated.ts";
import { sampleRequest } from "#lib/webhooks/sign-delivery.ts";
import { setDoorWorld } from "#tests/support/door-world.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { makeEndpoint, makeLiveFlow, makeWorkspace, useFastDoor } from "#tests/support/receiving.ts";
import { sendRaw } from "#tests/support/send-raw.ts";

const database = useTestDatabase();
const door = useFastDoor();
let actor: Actor;
beforeAll(async () => {
  actor = await makeWorkspace();
});
afterEach(() => setDoorWorld(null, {}));

const SENT = Date.now();
/**
 * The whole life of an installation that keeps payloads for a day: what is due at that time is done before the request
 * comes.
 */
async function at(
  afterMs: number,
  path: string,
  body: Uint8Array,
  headers: ReadonlyArray<readonly [string, string]>,
): Promise<number> {
  const now = SENT + afterMs;
  await carePartitions(database.url, 1, new Date(now));
  setDoorWorld(now, {});
  const { status } = await sendRaw(door.url, { method: "POST", target: path, headers, body });
  await flushRecords();
  return status;
}

const JSON_TYPE = [["content-type", "application/json"]] as const;
const DEDUPES: ReadonlyArray<readonly [string, object]> = [
  ["chosen fields", { dedupe: { kind: "fields", fields: [{ from: "body", path: "id" }] } }],
  ["the same body", { dedupe: { kind: "body" } }],
  [
    "the chosen fields of an item",
    { dedupe: { kind: "fields", fields: [{ from: "body", path: "id" }] }, split: { kind: "path", path: "rows" } },
  ],
];

it.each(DEDUPES)(
  "by %s a repeat is known after 6 days 23 hours, though its payload is gone, and is new after 7 days",
  async (_what, settings) => {
    const endpoint = await makeEndpoint(actor, { settings });
    await makeLiveFlow(actor, endpoint.id);
    const runs = () => prisma().run.count({ where: { endpointId: endpoint.id } });
    const send = (afterMs: number) => at(afterMs, endpoint.path, Buffer.from('{"id":7,"rows":[{"id":7}]}'), JSON_TYPE);
    await send(0);
    expect(await runs()).toBe(1);
    // What a run that has not ended goes on from stays.
    await pool().query("UPDATE run SET status = 'succeeded', finished_at = now() WHERE endpoint_id = $1", [
      endpoint.id,
    ]);
    await send(3 * DAY);
    const kept = await pool().query(
      `SELECT 1 FROM event e JOIN event_payload p ON p.event_id = e.id
       WHERE e.endpoint_id = $1 AND e.verdict = 'accepted'`,
      [endpoint.id],
    );
    expect(kept.rowCount, "the payload is past retention").toBe(0);
    await send(6 * DAY + 23 * HOUR);
    expect(await runs()).toBe(1);
    await send(7 * DAY + MINUTE);
    expect(await runs()).toBe(2);
  },
);

it("a sender's own id is known for longer than any window", async () => {
  const endpoint = await makeEndpoint(actor, {
    settings: { dedupe: { kind: "source", source: { from: "body", path: "id" } } },
  });
  const statuses = [];
  for (const days of [0, 7, 29])
    statuses.push(await at(days * DAY, endpoint.path, Buffer.from('{"id":"evt_1"}'), JSON_TYPE));
  expect(statuses).toEqual([202, 200, 200]);
});

it.each(["zoom", "airtable", "mailchimp", "mautic", "x-twitter", "jotform", "lemon-squeezy", "discord"])(
  "what %s sends again after 6 days 23 hours is a repeat",
  async (id) => {
    const provider = findProvider(id);
    if (provider === null) throw new Error(id);
    const endpoint = await makeEndpoint(actor, { provider: id, settings: { verification: "off" } });
    const { headers, body } = sampleRequest(provider, endpoint.path);
    await at(0, endpoint.path, body, headers);
    await at(6 * DAY + 23 * HOUR, endpoint.path, body, headers);
    expect(await prisma().event.count({ where: { endpointId: endpoint.id } })).toBe(1);
    await at(7 * DAY + MINUTE, endpoint.path, body, headers);
    expect(await prisma().event.count({ where: { endpointId: endpoint.id } })).toBe(2);
  },
);

it.each(["acuity", "grafana", "google-cloud-monitoring", "helpscout", "mailerlite", "plaid", "html-forms", "dropbox"])(
  "nothing that %s sends is lost because it looks like what came before",
  async (id) => {
    const provider = findProvider(id);
    if (provider === null) throw new Error(id);
    const endpoint = await makeEndpoint(actor, { provider: id, settings: { verification: "off" } });
    const { headers, body } = sampleRequest(provider, endpoint.path);
    // Its sample form carries the field that tells a button pressed twice.
    const bare =
      id === "html-forms"
        ? Buffer.from(
            Buffer.from(body)
              .toString()
              .replace(/&_idempotency_key=.*$/, ""),
          )
        : body;
    for (const afterMs of [0, 1_000, HOUR]) await at(afterMs, endpoint.path, bare, headers);
    expect(await prisma().event.count({ where: { endpointId: endpoint.id } })).toBe(3);
  },
);

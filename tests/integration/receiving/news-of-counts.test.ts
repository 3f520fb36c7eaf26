import { createHmac } from "node:crypto";
import pg from "pg";
import { beforeAll, expect, test, vi } from "vitest";
import type { Actor } from "#lib/core/actor.ts";
import { announce, closeLive, listenLive } from "#lib/db/live.ts";
import { pool } from "#lib/db/pool.ts";
import { loadEndpointPulse } from "#lib/loaders/endpoint-pulse.ts";
import { flushRecordsAndNews } from "#lib/reception/record-request.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { makeEndpoint, makeWorkspace, useFastDoor } from "#tests/support/receiving.ts";
import { until } from "#tests/support/until.ts";

const database = useTestDatabase();
const door = useFastDoor();
let actor: Actor;
beforeAll(async () => {
  actor = await makeWorkspace();
});

const SECRET = "a secret of 20 letters";

async function send(path: string, id: string): Promise<number> {
  const body = JSON.stringify({ id });
  const signature = `sha256=${createHmac("sha256", SECRET).update(body).digest("hex")}`;
  const headers = { "content-type": "application/json", "x-hub-signature-256": signature, "x-github-delivery": id };
  return (await fetch(`${door.url}${path}`, { method: "POST", body, headers })).status;
}

/** What a page shows that reads on every news and never again. */
async function watch(endpointId: string): Promise<{ shown: number[]; stop: () => void }> {
  const shown: number[] = [];
  let heard = false;
  const stop = listenLive((news) => {
    heard = true;
    if (news?.workspaceId !== actor.workspaceId || !news.topics.includes(`endpoint:${endpointId}`)) return;
    void loadEndpointPulse(actor, endpointId).then((pulse) => shown.push(pulse?.verifiedSince?.verified ?? -1));
  });
  await until(
    async () => {
      announce(actor.workspaceId, "outbox");
      return heard;
    },
    (listens) => listens,
  );
  return { shown, stop };
}

test("a page that reads on every news shows the right count, however late it is written", async () => {
  const endpoint = await makeEndpoint(actor, { provider: "github", secrets: [SECRET] });
  const { shown, stop } = await watch(endpoint.id);
  const slow = new pg.Client({ connectionString: database.url });
  await slow.connect();
  await slow.query("BEGIN");
  await slow.query("SELECT FROM endpoint_secret WHERE endpoint_id = $1 FOR UPDATE", [endpoint.id]);
  expect(await send(endpoint.path, "late-1")).toBe(202);
  expect(
    await until(
      async () => shown,
      (counts) => counts.length > 0,
    ),
  ).toEqual([0]);
  await slow.query("COMMIT");
  await slow.end();
  expect(
    await until(
      async () => shown.at(-1),
      (count) => count === 1,
    ),
  ).toBe(1);
  stop();
});

test("counts the database did not take are written, and shown, without another request", async () => {
  const endpoint = await makeEndpoint(actor, { provider: "github", secrets: [SECRET] });
  const { shown, stop } = await watch(endpoint.id);
  const query = pool().query.bind(pool());
  const failed: string[] = [];
  const spy = vi.spyOn(pool(), "query").mockImplementation(((...given: [string, ...unknown[]]) => {
    const refused = failed.length === 0 && typeof given[0] === "string" && given[0].includes("UPDATE endpoint_secret");
    if (!refused) return query(...(given as [string, unknown[]]));
    failed.push(given[0]);
    return Promise.reject(new Error("the database is away"));
  }) as typeof query);
  expect(await send(endpoint.path, "away-1")).toBe(202);
  expect(
    await until(
      async () => shown.at(-1),
      (count) => count === 1,
    ),
  ).toBe(1);
  expect(failed).toHaveLength(1);
  spy.mockRestore();
  stop();
});

test("news the database did not take is sent again", async () => {
  const heard: string[] = [];
  const stop = listenLive((news) => heard.push(...(news?.topics ?? [])));
  await until(
    async () => {
      announce(actor.workspaceId, "outbox");
      return heard;
    },
    (topics) => topics.length > 0,
  );
  const query = pool().query.bind(pool());
  let refused = 0;
  const spy = vi.spyOn(pool(), "query").mockImplementation(((...given: [string, ...unknown[]]) => {
    if (!String(given[0]).includes("pg_notify") || refused > 0) return query(...(given as [string, unknown[]]));
    refused += 1;
    return Promise.reject(new Error("the database is away"));
  }) as typeof query);
  announce(actor.workspaceId, "connections");
  expect(
    await until(
      async () => heard,
      (topics) => topics.includes("connections"),
    ),
  ).toContain("connections");
  expect(refused).toBe(1);
  spy.mockRestore();
  stop();
});

test("a process that stops sends its last news first", async () => {
  const told: string[] = [];
  const other = new pg.Client({ connectionString: database.url });
  other.on("notification", ({ payload }) => told.push(payload ?? ""));
  await other.connect();
  await other.query("LISTEN hookline_live");
  await closeLive();
  announce(actor.workspaceId, "outbox");
  await flushRecordsAndNews();
  expect(
    await until(
      async () => told,
      (news) => news.some((payload) => payload.includes("outbox")),
    ),
  ).toEqual([expect.stringContaining("outbox")]);
  await other.end();
});

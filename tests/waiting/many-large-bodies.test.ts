import { once } from "node:events";
import net from "node:net";
import { afterEach, beforeAll, expect, test } from "vitest";
import type { Actor } from "#lib/core/actor.ts";
import { MIB } from "#lib/core/units.ts";
import { pool } from "#lib/db/pool.ts";
import { flushRecords } from "#lib/reception/record-request.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { makeEndpoint, makeWorkspace, useFastDoor } from "#tests/support/receiving.ts";
import { useRouteDoor } from "#tests/support/route-door.ts";

const LARGEST = 16 * MIB;
process.env.HOOKLINE_BODY_BYTES_MAX = String(LARGEST);

useTestDatabase();
const doors = [useFastDoor(), useRouteDoor({ rawHeads: true })] as const;
let actor: Actor;
beforeAll(async () => {
  actor = await makeWorkspace();
});

const open = new Set<net.Socket>();
afterEach(() => {
  for (const socket of open) socket.destroy();
  open.clear();
});

/** A sender that announces a body of 16 MiB, and sends none of it. */
async function announce(port: number, path: string, more = ""): Promise<net.Socket> {
  const socket = net.connect({ port, host: "127.0.0.1" });
  open.add(socket);
  socket.on("error", () => undefined);
  await once(socket, "connect");
  socket.write(
    `POST ${path} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${LARGEST}\r\n${more}\r\n`,
  );
  return socket;
}

function largest(seed: string): Buffer {
  return Buffer.from(`{"seed":"${seed}","text":"${"x".repeat(LARGEST - 21 - seed.length)}"}`);
}

async function post(url: string, body: Buffer | string): Promise<{ status: number; retryAfter: string | null }> {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(url, { method: "POST", body: body as Buffer<ArrayBuffer>, headers });
  await answer.text();
  return { status: answer.status, retryAfter: answer.headers.get("retry-after") };
}

test.each([
  ["fast", 0],
  ["route", 1],
] as const)(
  "senders who announce large bodies to one endpoint hold up neither small ones nor other endpoints (%s door)",
  async (_name, at) => {
    const door = doors[at];
    const [busy, other] = [await makeEndpoint(actor), await makeEndpoint(actor)];
    const silent = await Promise.all(Array.from({ length: 6 }, () => announce(door.port, busy.path)));
    const askedMs = performance.now();
    expect((await post(door.url + busy.path, '{"small":1}')).status).toBe(202);
    expect((await post(door.url + other.path, largest(`other ${at}`))).status).toBe(202);
    expect(performance.now() - askedMs).toBeLessThan(8_000);
    // Four of the largest may be under way to one endpoint: this one waits for its place, then is told to come again.
    const refused = await post(door.url + busy.path, largest(`refused ${at}`)).catch(() => null);
    if (refused !== null) expect(refused).toEqual({ status: 503, retryAfter: "10" });
    await flushRecords();
    const { rows } = await pool().query("SELECT DISTINCT reason, status FROM request WHERE endpoint_id = $1", [
      busy.id,
    ]);
    expect(rows).toContainEqual({ reason: "body-unread", status: 503 });
    for (const socket of silent) socket.destroy();
    expect((await post(door.url + busy.path, largest(`after ${at}`))).status).toBe(202);
  },
);

test("a sender who waits for 100 (Continue) is told to go on when there is room, not before", async () => {
  const { path } = await makeEndpoint(actor);
  const silent = await Promise.all(Array.from({ length: 4 }, () => announce(doors[0].port, path)));
  await post(doors[0].url + path, "{}");
  const polite = await announce(doors[0].port, path, "expect: 100-continue\r\n");
  let heard = "";
  polite.on("data", (chunk) => (heard += chunk.toString("latin1")));
  await post(doors[0].url + path, '{"n":2}');
  expect(heard).toBe("");
  silent[0]?.destroy();
  await expect.poll(() => heard).toBe("HTTP/1.1 100 Continue\r\n\r\n");
  polite.write(largest("polite"));
  await expect.poll(() => heard).toContain("HTTP/1.1 202 Accepted");
});

test("twelve of the largest at once, whatever their length is announced as, are each stored once", async () => {
  const { id, path } = await makeEndpoint(actor);
  const bodies = Array.from({ length: 12 }, (_, n) => largest(`all ${n}`));
  const statuses = await Promise.all(
    bodies.map(async (body, n) => {
      for (;;) {
        const inPieces = new ReadableStream({
          start(controller) {
            for (let from = 0; from < body.byteLength; from += MIB) controller.enqueue(body.subarray(from, from + MIB));
            controller.close();
          },
        });
        const answer = await fetch(doors[0].url + path, {
          method: "POST",
          headers: { "content-type": "application/json" },
          ...(n % 2 === 0 ? { body: body as Buffer<ArrayBuffer> } : { body: inPieces, duplex: "half" }),
        }).catch(() => null);
        await answer?.text();
        if (answer?.status === 202) return 202;
        if (answer !== null && answer.status !== 503) return answer.status;
      }
    }),
  );
  expect(statuses).toEqual(bodies.map(() => 202));
  const { rows } = await pool().query(
    "SELECT count(*)::int AS events, count(DISTINCT body_sha256)::int AS bodies FROM event WHERE endpoint_id = $1",
    [id],
  );
  expect(rows).toEqual([{ events: 12, bodies: 12 }]);
}, 120_000);

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import jsonata from "jsonata";
import { Agent, request } from "undici";
import { newId } from "#lib/core/ids.ts";
import { pool } from "#lib/db/pool.ts";
import { GroupCommit } from "#lib/platform/group-commit.ts";

/*
 * The least durable pipeline that still commits: receive, commit the event, answer, JSONata in place, POST, commit that
 * it is done. One process, no queue, no journal, no sandbox, no egress guard: what dies with the process is lost.
 */
const [target, expression, commit] = process.argv.slice(2);
const map = jsonata(expression ?? "$");
const agent = new Agent({ connections: 64 });
// Two of these may start at once, and IF NOT EXISTS alone does not keep them apart.
await pool().query(
  `DO $$ BEGIN
     PERFORM pg_advisory_xact_lock(hashtext('plain_event'));
     CREATE TABLE IF NOT EXISTS plain_event (
       id uuid PRIMARY KEY, body bytea, received_at timestamptz DEFAULT now(), done_at timestamptz);
   END $$`,
);

const group = <Item>(flush: (items: readonly Item[]) => Promise<unknown>) =>
  new GroupCommit<Item, true>({
    flush: async (items) => {
      await flush(items);
      return items.map(() => true as const);
    },
    mayBeOneItem: () => false,
    bytesOf: () => 1_000,
    itemsPerFlushMax: 256,
    bytesPerFlushMax: 8_000_000,
    itemsWaitingMax: 100_000,
    bytesWaitingMax: Number.MAX_SAFE_INTEGER,
    waitMsMax: 60_000,
  });
/**
 * "each": one statement and one commit an event, as one would write it; "grouped": with the same group commit as ours.
 */
const grouped = commit === "grouped";
const inserts = group<{ id: string; body: Buffer }>((items) =>
  pool().query({
    name: "plain-insert",
    text: "INSERT INTO plain_event (id, body) SELECT * FROM unnest($1::uuid[], $2::bytea[])",
    values: [items.map((item) => item.id), items.map((item) => item.body)],
  }),
);
const dones = group<string>((items) =>
  pool().query({
    name: "plain-done",
    text: "UPDATE plain_event SET done_at = now() WHERE id = ANY ($1::uuid[])",
    values: [items],
  }),
);

/** Events answered and not done yet; told to the parent when it asks. */
let left = 0;
process.on("message", () => process.send?.(left));

async function work(id: string, body: Buffer): Promise<void> {
  const mapped: unknown = await map.evaluate({ trigger: { body: JSON.parse(body.toString("utf8")) as unknown } });
  const answer = await request(target ?? "", {
    method: "POST",
    dispatcher: agent,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(mapped),
  });
  await answer.body.dump();
  if (grouped) await dones.submit(id);
  else
    await pool().query({
      name: "plain-done-one",
      text: "UPDATE plain_event SET done_at = now() WHERE id = $1",
      values: [id],
    });
  left -= 1;
}

async function insert(id: string, body: Buffer): Promise<void> {
  if (grouped) await inserts.submit({ id, body });
  else
    await pool().query({
      name: "plain-insert-one",
      text: "INSERT INTO plain_event (id, body) VALUES ($1, $2)",
      values: [id, body],
    });
}

const server = createServer((incoming, outgoing) => {
  const chunks: Buffer[] = [];
  incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
  incoming.on("end", () => {
    const id = newId();
    const body = Buffer.concat(chunks);
    left += 1;
    insert(id, body).then(
      () => {
        const answer = JSON.stringify({ event: id });
        outgoing.writeHead(202, { "content-type": "application/json", "content-length": answer.length }).end(answer);
        void work(id, body);
      },
      () => outgoing.writeHead(503).end(),
    );
  });
});
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
process.on("SIGTERM", () => process.exit(0));
process.on("disconnect", () => process.exit(0));

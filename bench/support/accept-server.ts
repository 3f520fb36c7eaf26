import { createHash } from "node:crypto";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { newId } from "#lib/core/ids.ts";
import type { NewEvent } from "#lib/db/accept-events.ts";
import { pool } from "#lib/db/pool.ts";
import { GroupCommit } from "#lib/platform/group-commit.ts";
import { loadReceiver } from "#lib/reception/load-receiver.ts";
import { storeEvent } from "#lib/reception/store-event.ts";
import { makeHttpServer } from "#server/make-http-server.ts";
import { openWebServer } from "#server/open-web-server.ts";

/** Hookline's own door; a bare server writing the same rows; a bare server writing events and nothing else. */
export type AcceptServerKind = "hookline" | "same-rows" | "events-only";

const kind = process.argv[2] as AcceptServerKind;
process.send?.(await listen());

async function listen(): Promise<number> {
  if (kind === "hookline") {
    const pages = async (): Promise<void> => undefined;
    return (await openWebServer({ httpServer: makeHttpServer(), port: 0, host: "127.0.0.1", pages })).port;
  }
  const store = kind === "same-rows" ? storeEvent : storeEventOnly();
  const server = createServer(bare(async (event) => void (await store(event))));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/**
 * The least a receiver can do: read, hash, take the delivery id, store, answer. No admission, no verification, no
 * checks.
 */
function bare(store: (event: NewEvent) => Promise<void>): RequestListener {
  return (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      void (async () => {
        const body = Buffer.concat(chunks);
        const receiver = await loadReceiver(request.url?.slice("/in/".length) ?? "");
        if (receiver === null) throw new Error("The bench endpoint is missing.");
        const receivedAt = new Date();
        const id = newId(receivedAt);
        await store({
          id,
          workspaceId: receiver.workspaceId,
          endpointId: receiver.endpointId,
          dedupeKey: String(request.headers["x-github-delivery"]),
          earlierKey: null,
          windowStart: null,
          deliveryId: String(request.headers["x-github-delivery"]),
          eventType: "push",
          verification: "not configured",
          method: "POST",
          contentType: "application/json",
          body,
          bodySha256: createHash("sha256").update(body).digest(),
          clientIp: "127.0.0.1",
          receivedAt,
          path: request.url ?? "/",
          query: "",
          headers: JSON.stringify(request.rawHeaders),
          checks: "[]",
        });
        const answer = JSON.stringify({ event: id });
        response.writeHead(202, { "content-type": "application/json", "content-length": answer.length }).end(answer);
      })().catch(() => response.writeHead(503).end());
    });
  };
}

function storeEventOnly(): (event: NewEvent) => Promise<unknown> {
  const group = new GroupCommit<NewEvent, true>({
    flush: async (events) => {
      await pool().query({
        name: "events-only",
        text: `INSERT INTO event (id, workspace_id, endpoint_id, dedupe_key, verdict, verification, method, body_bytes,
                                  body_sha256, received_at)
               SELECT *, 'no flow', 'not configured', 'POST', 0, ''::bytea, now()
               FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[]) ON CONFLICT DO NOTHING`,
        values: [
          events.map((e) => e.id),
          events.map((e) => e.workspaceId),
          events.map((e) => e.endpointId),
          events.map((e) => e.dedupeKey),
        ],
      });
      return events.map(() => true as const);
    },
    mayBeOneItem: () => false,
    bytesOf: (event) => event.body.byteLength,
    itemsPerFlushMax: 256,
    bytesPerFlushMax: 8_000_000,
    itemsWaitingMax: 4_000,
    bytesWaitingMax: 64_000_000,
    waitMsMax: 2_000,
  });
  return (event) => group.submit(event);
}

// The CPU this process used so far, in microseconds: a figure that a busy machine distorts less than requests a second.
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.(user + system);
});
process.on("SIGTERM", () => process.exit(0));
process.on("disconnect", () => process.exit(0));

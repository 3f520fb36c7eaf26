import { createHash, createHmac } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { deleteEndpoint } from "#lib/commands/endpoints/delete-endpoint.ts";
import { pauseEndpoint } from "#lib/commands/endpoints/pause-endpoint.ts";
import type { Actor } from "#lib/core/actor.ts";
import { prisma } from "#lib/db/prisma.ts";
import { findRequest, listRequests, type RequestRow } from "#lib/db/requests.ts";
import { makeEndpoint, makeLiveFlow, makeWorkspace } from "#tests/support/receiving.ts";
import { headerOf, sendRaw } from "#tests/support/send-raw.ts";
import { until } from "#tests/support/until.ts";

const SECRET = "a-signing-secret-of-github";
const sign = (body: Uint8Array): string => `sha256=${createHmac("sha256", SECRET).update(body).digest("hex")}`;

const BODIES: ReadonlyArray<readonly [name: string, contentType: string | null, body: Buffer]> = [
  ["JSON with odd spacing and escapes", "application/json", Buffer.from('{ "a":1 ,\r\n "z":"\\u0000\\ud800é" }')],
  ["a form", "application/x-www-form-urlencoded", Buffer.from("name=Ada+L&a%5Bb%5D=1&%ZZ=%")],
  [
    "multipart",
    "multipart/form-data; boundary=XyZ",
    Buffer.from(
      '--XyZ\r\ncontent-disposition: form-data; name="f"; filename="../a\u0000.txt"\r\n\r\n\u0001\u0002\r\n--XyZ--\r\n',
      "latin1",
    ),
  ],
  [
    "XML with an entity",
    "application/xml",
    Buffer.from('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'),
  ],
  ["text in Latin-1", "text/plain; charset=iso-8859-1", Buffer.from("d\u00e9j\u00e0 vu", "latin1")],
  ["binary with every byte", "application/octet-stream", Buffer.from(Array.from({ length: 1_024 }, (_, n) => n % 256))],
  ["gzip bytes as sent", "application/json", Buffer.from("1f8b0800000000000003ab5600a2", "hex")],
  ["an empty body", null, Buffer.alloc(0)],
  ["whitespace", "application/json", Buffer.from(" \n")],
  ["a broken JSON text", "application/json", Buffer.from('{"a":')],
  ["a byte order mark", "application/json", Buffer.from("\ufeff{}")],
  ["64 KB and one byte", "text/plain", Buffer.alloc(65_537, "x")],
];

/** The behaviour both doors must share, run against `door` (read inside tests). Needs `useTestDatabase()` before it. */
export function describeDoor(name: string, door: { readonly url: string }): void {
  describe(name, () => {
    let actor: Actor;
    beforeAll(async () => {
      actor = await makeWorkspace();
    });

    const send = (path: string, init: Omit<RequestInit, "body"> & { body?: Buffer | string } = {}) =>
      fetch(`${door.url}${path}`, { method: "POST", redirect: "manual", ...init } as RequestInit);
    /** Requests without an event are written a moment after their answer. */
    const listed = (endpointId: string, count: number): Promise<RequestRow[]> =>
      until(
        () => listRequests(actor.workspaceId, endpointId, { limit: 10 }),
        (rows) => rows.length >= count,
      );
    const onlyRow = async (endpointId: string): Promise<RequestRow> => {
      const rows = await listed(endpointId, 1);
      expect(rows).toHaveLength(1);
      return rows[0] as RequestRow;
    };

    it.each(BODIES)("keeps %s byte for byte and answers 202 with the event's id", async (_what, contentType, body) => {
      const endpoint = await makeEndpoint(actor);
      const answer = await send(`${endpoint.path}?q=+a&q=b%26`, {
        body,
        headers: contentType === null ? {} : { "content-type": contentType },
      });
      expect(answer.status).toBe(202);
      expect(answer.headers.get("content-type")).toBe("application/json");
      expect(answer.headers.get("content-security-policy")).toContain("sandbox");
      expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
      const { event, ...rest } = (await answer.json()) as { event: string };
      expect(rest).toEqual({});
      const stored = await findRequest(actor.workspaceId, endpoint.id, event);
      expect(stored?.body.equals(body)).toBe(true);
      expect(stored?.bodySha256?.equals(createHash("sha256").update(body).digest())).toBe(true);
      expect(stored).toMatchObject({
        verdict: "no flow",
        verification: "not configured",
        query: "q=+a&q=b%26",
        bodyBytes: body.byteLength,
      });
    });

    it("accepts a genuine signature, names the event, and starts the flow that listens", async () => {
      const endpoint = await makeEndpoint(actor, { provider: "github", secrets: [SECRET] });
      await makeLiveFlow(actor, endpoint.id, ["push"]);
      const body = Buffer.from('{"ref":"main"}');
      const answer = await send(endpoint.path, {
        body,
        headers: {
          "x-github-event": "push",
          "x-github-delivery": "d1",
          "x-hub-signature-256": sign(body),
          "content-type": "application/json",
        },
      });
      expect(answer.status).toBe(202);
      const row = await onlyRow(endpoint.id);
      expect(row).toMatchObject({ kind: "event", verdict: "accepted", verification: "verified", eventType: "push" });
      expect(await prisma().run.count({ where: { eventId: row.id, status: "queued" } })).toBe(1);
    });

    it("refuses a tampered copy with 401, stores no event, and records why", async () => {
      const endpoint = await makeEndpoint(actor, { provider: "github", secrets: [SECRET] });
      await makeLiveFlow(actor, endpoint.id);
      const answer = await send(endpoint.path, {
        body: '{"a":2}',
        headers: { "x-github-event": "push", "x-hub-signature-256": sign(Buffer.from('{"a":1}')) },
      });
      expect(answer.status).toBe(401);
      expect(await answer.text()).toMatch(/^[A-Z][^\n]+\.\n$/);
      expect(await onlyRow(endpoint.id)).toMatchObject({
        kind: "request",
        verdict: "refused",
        verification: "not verified",
        reason: "signature-mismatch",
      });
      expect(await prisma().run.count({ where: { endpointId: endpoint.id } })).toBe(0);
    });

    it("answers a redelivery 200 with the first event's id and starts nothing", async () => {
      const endpoint = await makeEndpoint(actor, { provider: "github", secrets: [SECRET] });
      await makeLiveFlow(actor, endpoint.id);
      const body = Buffer.from('{"a":1}');
      const headers = { "x-github-event": "push", "x-github-delivery": "d2", "x-hub-signature-256": sign(body) };
      const first = (await (await send(endpoint.path, { body, headers })).json()) as { event: string };
      const second = await send(endpoint.path, { body, headers });
      expect(second.status).toBe(200);
      expect(await second.json()).toEqual({ event: first.event, duplicate: true });
      const rows = await listed(endpoint.id, 2);
      expect(rows.map((row) => row.verdict).sort()).toEqual(["accepted", "duplicate"]);
      const event = () => prisma().event.findUniqueOrThrow({ where: { id: first.event } });
      expect((await until(event, (row) => row.duplicateCount > 0)).duplicateCount).toBe(1);
      expect(await prisma().run.count({ where: { endpointId: endpoint.id } })).toBe(1);
    });

    it.each(["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])(
      "answers %s with 405 and says what is allowed",
      async (method) => {
        const endpoint = await makeEndpoint(actor);
        const answer = await send(endpoint.path, { method });
        expect(answer.status).toBe(405);
        expect(answer.headers.get("allow")).toBe("POST");
        expect(await onlyRow(endpoint.id)).toMatchObject({ verdict: "refused", reason: "method-not-allowed", method });
      },
    );

    it("takes a body of exactly the limit and refuses one byte more with 413", async () => {
      const endpoint = await makeEndpoint(actor, { settings: { bodyBytesMax: 2_000 } });
      expect((await send(endpoint.path, { body: Buffer.alloc(2_000, "a") })).status).toBe(202);
      const declared = await send(endpoint.path, { body: Buffer.alloc(2_001, "a") });
      expect(declared.status).toBe(413);
      const streamed = new ReadableStream<Uint8Array>({
        start(controller) {
          for (let n = 0; n < 3; n += 1) controller.enqueue(new Uint8Array(1_000));
          controller.close();
        },
      });
      const chunked = await fetch(`${door.url}${endpoint.path}`, {
        method: "POST",
        body: streamed,
        duplex: "half",
      } as RequestInit);
      expect(chunked.status).toBe(413);
      const refused = (await listed(endpoint.id, 3)).filter((row) => row.verdict === "refused");
      expect(refused.map((row) => row.reason)).toEqual(["body-too-large", "body-too-large"]);
    });

    it("refuses codings it cannot keep apart with 415 and names those it takes", async () => {
      const endpoint = await makeEndpoint(actor);
      const answer = await send(endpoint.path, { body: "x", headers: { "content-encoding": "compress" } });
      expect(answer.status).toBe(415);
      expect(answer.headers.get("accept-encoding")).toContain("gzip");
      expect(await onlyRow(endpoint.id)).toMatchObject({ reason: "coding-unsupported" });
    });

    it("answers an address nobody made with 404 and stores nothing", async () => {
      const before = await prisma().event.count();
      const endpoint = await makeEndpoint(actor);
      for (const path of [
        "/in/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "/in/x",
        `${endpoint.path}x`,
        `${endpoint.path}/more`,
      ]) {
        const answer = await send(path, { body: "{}" });
        expect([path, answer.status]).toEqual([path, 404]);
      }
      expect(await prisma().event.count()).toBe(before);
    });

    it("answers 404 at the address of a deleted endpoint", async () => {
      const endpoint = await makeEndpoint(actor);
      await deleteEndpoint(actor, endpoint.id);
      expect((await send(endpoint.path, { body: "{}" })).status).toBe(404);
    });

    it("parks what arrives while the endpoint is paused, with 202 and no run", async () => {
      const endpoint = await makeEndpoint(actor);
      await makeLiveFlow(actor, endpoint.id);
      await pauseEndpoint(actor, endpoint.id);
      expect((await send(endpoint.path, { body: "{}" })).status).toBe(202);
      expect(await onlyRow(endpoint.id)).toMatchObject({ verdict: "parked" });
      expect(await prisma().run.count({ where: { endpointId: endpoint.id } })).toBe(0);
    });

    it("answers 429 with Retry-After above the endpoint's rate and counts what it turned away", async () => {
      const endpoint = await makeEndpoint(actor, { settings: { ratePerSecond: 0.5 } });
      const statuses: number[] = [];
      for (let n = 0; n < 4; n += 1) {
        const answer = await send(endpoint.path, { body: "{}" });
        statuses.push(answer.status);
        if (answer.status === 429) expect(Number(answer.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
        await answer.text();
      }
      expect(statuses).toEqual([202, 429, 429, 429]);
      const counted = () =>
        prisma().refusalCount.findFirst({ where: { endpointId: endpoint.id, reason: "rate-limited" } });
      expect(Number((await until(counted, (row) => Number(row?.count ?? 0) >= 3))?.count)).toBe(3);
    });

    it("keeps neither the sender's credentials nor the endpoint's secret in what it stores", async () => {
      const endpoint = await makeEndpoint(actor, { provider: "github", secrets: [SECRET] });
      const body = Buffer.from("{}");
      await send(`${endpoint.path}?key=${SECRET}`, {
        body,
        headers: {
          "x-hub-signature-256": sign(body),
          authorization: "Basic dXNlcjpjYW5hcnk=",
          cookie: "sid=canary",
          "x-token": `v1 ${SECRET}`,
        },
      });
      const row = await onlyRow(endpoint.id);
      const stored = await findRequest(actor.workspaceId, endpoint.id, row.id);
      const kept = `${stored?.headers} ${stored?.query}`;
      expect(kept).not.toContain(SECRET);
      expect(kept).not.toContain("canary");
      expect(kept).not.toContain("dXNlcjpjYW5hcnk=");
      expect(kept).toContain("Basic [removed]");
    });

    it("gives the owner's own answer when there is one", async () => {
      const fixed = await makeEndpoint(actor, {
        settings: {
          answer: {
            kind: "fixed",
            status: 200,
            contentType: "text/xml",
            body: "<Response/>",
            headers: [{ name: "X-Receiver", value: "a b" }],
          },
        },
      });
      const answer = await send(fixed.path, { body: "a=1" });
      expect([answer.status, answer.headers.get("content-type"), await answer.text()]).toEqual([
        200,
        "text/xml",
        "<Response/>",
      ]);
      expect(answer.headers.get("x-receiver")).toBe("a b");
      await expect(
        makeEndpoint(actor, {
          settings: {
            answer: {
              kind: "fixed",
              status: 200,
              contentType: "a/b",
              body: "",
              headers: [{ name: "Set-Cookie", value: "a=b" }],
            },
          },
        }),
      ).rejects.toThrow();
      const redirected = await makeEndpoint(actor, {
        settings: { answer: { kind: "redirect", url: "https://example.com/thanks" } },
      });
      // Like a browser or a sender: fetch says of itself that it is a script.
      const page = await sendRaw(door.url, {
        method: "POST",
        target: redirected.path,
        headers: [],
        body: Buffer.from("a=1"),
      });
      expect([page.status, headerOf(page, "location")]).toEqual([303, "https://example.com/thanks"]);
    });
  });
}

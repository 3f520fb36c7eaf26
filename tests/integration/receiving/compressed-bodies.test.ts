import { createHash, createHmac } from "node:crypto";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { saveSample } from "#lib/commands/requests/save-sample.ts";
import { readWritten } from "#lib/core/json-text.ts";
import { readSample } from "#lib/preview/read-sample.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { makeEndpoint } from "#tests/support/receiving.ts";
import type { RawRequest } from "#tests/support/send-raw.ts";
import { useBodies } from "#tests/support/sent-bodies.ts";

useTestDatabase();
const hook = useBodies();
const encoded = (coding: string): RawRequest["headers"] => [
  ["content-type", "application/json"],
  ["content-encoding", coding],
];

describe("compressed bodies", () => {
  const value = { type: "invoice.paid", n: 1, filler: "x".repeat(500) };
  const json = Buffer.from(JSON.stringify(value));

  it.each([
    ["gzip", gzipSync(json)],
    ["x-gzip", gzipSync(json)],
    ["deflate", deflateSync(json)],
    ["deflate", deflateRawSync(json)],
    ["br", brotliCompressSync(json)],
    ["zstd", zstdCompressSync(json)],
    ["gzip, gzip", gzipSync(gzipSync(json))],
  ])("are kept as sent, and named, shown and mapped as what %s unfolds to", async (coding, body) => {
    const { stored, view, seen } = await hook.trySend({ body, headers: encoded(coding) }, "trigger.body", {
      eventType: { from: "body", path: "type" },
    });
    expect(stored?.body.equals(body)).toBe(true);
    expect(stored?.bodySha256?.toString("hex")).toBe(createHash("sha256").update(body).digest("hex"));
    expect(stored?.eventType).toBe("invoice.paid");
    expect(view).toMatchObject({
      kind: "json",
      text: json.toString(),
      cut: false,
      problems: [],
      coding: { decodedBytes: json.byteLength },
    });
    expect(seen).toEqual(value);
  });

  it("give their raw text unfolded", async () => {
    const { seen } = await hook.trySend({ body: gzipSync('{ "a" :1}'), headers: encoded("gzip") }, "trigger.rawBody");
    expect(seen).toBe('{ "a" :1}');
  });

  it("are told apart by the fields inside them, however they were packed", async () => {
    const endpoint = await makeEndpoint(hook.actor, {
      settings: { dedupe: { kind: "source", source: { from: "body", path: "id" } } },
    });
    const one = await hook.post(endpoint.path, { body: gzipSync('{"id":"a"}'), headers: encoded("gzip") });
    const again = await hook.post(endpoint.path, { body: brotliCompressSync('{"id":"a"}'), headers: encoded("br") });
    const other = await hook.post(endpoint.path, { body: gzipSync('{"id":"b"}'), headers: encoded("gzip") });
    expect([one.status, again.status, other.status]).toEqual([202, 200, 202]);
    expect(again.event).toBe(one.event);
  });

  it("are signed as sent, not as they unfold", async () => {
    const secret = "a-secret-of-github";
    const endpoint = await makeEndpoint(hook.actor, { provider: "github", secrets: [secret] });
    const body = gzipSync(json);
    const signedBy = (bytes: Uint8Array): RawRequest["headers"] => [
      ...encoded("gzip"),
      ["x-github-event", "push"],
      ["x-hub-signature-256", `sha256=${createHmac("sha256", secret).update(bytes).digest("hex")}`],
    ];
    expect((await hook.post(endpoint.path, { body, headers: signedBy(body) })).status).toBe(202);
    expect((await hook.post(endpoint.path, { body, headers: signedBy(json) })).status).toBe(401);
  });

  it.each([
    [
      "too large once unfolded",
      gzipSync(Buffer.alloc(1_048_577)),
      "gzip",
      "would decompress to more than 1,048,576 bytes",
    ],
    [
      "too large once unfolded from brotli",
      brotliCompressSync(Buffer.alloc(1_048_577)),
      "br",
      "would decompress to more than 1,048,576 bytes",
    ],
    ["gzip that ends too early", gzipSync(json).subarray(0, 40), "gzip", "says it is gzip, but cannot be decompressed"],
  ])("that are %s are stored, say so, and run on their metadata", async (_what, body, coding, sentence) => {
    const { stored, view, seen } = await hook.trySend({ body, headers: encoded(coding) });
    expect(stored?.body.equals(body)).toBe(true);
    expect(view).toMatchObject({ kind: "binary", coding: null, text: null });
    expect(view?.problems[0]?.sentence).toContain(sentence);
    expect(seen).toEqual({ contentType: "application/json", bytes: body.byteLength });
  });

  it.each(["gzip", "utf-8", "none", "aws-chunked", "zstd"])(
    "that only say they are %s are read as they came, named and with a note",
    async (coding) => {
      const { stored, view, seen } = await hook.trySend({ body: json, headers: encoded(coding) }, "trigger.body", {
        eventType: { from: "body", path: "type" },
      });
      expect([stored?.eventType, seen, view?.kind]).toEqual(["invoice.paid", value, "json"]);
      expect(view?.problems.map(({ sentence }) => sentence)).toEqual([
        `It says it is encoded as ${coding}, but it is not; its bytes were read as they came.`,
      ]);
    },
  );

  it("that nest codings unfold once: what is inside stays bytes", async () => {
    const { view } = await hook.trySend({ body: gzipSync(gzipSync(json)), headers: encoded("gzip") });
    expect(view).toMatchObject({ coding: { name: "gzip" }, kind: "text" });
  });

  it("that are real and well packed unfold beyond ten times their size", async () => {
    const list = Array.from({ length: 2_000 }, (_, n) => ({ id: n, status: "active", plan: "basic" }));
    const { seen } = await hook.trySend(
      { body: gzipSync(JSON.stringify(list)), headers: encoded("gzip") },
      "$count(trigger.body)",
    );
    expect(seen).toBe(2_000);
  });
});

it("a sample of a compressed event is read as it unfolds", async () => {
  const { endpoint, event } = await hook.trySend({ body: gzipSync('{"a":1}'), headers: encoded("gzip") });
  const { id } = await saveSample(hook.actor, endpoint.id, event, { name: "Packed" });
  const trigger = await readSample(
    hook.actor.workspaceId,
    { kind: "sample", sampleId: id },
    { trigger: { endpointId: null, eventTypes: [], filter: null } },
    new Date(),
  );
  expect(readWritten(trigger)).toMatchObject({ body: { a: 1 } });
});

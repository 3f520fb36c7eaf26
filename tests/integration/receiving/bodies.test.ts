import { createHash, createHmac } from "node:crypto";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { readRequestBody, readRequestFile } from "#lib/commands/read-request-body.ts";
import { flushRecords } from "#lib/commands/record-request.ts";
import { saveSample } from "#lib/commands/save-sample.ts";
import type { Actor } from "#lib/core/actor.ts";
import { ForbiddenError } from "#lib/core/actor.ts";
import { prisma } from "#lib/db/prisma.ts";
import { findRequest, listRequests } from "#lib/db/requests.ts";
import { useLiveRuns } from "#tests/support/live-runs.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { makeEndpoint, makeWorkspace, useFastDoor } from "#tests/support/receiving.ts";
import { type RawRequest, sendRaw } from "#tests/support/send-raw.ts";

useTestDatabase();
const door = useFastDoor();
const runs = useLiveRuns();
let actor: Actor;
beforeAll(async () => {
  actor = await makeWorkspace();
});

type Sent = { readonly body: Buffer | string; readonly headers?: RawRequest["headers"] };
const post = async (path: string, { body, headers = [["content-type", "application/json"]] }: Sent) => {
  const answer = await sendRaw(door.url, { method: "POST", target: path, headers, body: Buffer.from(body) });
  const text = answer.body.toString();
  return { status: answer.status, text, event: answer.status < 300 ? (JSON.parse(text) as { event: string }).event : "" };
};
const encoded = (coding: string): RawRequest["headers"] => [
  ["content-type", "application/json"],
  ["content-encoding", coding],
];
/** Sends one request to an endpoint of its own; gives the stored bytes, the view, and what a run saw of `expression`. */
const trySend = async (sent: Sent, expression = "trigger.body", settings: object = {}) => {
  const endpoint = await makeEndpoint(actor, { settings });
  await runs.publish(actor, endpoint.id, expression);
  const { status, event } = await post(endpoint.path, sent);
  expect(status).toBe(202);
  const stored = await findRequest(actor.workspaceId, endpoint.id, event);
  return { endpoint, event, stored, view: await readRequestBody(actor, endpoint.id, event), seen: await runs.outcomeOf(event) };
};

describe("compressed bodies", () => {
  const value = { type: "invoice.paid", n: 1, filler: "x".repeat(500) };
  const json = Buffer.from(JSON.stringify(value));

  it.each([
    ["gzip", gzipSync(json)],
    ["x-gzip", gzipSync(json)],
    ["deflate", deflateSync(json)],
    ["deflate", deflateRawSync(json)],
    ["br", brotliCompressSync(json)],
  ])("are kept as sent, and named, shown and mapped as what %s unfolds to", async (coding, body) => {
    const { stored, view, seen } = await trySend({ body, headers: encoded(coding) }, "trigger.body", {
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
    const { seen } = await trySend({ body: gzipSync('{ "a" :1}'), headers: encoded("gzip") }, "trigger.rawBody");
    expect(seen).toBe('{ "a" :1}');
  });

  it("are told apart by the fields inside them, however they were packed", async () => {
    const endpoint = await makeEndpoint(actor, { settings: { dedupe: { kind: "source", source: { from: "body", path: "id" } } } });
    const one = await post(endpoint.path, { body: gzipSync('{"id":"a"}'), headers: encoded("gzip") });
    const again = await post(endpoint.path, { body: brotliCompressSync('{"id":"a"}'), headers: encoded("br") });
    const other = await post(endpoint.path, { body: gzipSync('{"id":"b"}'), headers: encoded("gzip") });
    expect([one.status, again.status, other.status]).toEqual([202, 200, 202]);
    expect(again.event).toBe(one.event);
  });

  it("are signed as sent, not as they unfold", async () => {
    const secret = "a-secret-of-github";
    const endpoint = await makeEndpoint(actor, { provider: "github", secrets: [secret] });
    const body = gzipSync(json);
    const signedBy = (bytes: Uint8Array): RawRequest["headers"] => [
      ...encoded("gzip"),
      ["x-github-event", "push"],
      ["x-hub-signature-256", `sha256=${createHmac("sha256", secret).update(bytes).digest("hex")}`],
    ];
    expect((await post(endpoint.path, { body, headers: signedBy(body) })).status).toBe(202);
    expect((await post(endpoint.path, { body, headers: signedBy(json) })).status).toBe(401);
  });

  it.each([
    ["a bomb of 64 MiB", gzipSync(Buffer.alloc(64 * 1_048_576)), "gzip", "would unfold beyond 1,048,576 bytes"],
    ["a brotli bomb", brotliCompressSync(Buffer.alloc(20 * 1_048_576)), "br", "would unfold beyond 1,048,576 bytes"],
    ["what is no gzip", Buffer.from("hello"), "gzip", "says it is gzip, but does not unfold"],
    ["gzip that ends too early", gzipSync(json).subarray(0, 40), "gzip", "says it is gzip, but does not unfold"],
  ])("that are %s are stored, say so, and run on their metadata", async (_what, body, coding, sentence) => {
    const before = process.memoryUsage().rss;
    const { stored, view, seen } = await trySend({ body, headers: encoded(coding) });
    expect(stored?.body.equals(body)).toBe(true);
    expect(view).toMatchObject({ kind: "binary", coding: null, text: null });
    expect(view?.problems[0]?.sentence).toContain(sentence);
    expect(seen).toEqual({ contentType: "application/json", bytes: body.byteLength });
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1_048_576);
  });

  it("that nest codings unfold once: what is inside stays bytes", async () => {
    const { view } = await trySend({ body: gzipSync(gzipSync(json)), headers: encoded("gzip") });
    expect(view).toMatchObject({ coding: { name: "gzip" }, kind: "text" });
  });

  it("that are real and well packed unfold beyond ten times their size", async () => {
    const list = Array.from({ length: 2_000 }, (_, n) => ({ id: n, status: "active", plan: "basic" }));
    const { seen } = await trySend({ body: gzipSync(JSON.stringify(list)), headers: encoded("gzip") }, "$count(trigger.body)");
    expect(seen).toBe(2_000);
  });
});

describe("numbers that lose digits", () => {
  it("are flagged with their text, and reach a mapping as they were written", async () => {
    const body = '{"order":{"id":12345678901234567890,"lines":[{"price":0.1000000000000000055511151231257827}]},"big":1e400,"n":1.50}';
    const { view, seen } = await trySend(
      { body },
      '{ "id": trigger.exact.order.id, "asNumber": trigger.body.order.id, "big": trigger.exact.big, "price": trigger.exact.order.lines[0].price, "n": trigger.exact.n }',
    );
    expect(seen).toEqual({
      id: "12345678901234567890",
      asNumber: 12345678901234567000,
      big: "1e400",
      price: "0.1000000000000000055511151231257827",
      n: 1.5,
    });
    expect(view?.problems.map(({ exact }) => exact)).toEqual([
      { path: "order.id", text: "12345678901234567890", expression: "trigger.exact.order.id" },
      { path: "order.lines[0].price", text: "0.1000000000000000055511151231257827", expression: "trigger.exact.order.lines[0].price" },
      { path: "big", text: "1e400", expression: "trigger.exact.big" },
    ]);
  });

  it("offer an expression that reads exactly that number, whatever its keys are", async () => {
    const body = '{"odd key":{"true":[[1,98765432109876543210]]},"":12345678901234567890,"a`b":12345678901234567890}';
    const { view } = await trySend({ body });
    const expressions = view?.problems.map(({ exact }) => exact?.expression);
    expect(expressions).toEqual(["trigger.exact.`odd key`.`true`[0][1]", null, null]);
    const { seen } = await trySend({ body }, expressions?.[0] ?? "");
    expect(seen).toBe("98765432109876543210");
  });

  it("inside a form's payload are kept too", async () => {
    const body = `payload=${encodeURIComponent('{"id":12345678901234567890}')}`;
    const headers: RawRequest["headers"] = [["content-type", "application/x-www-form-urlencoded"]];
    expect((await trySend({ body, headers }, "trigger.exact.payload.id")).seen).toBe("12345678901234567890");
  });

  it("do not change what does not lose any: exact is the body itself", async () => {
    expect((await trySend({ body: '{"a":[1,"2",null]}' }, "trigger.exact")).seen).toEqual({ a: [1, "2", null] });
  });
});

describe("CloudEvents", () => {
  it("in binary mode are attributes from headers and the body as data", async () => {
    const headers: RawRequest["headers"] = [
      ["Content-Type", "application/json"],
      ["Ce-Specversion", "1.0"],
      ["ce-type", "com.example.order"],
      ["ce-id", "A-1"],
      ["ce-source", "/shop"],
      ["ce-subject", "caf%C3%A9"],
    ];
    const { view, seen } = await trySend({ body: '{"total":5}', headers }, "trigger.cloudEvent");
    const attributes = {
      specversion: "1.0",
      type: "com.example.order",
      id: "A-1",
      source: "/shop",
      subject: "café",
      datacontenttype: "application/json",
    };
    expect(seen).toEqual({ mode: "binary", attributes, data: { total: 5 } });
    expect(view?.cloudEvents).toEqual({ mode: "binary", count: 1, events: [Object.entries(attributes)] });
  });

  it("in structured mode are attributes and data of the body", async () => {
    const body = '{"specversion":"1.0","type":"t","id":"1","source":"/s","comexampleext":7,"data":{"a":1}}';
    const { view, seen } = await trySend(
      { body, headers: [["content-type", "application/cloudevents+json; charset=utf-8"]] },
      "trigger.cloudEvent",
    );
    expect(seen).toEqual({
      mode: "structured",
      attributes: { specversion: "1.0", type: "t", id: "1", source: "/s", comexampleext: "7" },
      data: { a: 1 },
    });
    expect(view?.cloudEvents).toMatchObject({ mode: "structured", count: 1 });
  });

  it("in a batch are shown as such, and listed for mappings", async () => {
    const events = [1, 2, 3].map((n) => ({ specversion: "1.0", type: "t", id: String(n), source: "/s", data_base64: "AQ==" }));
    const headers: RawRequest["headers"] = [["content-type", "application/cloudevents-batch+json"]];
    const { view, seen } = await trySend({ body: JSON.stringify(events), headers }, "[trigger.cloudEvent.events.(attributes.id & data)]");
    expect(seen).toEqual(["1AQ==", "2AQ==", "3AQ=="]);
    expect(view?.cloudEvents).toMatchObject({ mode: "batch", count: 3 });
  });

  it("are nothing that other requests seem to carry", async () => {
    const { view, seen } = await trySend({ body: '{"specversion":"1.0"}' }, "$exists(trigger.cloudEvent)");
    expect([view?.cloudEvents, seen]).toEqual([null, false]);
  });
});

describe("files", () => {
  const content = Buffer.from(Array.from({ length: 300 }, (_, n) => n % 256));
  const part = (disposition: string, bytes: Buffer | string) =>
    Buffer.concat([
      Buffer.from(`--XyZ\r\ncontent-disposition: form-data; ${disposition}\r\n\r\n`),
      Buffer.from(bytes),
      Buffer.from("\r\n"),
    ]);
  const body = Buffer.concat([
    part('name="who"', "Ada"),
    part('name="cv"; filename="../../a\u202eb.pdf"', content),
    part('name="cv"; filename="second.txt"', "second"),
    Buffer.from("--XyZ--\r\n"),
  ]);
  const headers: RawRequest["headers"] = [["content-type", "multipart/form-data; boundary=XyZ"]];

  it("are metadata in the view and in mappings, and content on request", async () => {
    const { endpoint, event, view, seen } = await trySend({ body, headers }, '{ "who": trigger.body.who, "cv": trigger.body.cv[0] }');
    const sha256 = createHash("sha256").update(content).digest("hex");
    expect(seen).toMatchObject({ who: "Ada", cv: { bytes: 300, sha256 } });
    expect(seen).not.toHaveProperty("cv.base64");
    expect(view?.fields).toEqual([["who", "Ada"]]);
    expect(view?.files.map(({ index, field, bytes }) => [index, field, bytes])).toEqual([
      [0, "cv", 300],
      [1, "cv", 6],
    ]);
    expect(Buffer.from((await readRequestFile(actor, endpoint.id, event, 0))?.bytes ?? []).equals(content)).toBe(true);
    expect(Buffer.from((await readRequestFile(actor, endpoint.id, event, 1))?.bytes ?? []).toString()).toBe("second");
    for (const index of [2, -1, 0.5, Number.NaN]) expect(await readRequestFile(actor, endpoint.id, event, index)).toBeNull();
  });

  it("reach a mapping as base64 when it asks for them", async () => {
    const { seen } = await trySend({ body, headers }, "trigger.files[0].base64");
    expect(seen).toBe(content.toString("base64"));
  });

  it("that are too large together are left out of mappings, and nothing else is", async () => {
    const large = Buffer.concat([
      part('name="a"; filename="a"', Buffer.alloc(900_000)),
      part('name="b"; filename="b"', "small"),
      Buffer.from("--XyZ--\r\n"),
    ]);
    const { seen } = await trySend({ body: large, headers }, "[trigger.files.[bytes, $exists(base64) and base64 != null]]");
    expect(seen).toEqual([
      [900_000, true],
      [5, true],
    ]);
  });

  it("are shown to nobody of another workspace and to no viewer", async () => {
    const { endpoint, event } = await trySend({ body, headers });
    const stranger = await makeWorkspace("Other");
    expect(await readRequestFile(stranger, endpoint.id, event, 0)).toBeNull();
    expect(await readRequestBody(stranger, endpoint.id, event)).toBeNull();
    await expect(readRequestFile({ ...actor, role: "viewer" }, endpoint.id, event, 0)).rejects.toThrow(ForbiddenError);
  });
});

describe("names before and after the signature", () => {
  const secret = "a-secret-of-stripe";
  const large = (type: string) => JSON.stringify({ id: "evt_1", filler: "x".repeat(70_000), type });

  it("reads the name of a refused body up to 64 KB and of no larger one", async () => {
    const endpoint = await makeEndpoint(actor, { provider: "stripe", secrets: [`whsec_${secret}`] });
    await post(endpoint.path, { body: '{"id":"evt_1","type":"small.one"}' });
    await post(endpoint.path, { body: large("large.one") });
    await flushRecords();
    const rows = await listRequests(actor.workspaceId, endpoint.id, { limit: 5 });
    expect(rows.map(({ verdict, eventType }) => [verdict, eventType])).toEqual([
      ["refused", null],
      ["refused", "small.one"],
    ]);
  });

  it("reads the name of a verified body up to 1 MiB", async () => {
    const endpoint = await makeEndpoint(actor, { provider: "stripe", secrets: [`whsec_${secret}`] });
    const body = large("large.one");
    const time = Math.floor(Date.now() / 1_000);
    const signature = createHmac("sha256", `whsec_${secret}`).update(`${time}.${body}`).digest("hex");
    const { event } = await post(endpoint.path, {
      body,
      headers: [
        ["content-type", "application/json"],
        ["stripe-signature", `t=${time},v1=${signature}`],
      ],
    });
    expect(await prisma().event.findUniqueOrThrow({ where: { id: event } })).toMatchObject({ eventType: "large.one", deliveryId: "evt_1" });
  });
});

it("a sample of a compressed event is read as it unfolds", async () => {
  const { endpoint, event } = await trySend({ body: gzipSync('{"a":1}'), headers: encoded("gzip") });
  const { id } = await saveSample(actor, endpoint.id, event, { name: "Packed" });
  const { readSample } = await import("#lib/commands/read-sample.ts");
  const trigger = await readSample(actor.workspaceId, { kind: "sample", sampleId: id }, null, new Date());
  expect(trigger["body"]).toEqual({ a: 1 });
});

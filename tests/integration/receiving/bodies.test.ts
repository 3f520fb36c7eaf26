import { createHash, createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { readBodyDeviations, readRequestBody, readRequestFile } from "#lib/commands/requests/read-request-body.ts";
import { ForbiddenError } from "#lib/core/actor.ts";
import type { JsonObject } from "#lib/core/json.ts";
import { readWritten } from "#lib/core/json-text.ts";
import { prisma } from "#lib/db/prisma.ts";
import { listRequests } from "#lib/db/requests.ts";
import { readSample } from "#lib/preview/read-sample.ts";
import { flushRecords } from "#lib/reception/record-request.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { makeEndpoint, makeWorkspace } from "#tests/support/receiving.ts";
import type { RawRequest } from "#tests/support/send-raw.ts";
import { useBodies } from "#tests/support/sent-bodies.ts";

useTestDatabase();
const hook = useBodies();

describe("numbers that lose digits", () => {
  it("are flagged with their text, and reach a mapping as they were written", async () => {
    const body =
      '{"order":{"id":12345678901234567890,' +
      '"lines":[{"price":0.1000000000000000055511151231257827}]},"big":1e400,"n":1.50}';
    const { view, seen } = await hook.trySend(
      { body },
      '{ "id": trigger.exact.order.id, "asNumber": trigger.body.order.id, ' +
        '"big": trigger.exact.big, "price": trigger.exact.order.lines[0].price, "n": trigger.exact.n }',
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
      {
        path: "order.lines[0].price",
        text: "0.1000000000000000055511151231257827",
        expression: "trigger.exact.order.lines[0].price",
      },
      { path: "big", text: "1e400", expression: "trigger.exact.big" },
    ]);
  });

  it("offer an expression that reads exactly that number, whatever its keys are", async () => {
    const body = '{"odd key":{"true":[[1,98765432109876543210]]},"":12345678901234567890,"a`b":12345678901234567890}';
    const { view } = await hook.trySend({ body });
    const expressions = view?.problems.map(({ exact }) => exact?.expression);
    expect(expressions).toEqual(["trigger.exact.`odd key`.`true`[0][1]", null, null]);
    const { seen } = await hook.trySend({ body }, expressions?.[0] ?? "");
    expect(seen).toBe("98765432109876543210");
  });

  it("inside a form's payload are kept too", async () => {
    const body = `payload=${encodeURIComponent('{"id":12345678901234567890}')}`;
    const headers: RawRequest["headers"] = [["content-type", "application/x-www-form-urlencoded"]];
    expect((await hook.trySend({ body, headers }, "trigger.exact.payload.id")).seen).toBe("12345678901234567890");
  });

  it("do not change what does not lose any: exact is the body itself", async () => {
    expect((await hook.trySend({ body: '{"a":[1,"2",null]}' }, "trigger.exact")).seen).toEqual({ a: [1, "2", null] });
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
    const { view, seen } = await hook.trySend({ body: '{"total":5}', headers }, "trigger.cloudEvent");
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
    const { view, seen } = await hook.trySend(
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
    const events = [1, 2, 3].map((n) => ({
      specversion: "1.0",
      type: "t",
      id: String(n),
      source: "/s",
      data_base64: "AQ==",
    }));
    const headers: RawRequest["headers"] = [["content-type", "application/cloudevents-batch+json"]];
    const { view, seen } = await hook.trySend(
      { body: JSON.stringify(events), headers },
      "[trigger.cloudEvent.events.(attributes.id & data)]",
    );
    expect(seen).toEqual(["1AQ==", "2AQ==", "3AQ=="]);
    expect(view?.cloudEvents).toMatchObject({ mode: "batch", count: 3 });
  });

  it("are nothing that other requests seem to carry", async () => {
    const { view, seen } = await hook.trySend({ body: '{"specversion":"1.0"}' }, "$exists(trigger.cloudEvent)");
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
    const { endpoint, event, view, seen } = await hook.trySend(
      { body, headers },
      '{ "who": trigger.body.who, "cv": trigger.body.cv[0] }',
    );
    const sha256 = createHash("sha256").update(content).digest("hex");
    expect(seen).toMatchObject({ who: "Ada", cv: { bytes: 300, sha256 } });
    expect(seen).not.toHaveProperty("cv.base64");
    expect(view?.fields).toEqual([["who", "Ada"]]);
    expect(view?.files.map(({ index, field, bytes }) => [index, field, bytes])).toEqual([
      [0, "cv", 300],
      [1, "cv", 6],
    ]);
    expect(Buffer.from((await readRequestFile(hook.actor, endpoint.id, event, 0))?.bytes ?? []).equals(content)).toBe(
      true,
    );
    expect(Buffer.from((await readRequestFile(hook.actor, endpoint.id, event, 1))?.bytes ?? []).toString()).toBe(
      "second",
    );
    for (const index of [2, -1, 0.5, Number.NaN])
      expect(await readRequestFile(hook.actor, endpoint.id, event, index)).toBeNull();
  });

  it("reach a mapping as base64 when it asks for them", async () => {
    const { seen } = await hook.trySend({ body, headers }, "trigger.files[0].base64");
    expect(seen).toBe(content.toString("base64"));
  });

  it("that are too large together are left out of mappings, and nothing else is", async () => {
    const large = Buffer.concat([
      part('name="a"; filename="a"', Buffer.alloc(900_000)),
      part('name="b"; filename="b"', "small"),
      Buffer.from("--XyZ--\r\n"),
    ]);
    const { seen } = await hook.trySend(
      { body: large, headers },
      "[trigger.files.[bytes, $exists(base64) and base64 != null]]",
    );
    expect(seen).toEqual([
      [900_000, true],
      [5, true],
    ]);
  });

  it("are shown to nobody of another workspace and to no viewer", async () => {
    const { endpoint, event } = await hook.trySend({ body, headers });
    const stranger = await makeWorkspace("Other");
    expect(await readRequestFile(stranger, endpoint.id, event, 0)).toBeNull();
    expect(await readRequestBody(stranger, endpoint.id, event)).toBeNull();
    await expect(readRequestFile({ ...hook.actor, role: "viewer" }, endpoint.id, event, 0)).rejects.toThrow(
      ForbiddenError,
    );
  });
});

describe("names before and after the signature", () => {
  const secret = "a-secret-of-stripe";
  const large = (type: string) => JSON.stringify({ id: "evt_1", filler: "x".repeat(70_000), type });

  it("reads the name of a refused body up to 64 KB and of no larger one", async () => {
    const endpoint = await makeEndpoint(hook.actor, { provider: "stripe", secrets: [`whsec_${secret}`] });
    await hook.post(endpoint.path, { body: '{"id":"evt_1","type":"small.one"}' });
    await hook.post(endpoint.path, { body: large("large.one") });
    await flushRecords();
    const rows = await listRequests(hook.actor.workspaceId, endpoint.id, { limit: 5 });
    expect(rows.map(({ verdict, eventType }) => [verdict, eventType])).toEqual([
      ["refused", null],
      ["refused", "small.one"],
    ]);
  });

  it("reads the name of a verified body up to 1 MiB", async () => {
    const endpoint = await makeEndpoint(hook.actor, { provider: "stripe", secrets: [`whsec_${secret}`] });
    const body = large("large.one");
    const time = Math.floor(Date.now() / 1_000);
    const signature = createHmac("sha256", `whsec_${secret}`).update(`${time}.${body}`).digest("hex");
    const { event } = await hook.post(endpoint.path, {
      body,
      headers: [
        ["content-type", "application/json"],
        ["stripe-signature", `t=${time},v1=${signature}`],
      ],
    });
    expect(await prisma().event.findUniqueOrThrow({ where: { id: event } })).toMatchObject({
      eventType: "large.one",
      deliveryId: "evt_1",
    });
  });
});

describe("a sample in the builder", () => {
  const read = async (event: string, more: object = {}) => {
    const trigger = await readSample(
      hook.actor.workspaceId,
      { kind: "event", eventId: event },
      { trigger: { endpointId: null, eventTypes: [], filter: null }, ...more },
      new Date(),
    );
    return readWritten(trigger) as JsonObject;
  };

  it("has the exact body where digits are lost, or where the flow asks for it", async () => {
    const lossy = await hook.trySend({ body: '{"id":12345678901234567890}' });
    expect(await read(lossy.event)).toMatchObject({ exact: { id: "12345678901234567890" } });
    const plain = await hook.trySend({ body: '{"id":1}' });
    expect(await read(plain.event)).not.toHaveProperty("exact");
    expect(await read(plain.event, { steps: "trigger.exact.id" })).toMatchObject({ exact: { id: 1 } });
  });
});

describe("text in another charset", () => {
  it.each([
    ["Latin-1", "text/plain; charset=iso-8859-1", Buffer.from("d\u00e9j\u00e0 vu", "latin1"), "déjà vu"],
    ["UTF-16 JSON", "application/json; charset=utf-16le", Buffer.from('{"a":"é"}', "utf16le"), '{"a":"é"}'],
  ])("is shown as the text it is: %s", async (_what, contentType, body, text) => {
    const { view } = await hook.trySend({ body, headers: [["content-type", contentType]] });
    expect(view).toMatchObject({ text, cut: false, coding: null, problems: [] });
  });

  it("is left to the bytes as sent where they are UTF-8", async () => {
    expect((await hook.trySend({ body: '{"a":"é"}' })).view?.text).toBeNull();
  });
});

describe("bodies that are not what their headers say", () => {
  it("are told of beside their runs, and a list says how many items it has", async () => {
    const headers = [["content-type", "text/plain"]] as const;
    const { endpoint, event } = await hook.trySend({ body: '{"a":1}\n{"a":2}\n', headers });
    expect(await readRequestBody(hook.actor, endpoint.id, event)).toMatchObject({ kind: "json", listItems: 2 });
    expect(await readBodyDeviations(hook.actor, endpoint.id, event)).toEqual([
      {
        kind: "read-by-content",
        sentence: "Its type says text/plain, but each of its lines is JSON, so it was read as a list of them.",
        exact: null,
      },
    ]);
    const plain = await hook.trySend({
      body: '{"id":9007199254740993}',
      headers: [["content-type", "application/json"]],
    });
    expect(await readBodyDeviations(hook.actor, plain.endpoint.id, plain.event)).toEqual([]);
    await expect(readBodyDeviations({ ...hook.actor, role: "viewer" }, endpoint.id, event)).rejects.toThrow(
      ForbiddenError,
    );
  });
});

import { createHash } from "node:crypto";
import { brotliCompressSync, constants, deflateSync, gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { rehearseSettings } from "#lib/commands/endpoints/rehearse-settings.ts";
import type { Actor } from "#lib/core/actor.ts";
import { prisma } from "#lib/db/prisma.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { makeEndpoint, makeLiveFlow, makeWorkspace, useFastDoor } from "#tests/support/receiving.ts";
import { useRouteDoor } from "#tests/support/route-door.ts";
import { BATCH_PATHS, type BatchForm, makeBatch } from "#tests/support/seeded-batches.ts";

const [KIB, MIB] = [1_024, 1_048_576];
const LIMIT = 16 * MIB;
process.env.HOOKLINE_BODY_BYTES_MAX = String(LIMIT);

useTestDatabase();
const doors = [useFastDoor(), useRouteDoor({ rawHeads: true })] as const;
let actor: Actor;
beforeAll(async () => {
  actor = await makeWorkspace();
});

async function post(door: 0 | 1, path: string, body: Uint8Array | string, headers: Record<string, string> = {}) {
  const answer = await fetch(`${doors[door].url}${path}`, {
    method: "POST",
    body: body as Uint8Array<ArrayBuffer>,
    headers: { "content-type": "application/json", ...headers },
  });
  const text = await answer.text();
  const isJson = text.startsWith("{");
  const read = (isJson ? JSON.parse(text) : { text }) as { event?: string; duplicate?: boolean; text?: string };
  return { status: answer.status, ...read };
}

async function listItems(eventId: string): Promise<Array<{ deliveryId: string; eventType: string; text: string }>> {
  return prisma().$queryRaw`
    SELECT i.delivery_id AS "deliveryId", i.event_type AS "eventType", d.data AS text
    FROM event_item i JOIN step_data d ON d.id = i.data_id WHERE i.event_id = ${eventId}::uuid ORDER BY i.item_index`;
}

const splitEndpoint = (form: BatchForm) =>
  makeEndpoint(actor, {
    settings: {
      split: { kind: "path", path: BATCH_PATHS[form] },
      eventType: { from: "body", path: "type" },
      dedupe: { kind: "source", source: { from: "body", path: "id" } },
    },
  });

describe("batches of every size", () => {
  const sizes = [64 * KIB - 1, 64 * KIB, MIB - 1, MIB, MIB + 1, 5 * MIB];
  const forms = Object.keys(BATCH_PATHS) as BatchForm[];
  const largest = [["a list inside an object", LIMIT] as const, ["a form field of JSON", LIMIT] as const];
  const cases = [...sizes.flatMap((bytes) => forms.map((form) => [form, bytes] as const)), ...largest];

  it.each(cases)(
    "run once for each item with its exact text, from %s of %i bytes, at both doors",
    async (form, bytes) => {
      const { contentType, body, texts } = makeBatch(form, bytes, bytes);
      expect(body.byteLength).toBe(bytes);
      for (const door of [0, 1] as const) {
        const endpoint = await splitEndpoint(form);
        await makeLiveFlow(actor, endpoint.id);
        const { event, ...answer } = await post(door, endpoint.path, body, { "content-type": contentType });
        expect(answer, answer.text).toMatchObject({ status: 202 });
        const items = await listItems(event ?? "");
        expect(items.map(({ text }) => text)).toEqual(texts);
        expect(items.map(({ deliveryId, eventType }) => `${deliveryId} ${eventType}`)).toEqual(
          texts.map((text) => `${/"id":\s*"([^"]+)"/.exec(text)?.[1]} ${/"type"\s*:"([^"]+)"/.exec(text)?.[1]}`),
        );
        expect(await prisma().run.count({ where: { endpointId: endpoint.id } })).toBe(texts.length);
        // Sent again with another last item: only that one is new.
        const again = Buffer.from(body);
        again.write("twin", again.lastIndexOf(`${bytes}-last`) + `${bytes}-`.length);
        expect(await post(door === 0 ? 1 : 0, endpoint.path, again, { "content-type": contentType })).toMatchObject({
          status: 202,
        });
        expect(await prisma().run.count({ where: { endpointId: endpoint.id } })).toBe(texts.length + 1);
      }
    },
    60_000,
  );

  it.each([
    ["gzip", gzipSync],
    ["deflate", deflateSync],
    ["br", (text: string) => brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 3 } })],
  ] as const)("are decoded from %s for their items and kept as sent", async (coding, compress) => {
    // Random letters pack to three quarters, so that it stays within ten times what is sent.
    const noise = Array.from({ length: 300 }, (_, index) => {
      const pad = createHash("shake256", { outputLength: 9_000 }).update(String(index)).digest("base64");
      return `{"id":"n${index}","type":"t","pad":"${pad}"}`;
    });
    const sent = compress(`[${noise.join(",")}]`);
    for (const door of [0, 1] as const) {
      const endpoint = await splitEndpoint("a list");
      const { status, event } = await post(door, endpoint.path, sent, { "content-encoding": coding });
      expect(status).toBe(202);
      const items = await listItems(event ?? "");
      expect(items.length === 300 ? items.map(({ text }) => text) : items.length).toEqual(noise);
      const payload = await prisma().eventPayload.findUniqueOrThrow({ where: { eventId: event ?? "" } });
      expect(Buffer.compare(payload.body, sent)).toBe(0);
    }
  });
});

describe("names in large bodies", () => {
  const padded = (text: string, bytes: number) => `{"pad":"${"p".repeat(bytes)}",${text.slice(1)}`;

  it("are those of the same body without its padding", async () => {
    const endpoint = await makeEndpoint(actor, {
      settings: {
        eventType: { from: "body", path: "meta.kind" },
        dedupe: { kind: "source", source: { from: "body", path: "meta.id" } },
      },
    });
    const text = '{"meta":{"kind":"first"},"meta":{"kind":"order.made","id":12345678901234567891}}';
    const small = await post(0, endpoint.path, text);
    expect(small.status).toBe(202);
    for (const bytes of [MIB - 100, MIB, 3 * MIB])
      for (const door of [0, 1] as const)
        expect(await post(door, endpoint.path, padded(text, bytes))).toMatchObject({ status: 200, event: small.event });
    const large = await post(0, endpoint.path, padded(text.replace("891}", "892}"), 2 * MIB));
    expect(large.status).toBe(202);
    const event = await prisma().event.findUniqueOrThrow({ where: { id: large.event ?? "" } });
    expect(event).toMatchObject({ eventType: "order.made", deliveryId: "12345678901234567892" });
  });

  it("count for chosen fields as they do in small ones", async () => {
    const endpoint = await makeEndpoint(actor, {
      settings: {
        dedupe: {
          kind: "fields",
          fields: [
            { from: "body", path: "who" },
            { from: "header", name: "x-part" },
          ],
        },
      },
    });
    const text = '{"who":{"a":[1,2.50],"b":"ü"}}';
    const first = await post(0, endpoint.path, text, { "x-part": "1" });
    expect(await post(1, endpoint.path, padded(text, 2 * MIB), { "x-part": "1" })).toMatchObject({
      status: 200,
      event: first.event,
    });
    expect(await post(0, endpoint.path, padded(text, 2 * MIB), { "x-part": "2" })).toMatchObject({ status: 202 });
  });
});

it("settings tried on stored requests see the items and names of large ones", async () => {
  const endpoint = await makeEndpoint(actor);
  await post(0, endpoint.path, makeBatch("a list", 2 * MIB, 3).body);
  await post(0, endpoint.path, `{"pad":"${"p".repeat(2 * MIB)}","kind":"order.made"}`);
  const proof = await rehearseSettings(
    actor,
    endpoint.id,
    { settings: { split: { kind: "path", path: "" }, eventType: { from: "body", path: "kind" } } },
    { budgetMs: 20_000 },
  );
  expect(proof.split).toMatchObject({ count: 1, groups: [{ reason: "41 items" }] });
  expect(proof.renamed.groups.map(({ reason }) => reason)).toContain("none → order.made");
});

describe("bodies made to do harm", () => {
  const fill = (unit: string, bytes: number) => unit.repeat(Math.ceil(bytes / unit.length));
  const hostile: ReadonlyArray<readonly [what: string, make: (bytes: number) => string | Buffer]> = [
    ["nested deeply", (bytes) => fill("[", bytes)],
    ["a million tiny items", (bytes) => `[${fill("1,", bytes)}1]`],
    ["broken in the middle", (bytes) => `[${fill('{"id":1},', bytes / 2)}}${fill('{"id":1},', bytes / 2)}1]`],
    ["broken at the very end", (bytes) => `[${fill("[{}],", bytes)}1]x`],
    ["one huge text", (bytes) => `["${fill("a", bytes)}"]`],
    ["a repeated key", (bytes) => `{${fill('"type":[],', bytes)}"type":"7"}`],
    [
      "no UTF-8",
      (bytes) => Buffer.concat([Buffer.from(`["${fill("a", bytes)}`), Buffer.from([0xff]), Buffer.from('"]')]),
    ],
    ["blank lines", (bytes) => `1${fill(" \n", bytes)}2`],
  ];

  it.each(hostile)("%s: get the verdict a small one gets, in bounded time", async (_what, make) => {
    const endpoint = await splitEndpoint("a list");
    const verdictOf = async (body: string | Buffer) => {
      const { status, event } = await post(0, endpoint.path, body);
      const [payload, stored] = [
        await prisma().eventPayload.findUnique({ where: { eventId: event ?? "" } }),
        await prisma().event.findUnique({ where: { id: event ?? "" } }),
      ];
      const checks = JSON.parse(payload?.checks ?? "[]") as Array<{ id: string; status: string; message: string }>;
      const split = checks.find(({ id }) => id === "split");
      return {
        status,
        eventType: stored?.eventType,
        deliveryId: stored?.deliveryId,
        split: `${split?.status} ${split?.message.replace(/[\d,]+ items/, "n items")}`,
      };
    };
    const small = await verdictOf(make(200_000));
    const startedMs = performance.now();
    expect(await verdictOf(make(15 * MIB))).toEqual(small);
    expect(performance.now() - startedMs).toBeLessThan(20_000);
  });
});

describe("what refuses small bodies", () => {
  const padding = `&pad=${"p".repeat(2 * MIB)}`;

  it("refuses large ones too: a filled hidden field, a form sent too fast", async () => {
    const endpoint = await makeEndpoint(actor, { settings: { form: { honeypot: "website", minimumSeconds: 3 } } });
    const form = { "content-type": "application/x-www-form-urlencoded" };
    const reasons = async () =>
      (await prisma().request.findMany({ where: { endpointId: endpoint.id }, orderBy: { id: "asc" } })).map(
        ({ reason }) => reason,
      );
    for (const text of [
      "website=",
      "website=&website=spam",
      "website=&hookline_open_ms=5",
      "website=&hookline_open_ms=9000",
    ])
      for (const body of [text, text + padding, `${padding.slice(1)}&${text}`])
        await post(0, endpoint.path, body, form);
    await post(0, endpoint.path, `{"pad":"${padding}","website":"spam"}`);
    await expect
      .poll(reasons)
      .toEqual([...Array(3).fill("honeypot-filled"), ...Array(3).fill("sent-too-fast"), "honeypot-filled"]);
    expect(await prisma().event.count({ where: { endpointId: endpoint.id } })).toBe(6);
  });

  it("refuses large ones too: a schema", async () => {
    const schema = { text: '{"type":"object","required":["id"]}', misfit: "refuse" };
    const endpoint = await makeEndpoint(actor, { settings: { schema } });
    const big = `"pad":"${"p".repeat(3 * MIB)}"`;
    expect((await post(0, endpoint.path, `{${big}}`)).status).toBe(422);
    expect((await post(1, endpoint.path, `{${big},"id":1}`)).status).toBe(202);
    // What unfolds too far is no object, whatever its type says.
    const folded = gzipSync(`{${big},"id":1}`);
    for (const type of ["application/json", "text/plain"])
      expect((await post(0, endpoint.path, folded, { "content-encoding": "gzip", "content-type": type })).status).toBe(
        422,
      );
  });
});

import { beforeAll, describe, expect, it } from "vitest";
import type { Actor } from "#lib/core/actor.ts";
import { prisma } from "#lib/db/prisma.ts";
import { loadRequest } from "#lib/loaders/inspector.ts";
import { readSample } from "#lib/preview/read-sample.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { makeEndpoint, makeWorkspace, useFastDoor } from "#tests/support/receiving.ts";
import { sendRaw } from "#tests/support/send-raw.ts";
import { describeSpellings } from "#tests/support/spelling-conformance.ts";

useTestDatabase();
const door = useFastDoor();
describeSpellings("the fast door", door);

let actor: Actor;
beforeAll(async () => {
  actor = await makeWorkspace();
});

describe("header values in UTF-8", () => {
  const latin = (text: string): string => Buffer.from(text).toString("latin1");

  it("are names and ids as they were meant, and kept byte for byte", async () => {
    const settings = {
      eventType: { from: "header", name: "x-event" },
      dedupe: { kind: "source", source: { from: "header", name: "x-id" } },
    };
    const endpoint = await makeEndpoint(actor, { settings });
    const headers = [
      ["X-Event", latin("Bestellung.größer")],
      ["X-Id", latin("№ 5")],
      ["X-Latin", "caf\u00e9"],
    ] as const;
    const told = await sendRaw(door.url, {
      method: "POST",
      target: endpoint.path,
      headers,
      body: Buffer.from("{}"),
    });
    expect(told.status).toBe(202);
    const event = await prisma().event.findFirstOrThrow({ where: { endpointId: endpoint.id } });
    expect([event.eventType, event.deliveryId]).toEqual(["Bestellung.größer", "№ 5"]);
    const payload = await prisma().eventPayload.findUniqueOrThrow({ where: { eventId: event.id } });
    const stored = new Map(JSON.parse(payload.headers) as Array<[string, string]>);
    expect([stored.get("X-Event"), stored.get("X-Latin")]).toEqual([latin("Bestellung.größer"), "caf\u00e9"]);

    const shown = new Map((await loadRequest(actor, endpoint.id, event.id))?.headers);
    expect([shown.get("X-Event"), shown.get("X-Latin")]).toEqual(["Bestellung.größer", "caf\u00e9"]);
    const definition = { trigger: { endpointId: endpoint.id, eventTypes: [], filter: null } };
    const trigger = await readSample(actor.workspaceId, { kind: "event", eventId: event.id }, definition, new Date());
    expect(trigger["headers"]).toMatchObject({ "x-event": "Bestellung.größer", "x-id": "№ 5", "x-latin": "caf\u00e9" });
  });
});

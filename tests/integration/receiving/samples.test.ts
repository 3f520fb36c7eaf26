import { beforeAll, describe, expect, it } from "vitest";
import { addEndpointSecret } from "#lib/commands/endpoints/add-endpoint-secret.ts";
import { rehearseSettings } from "#lib/commands/endpoints/rehearse-settings.ts";
import { sendSample } from "#lib/commands/endpoints/send-sample.ts";
import { explainRefusal } from "#lib/commands/requests/explain-refusal.ts";
import { saveSample } from "#lib/commands/requests/save-sample.ts";
import type { Actor } from "#lib/core/actor.ts";
import { newId } from "#lib/core/ids.ts";
import { prisma } from "#lib/db/prisma.ts";
import { listRequests } from "#lib/db/requests.ts";
import { loadRecognition, loadRequest, loadRequestBody } from "#lib/loaders/inspector.ts";
import { flushRecords } from "#lib/reception/record-request.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { makeEndpoint, makeWorkspace, useFastDoor } from "#tests/support/receiving.ts";

useTestDatabase();
useFastDoor();
let actor: Actor;
beforeAll(async () => {
  actor = await makeWorkspace();
});

const WHSEC = `whsec_${Buffer.from("a standard secret of 24 b").toString("base64")}`;

describe("samples through the real door", () => {
  it.each([
    ["stripe", "whsec_0123456789abcdef"],
    ["github", "a github secret"],
    ["shopify", "a shopify secret"],
    ["slack", "a slack signing secret"],
    ["standard-webhooks", WHSEC],
  ])("%s: genuine ones are verified, tampered ones refused, repeated ones known", async (provider, secret) => {
    const endpoint = await makeEndpoint(actor, { provider, secrets: [secret] });
    const sample = `provider:${provider}`;
    for (const [variant, status] of [
      ["valid", 2],
      ["valid", 2],
      ["tampered", 4],
      ["duplicate", 2],
    ] as const)
      expect([variant, Math.floor((await sendSample(actor, endpoint.id, { sample, variant })).status / 100)]).toEqual([
        variant,
        status,
      ]);
    await flushRecords();
    const rows = await listRequests(actor.workspaceId, endpoint.id, { limit: 10 });
    expect(rows.map((row) => `${row.verdict}, ${row.verification}`).sort()).toEqual([
      "duplicate, verified",
      "no flow, verified",
      "no flow, verified",
      "no flow, verified",
      "refused, not verified",
    ]);
    const event = rows.find((row) => row.kind === "event");
    const detail = await loadRequest(actor, endpoint.id, event?.id ?? "");
    expect(detail?.sentence).toMatch(/^Accepted and verified \(.+, secret \(ends in .{4}, no\. [0-9a-f]{6}\)\), /);
  });

  it.each(["json", "form", "multipart", "xml", "text"])(
    "%s is taken by an endpoint that checks nothing",
    async (sample) => {
      const endpoint = await makeEndpoint(actor);
      expect((await sendSample(actor, endpoint.id, { sample })).status).toBe(202);
    },
  );

  it("are for editors, of known kinds, and of endpoints one has", async () => {
    const endpoint = await makeEndpoint(actor);
    await expect(sendSample({ ...actor, role: "viewer" }, endpoint.id, { sample: "json" })).rejects.toMatchObject({
      name: "ForbiddenError",
    });
    await expect(sendSample(actor, endpoint.id, { sample: "constructor" })).rejects.toMatchObject({
      name: "InvalidInputError",
    });
    await expect(sendSample(await makeWorkspace(), endpoint.id, { sample: "json" })).rejects.toMatchObject({
      name: "NotFoundError",
    });
  });
});

it("says which known mistake would explain a refused signature, and refuses all the same", async () => {
  const endpoint = await makeEndpoint(actor, { provider: "github", secrets: ["right secret"] });
  await sendSample(actor, endpoint.id, { sample: "provider:github", variant: "tampered" });
  await flushRecords();
  const [row] = await listRequests(actor.workspaceId, endpoint.id, { limit: 1 });
  const explained = await explainRefusal(actor, endpoint.id, row?.id ?? "");
  expect(explained?.title).toMatch(/^\S.{10,}/);
  expect(explained?.message).toMatch(/^\S.{10,}/);
  expect(await prisma().event.count({ where: { endpointId: endpoint.id } })).toBe(0);
});

it("recognises the sender of the first request, and is silent once one is chosen", async () => {
  const endpoint = await makeEndpoint(actor);
  expect(await loadRecognition(actor, endpoint.id)).toBeNull();
  await sendSample(actor, endpoint.id, { sample: "json" });
  expect(await loadRecognition(actor, endpoint.id)).toBeNull();
  await sendSample(actor, endpoint.id, { sample: "provider:github" });
  expect(await loadRecognition(actor, endpoint.id)).toMatchObject({ providerId: "github" });
  await addEndpointSecret(actor, endpoint.id, { secret: "now it is required" });
  expect(await loadRecognition(actor, endpoint.id)).toBeNull();
});

it("opens a request with sentence, content and answer, hides payloads from viewers, all from others", async () => {
  const endpoint = await makeEndpoint(actor);
  const { body } = await sendSample(actor, endpoint.id, { sample: "form" });
  const { event } = JSON.parse(body) as { event: string };
  const detail = await loadRequest(actor, endpoint.id, event);
  expect(detail).toMatchObject({
    sentence: expect.stringContaining("no live flow wanted it"),
    answer: { status: 202, body },
    body: { kind: "form" },
    query: "",
  });
  expect(detail?.curl).toContain("--data-raw 'name=Ada+Lovelace");
  expect((await loadRequestBody(actor, endpoint.id, event))?.toString()).toContain("name=Ada+Lovelace");
  const viewer = { ...actor, role: "viewer" } as const;
  expect(await loadRequest(viewer, endpoint.id, event)).toMatchObject({
    headers: null,
    body: null,
    query: null,
    curl: null,
  });
  expect(await loadRequestBody(viewer, endpoint.id, event)).toBeNull();
  const stranger = await makeWorkspace();
  expect(await loadRequest(stranger, endpoint.id, event)).toBeNull();
  expect(await loadRequestBody(stranger, endpoint.id, event)).toBeNull();
  expect(await loadRequest(actor, endpoint.id, newId())).toBeNull();
});

it("keeps a request as a sample with its bytes, and rehearses settings on what was accepted", async () => {
  const endpoint = await makeEndpoint(actor);
  const { event } = JSON.parse((await sendSample(actor, endpoint.id, { sample: "xml" })).body) as { event: string };
  const { id } = await saveSample(actor, endpoint.id, event, { name: "An order" });
  const sample = await prisma().sample.findUniqueOrThrow({ where: { id } });
  expect(Buffer.from(sample.body).toString()).toContain("<order");
  await expect(saveSample(actor, endpoint.id, event, { name: " " })).rejects.toMatchObject({
    name: "InvalidInputError",
  });
  expect(await rehearseSettings(actor, endpoint.id, { settings: { methods: ["PUT"] } })).toMatchObject({
    stored: 1,
    checked: 1,
    refused: { count: 1, groups: [{ reason: "POST is not allowed", count: 1, requests: [{ id: event }] }] },
  });
  expect(await rehearseSettings(actor, endpoint.id, { settings: { httpsRequired: false } })).toMatchObject({
    checked: 1,
    refused: { count: 0 },
  });
});

import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { proposeSchema } from "#lib/commands/endpoints/propose-schema.ts";
import { updateEndpoint } from "#lib/commands/endpoints/update-endpoint.ts";
import { acceptRefusedRequest } from "#lib/commands/requests/accept-refused-request.ts";
import type { Actor } from "#lib/core/actor.ts";
import { prisma } from "#lib/db/prisma.ts";
import { listRequests } from "#lib/db/requests.ts";
import { loadRequest } from "#lib/loaders/inspector.ts";
import { singleton } from "#lib/platform/singleton.ts";
import { flushRecords } from "#lib/reception/record-request.ts";
import { createSandbox, type Sandbox } from "#lib/sandbox/create-sandbox.ts";
import { closeSandbox } from "#lib/sandbox/sandbox.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { makeEndpoint, makeWorkspace, useFastDoor } from "#tests/support/receiving.ts";

useTestDatabase();
const door = useFastDoor();
let actor: Actor;
beforeAll(async () => {
  actor = await makeWorkspace();
});

const text = JSON.stringify({ type: "object", required: ["id"], properties: { id: { type: "integer" } } });

async function send(
  path: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = { "content-type": "application/json" },
) {
  const response = await fetch(`${door.url}${path}`, { method: "POST", body, headers });
  const answer = {
    status: response.status,
    text: await response.text(),
    retryAfter: response.headers.get("retry-after"),
  };
  await flushRecords();
  return answer;
}

describe("an endpoint with a JSON Schema", () => {
  it("takes what fits, refuses a misfit with 422 and its first reason, kept for a person to accept", async () => {
    const endpoint = await makeEndpoint(actor, { settings: { schema: { text, misfit: "refuse" } } });
    expect(await send(endpoint.path, '{"id":1}')).toMatchObject({ status: 202 });
    expect(await send(endpoint.path, '{"id":"1"}')).toMatchObject({
      status: 422,
      text: '"id" must be a whole number, not a text.\n',
    });
    expect(await send(endpoint.path, "id=1", { "content-type": "application/x-www-form-urlencoded" })).toMatchObject({
      status: 422,
    });
    expect(await send(endpoint.path, '{"id":')).toMatchObject({
      status: 422,
      text: expect.stringContaining("cannot be read as JSON"),
    });
    expect(
      await send(endpoint.path, Buffer.from(gzipSync('{"id":2}')), {
        "content-type": "application/json",
        "content-encoding": "gzip",
      }),
    ).toMatchObject({
      status: 202,
    });
    const rows = await listRequests(actor.workspaceId, endpoint.id, { limit: 10, verdicts: ["refused"] });
    expect(rows.map(({ reason }) => reason)).toEqual(["schema-misfit", "schema-misfit", "schema-misfit"]);
    const refused = rows.at(-1)?.id ?? "";
    expect((await loadRequest(actor, endpoint.id, refused))?.checks.find(({ id }) => id === "schema")).toMatchObject({
      status: "failed",
    });
    const { eventId } = await acceptRefusedRequest(actor, endpoint.id, refused);
    expect(await prisma().event.count({ where: { id: eventId } })).toBe(1);
  });

  it("accepts a misfit and marks it where that is wanted", async () => {
    const endpoint = await makeEndpoint(actor, { settings: { schema: { text, misfit: "mark" } } });
    const { status, text: answer } = await send(endpoint.path, "{}");
    expect(status).toBe(202);
    const detail = await loadRequest(actor, endpoint.id, (JSON.parse(answer) as { event: string }).event);
    expect(detail?.checks.find(({ id }) => id === "schema")).toEqual({
      id: "schema",
      status: "failed",
      message: '"id" is missing. It was accepted anyway, as set.',
    });
  });

  it("answers a body that takes too long with 503 and when to return, marks it, and never takes it", async () => {
    // Finite work of a second or so, against 50 ms.
    const slow = JSON.stringify({ uniqueItems: true });
    // Larger than what is kept of other refusals: a person can still accept it.
    const body = `${JSON.stringify(Array.from({ length: 6_000 }, (_, i) => ({ i })))}${" ".repeat(200_000)}`;
    const refusing = await makeEndpoint(actor, { settings: { schema: { text: slow, misfit: "refuse" } } });
    const marking = await makeEndpoint(actor, { settings: { schema: { text: slow, misfit: "mark" } } });
    await closeSandbox();
    singleton("sandbox", () => ({ sandbox: null as Sandbox | null })).sandbox = createSandbox({ deadlineMs: 50 });
    expect(await send(refusing.path, body)).toMatchObject({
      status: 503,
      retryAfter: "60",
      text: expect.stringContaining("took too long"),
    });
    const [row] = await listRequests(actor.workspaceId, refusing.id, { limit: 1 });
    expect(row).toMatchObject({ verdict: "refused", reason: "schema-unchecked" });
    expect((await acceptRefusedRequest(actor, refusing.id, row?.id ?? "")).eventId).toMatch(/-/);
    const { status, text: answer } = await send(marking.path, body);
    expect(status).toBe(202);
    const detail = await loadRequest(actor, marking.id, (JSON.parse(answer) as { event: string }).event);
    expect(detail?.checks.find(({ id }) => id === "schema")).toMatchObject({
      status: "failed",
      message: expect.stringContaining("took too long"),
    });
    expect(await send(marking.path, '"b"')).toMatchObject({ status: 202 });
    await closeSandbox();
  });

  it("says 503 and to come back at once when too many bodies wait already", async () => {
    const endpoint = await makeEndpoint(actor, { settings: { schema: { text, misfit: "refuse" } } });
    const waiting = singleton("schema-checks", () => ({ bodies: 0, bytes: 0 }));
    expect(waiting).toEqual({ bodies: 0, bytes: 0 });
    waiting.bodies = 200;
    expect(await send(endpoint.path, '{"id":1}')).toMatchObject({ status: 503, retryAfter: "2" });
    waiting.bodies = 0;
    expect(await send(endpoint.path, '{"id":1}')).toMatchObject({ status: 202 });
    expect(waiting).toEqual({ bodies: 0, bytes: 0 });
  });

  it("works on when every child of the sandbox was killed", async () => {
    const endpoint = await makeEndpoint(actor, { settings: { schema: { text, misfit: "refuse" } } });
    await closeSandbox();
    expect(await send(endpoint.path, '{"id":1}')).toMatchObject({ status: 202 });
    expect(await send(endpoint.path, "{}")).toMatchObject({ status: 422 });
  });

  it("cannot be saved with a schema that cannot be used", async () => {
    const endpoint = await makeEndpoint(actor);
    for (const [bad, reason] of [
      ['{"requierd":["a"]}', /not a keyword/],
      ['{"$ref":"https://example.com/s"}', /outside/],
      ['{"a"', /not JSON/],
    ] as const)
      await expect(
        updateEndpoint(actor, endpoint.id, { settings: { schema: { text: bad, misfit: "refuse" } } }),
      ).rejects.toMatchObject({
        problems: [{ field: "settings.schema.text", message: expect.stringMatching(reason) }],
      });
    await expect(makeEndpoint(actor, { settings: { schema: { text: "[]", misfit: "mark" } } })).rejects.toMatchObject({
      name: "InvalidInputError",
    });
  });

  it("gets a schema and fields proposed from what came, which all of it fits", async () => {
    const endpoint = await makeEndpoint(actor);
    expect(await proposeSchema(actor, endpoint.id)).toMatchObject({ bodies: 0, fields: [] });
    await send(endpoint.path, '{"id":1,"customer":{"email":"a@example.com"}}');
    await send(endpoint.path, '{"id":2,"customer":{"email":null},"note":"x"}');
    await send(endpoint.path, "plain", { "content-type": "text/plain" });
    const proposal = await proposeSchema(actor, endpoint.id);
    expect(proposal.bodies).toBe(2);
    expect(proposal.fields.map(({ path, always }) => [path.join("."), always])).toEqual(
      expect.arrayContaining([
        ["id", true],
        ["customer", true],
        ["customer.email", true],
        ["note", false],
      ]),
    );
    await updateEndpoint(actor, endpoint.id, { settings: { schema: { text: proposal.text, misfit: "refuse" } } });
    expect(await send(endpoint.path, '{"id":3,"customer":{"email":null}}')).toMatchObject({ status: 202 });
    expect(await send(endpoint.path, '{"id":3}')).toMatchObject({ status: 422, text: '"customer" is missing.\n' });
    await expect(proposeSchema({ ...actor, role: "viewer" }, endpoint.id)).rejects.toMatchObject({
      name: "ForbiddenError",
    });
    await expect(proposeSchema(await makeWorkspace(), endpoint.id)).rejects.toMatchObject({ name: "NotFoundError" });
  });
});

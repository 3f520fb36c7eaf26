import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { findOwnLoops } from "#lib/commands/flows/find-own-loops.ts";
import type { Actor } from "#lib/core/actor.ts";
import { newId } from "#lib/core/ids.ts";
import { prisma } from "#lib/db/prisma.ts";
import { HOPS_MAX } from "#lib/door/check-loop.ts";
import { type FlowDefinition, flowDefinitionSchema } from "#lib/engine/flow-definition.ts";
import { HOP_MARK_HEADER, makeHopMark } from "#lib/platform/hop-mark.ts";
import { publicUrl } from "#lib/platform/public-url.ts";
import { flushRecords } from "#lib/reception/record-request.ts";
import { type Child, startChild } from "#tests/support/child-process.ts";
import { keptTries } from "#tests/support/kept-journal.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { makeEndpoint, makeWorkspace, useFastDoor } from "#tests/support/receiving.ts";
import { eventually } from "#tests/support/running-app.ts";
import { sendRaw } from "#tests/support/send-raw.ts";

const database = useTestDatabase();
const door = useFastDoor();
let actor: Actor;
let worker: Child;

beforeAll(async () => {
  actor = await makeWorkspace();
  worker = startChild("server/worker.ts", {
    DATABASE_URL: database.url,
    HOOKLINE_SECRET_KEY: process.env.HOOKLINE_SECRET_KEY ?? "",
    HOOKLINE_EGRESS_ALLOW: "127.0.0.1",
    HOOKLINE_SANDBOX_PROCESSES: "1",
  });
  await worker.waitForLine("worker is working");
});
afterEach(() => expect(worker.noise()).toBe(""));
afterAll(async () => {
  worker.kill("SIGTERM");
  await worker.exited;
});

const calling = (endpointId: string, url: string): FlowDefinition =>
  flowDefinitionSchema.parse({
    schema: 1,
    trigger: { endpointId, eventTypes: [], filter: null },
    runName: "",
    steps: [
      {
        kind: "action",
        id: "call",
        name: "Call",
        action: "http.request",
        input: { method: "POST", url, body: { kind: "json", json: '{"n":{{ trigger.body.n + 1 }}}' } },
      },
    ],
  });

async function live(name: string, endpointId: string, url: string): Promise<void> {
  const { workspaceId } = actor;
  const [flowId, versionId] = [newId(), newId()];
  const definition = JSON.stringify(calling(endpointId, url));
  await prisma().flow.create({
    data: { id: flowId, workspaceId, name, draft: definition, on: true, liveVersionId: versionId },
  });
  await prisma().flowVersion.create({
    data: { id: versionId, workspaceId, flowId, number: 1, definition, hash: "0".repeat(64) },
  });
  await prisma().flowTrigger.create({ data: { endpointId, flowId, versionId, workspaceId, eventTypes: [] } });
}

const endpoint = () => makeEndpoint(actor, { settings: { dedupe: { kind: "off" } } });
const post = (path: string, headers: [string, string][] = []) =>
  sendRaw(door.url, {
    method: "POST",
    target: path,
    headers: [["content-type", "application/json"], ...headers],
    body: Buffer.from('{"n":0}'),
  });

/** The refusal that ends a loop, once every run has ended. */
const ending = (endpointIds: string[]) =>
  eventually("the end of the loop", async () => {
    await flushRecords();
    const refused = await prisma().request.findMany({ where: { endpointId: { in: endpointIds }, reason: "loop" } });
    const open = await prisma().run.count({ where: { endpointId: { in: endpointIds }, finishedAt: null } });
    return refused.length > 0 && open === 0 ? refused : null;
  });

test("a flow that feeds its own endpoint ends after five hops, and the request that would go on says why", async () => {
  const home = await endpoint();
  await live("Feeds itself", home.id, `${door.url}${home.path}`);
  await post(home.path);
  const refused = await ending([home.id]);
  expect(refused.map(({ status }) => status)).toEqual([422]);
  const runs = await prisma().run.findMany({ where: { endpointId: home.id }, orderBy: { id: "asc" } });
  expect(runs.map(({ status }) => status)).toEqual([...Array<string>(HOPS_MAX).fill("succeeded"), "failed"]);
  const tries = [...(await keptTries(runs.at(-1)?.id ?? "")).values()].flat();
  expect(tries, "a loop's end is not tried again").toHaveLength(1);
});

test("two flows that feed each other end too", async () => {
  const [here, there] = [await endpoint(), await endpoint()];
  await live("There", here.id, `${door.url}${there.path}`);
  await live("Back", there.id, `${door.url}${here.path}`);
  await post(here.path);
  await ending([here.id, there.id]);
  expect(await prisma().run.count({ where: { endpointId: { in: [here.id, there.id] } } })).toBe(HOPS_MAX + 1);
});

test("a mark that this instance did not make changes nothing", async () => {
  const home = await endpoint();
  const forged = makeHopMark(9).replace(/.$/, (last) => (last === "A" ? "B" : "A"));
  expect((await post(home.path, [[HOP_MARK_HEADER, forged]])).status).toBe(202);
  expect((await post(home.path, [[HOP_MARK_HEADER, "9"]])).status).toBe(202);
  const genuine = makeHopMark(HOPS_MAX + 1);
  expect((await post(home.path, [[HOP_MARK_HEADER, genuine]])).status).toBe(422);
});

test("a written address that leads back is told before publishing, with the flows on the way", async () => {
  const [home, way, away] = [await endpoint(), await endpoint(), await endpoint()];
  await live("On the way", way.id, `${publicUrl()}${home.path}`);
  const told = async (url: string) =>
    (await findOwnLoops(actor.workspaceId, calling(home.id, url))).map((each) => each);
  expect(await told(`${publicUrl()}${home.path}`)).toMatchObject([
    { code: "feeds-itself", severity: "warning", stepId: "call", data: { endpointId: home.id, by: [] } },
  ]);
  expect(await told(`${publicUrl()}${way.path}?x={{ trigger.body.n }}`)).toMatchObject([
    { data: { endpointId: way.id, by: ["On the way"] } },
  ]);
  const escaped = home.path.replace(/[a-z0-9](?=[^/]*$)/, (letter) => `%${letter.charCodeAt(0).toString(16)}`);
  for (const spelled of [`${escaped}/`, `/x/../${home.path}`, home.path.replace("/in/", "/in%2f")])
    expect([spelled, await told(`${publicUrl()}${spelled}`)]).toMatchObject([spelled, [{ code: "feeds-itself" }]]);
  expect(await told(`${publicUrl()}${home.path}/more`), "refused, so it feeds nothing").toEqual([]);
  expect(await told(`${publicUrl()}${away.path}`)).toEqual([]);
  expect(await told(`https://example.com${home.path}`)).toEqual([]);
});

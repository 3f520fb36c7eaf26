import { spawn } from "node:child_process";
import { expect, test } from "vitest";
import { prisma } from "#lib/db/prisma.ts";
import {
  eventsThatRan,
  liveCallingFlow,
  makeTypedEndpoint,
  missedEvents,
  sendEvent,
} from "#tests/support/missed-events.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { makeWorkspace, useFastDoor } from "#tests/support/receiving.ts";

const database = useTestDatabase();
const door = useFastDoor();

async function hookline(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_OPTIONS|DATABASE_URL|HOOKLINE_)/.test(name)),
  );
  const child = spawn(process.execPath, ["bin/hookline.ts", ...args], {
    env: { ...inherited, NODE_ENV: "test", DATABASE_URL: database.url },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, stdout, stderr };
}

test("turns a flow off and on from the server's command line, with what it missed", async () => {
  const actor = await makeWorkspace();
  const endpoint = await makeTypedEndpoint(actor);
  const flowId = await liveCallingFlow(actor, endpoint.id);
  expect(await hookline("flow", flowId, "off")).toMatchObject({ code: 0, stdout: expect.stringContaining("is off") });
  const missed = [await sendEvent(door, endpoint, { n: 1 }), await sendEvent(door, endpoint, { n: 2 })];
  expect((await hookline("flow", flowId, "missed")).stdout).toBe(
    "2 events → up to 2 runs; each makes at most 1 call.\n",
  );
  expect((await hookline("flow", flowId, "on", "--missed", "all")).stdout).toBe(
    "The flow is on. Runs for missed events started: 2 of 2.\n",
  );
  expect(await eventsThatRan(flowId)).toEqual(missed);
  expect(await missedEvents(actor, flowId)).toEqual([]);
  expect(
    await prisma().auditEntry.findMany({ where: { targetId: flowId, actorKind: "system" }, orderBy: { id: "asc" } }),
  ).toMatchObject([{ action: "flow.off" }, { action: "flow.on" }, { action: "flow.catchUp" }]);
  expect(await hookline("flow", "00000000-0000-7000-8000-000000000000", "off")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("there is no flow with the id"),
  });
});

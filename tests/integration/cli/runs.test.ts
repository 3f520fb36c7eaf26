import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createApi } from "#lib/api/create-api.ts";
import { createApiKey } from "#lib/commands/instance/create-api-key.ts";
import { actOnAllRuns } from "#lib/commands/runs/keep-acting-on-runs.ts";
import { prisma } from "#lib/db/prisma.ts";
import { insertFailedRuns } from "#tests/support/many-runs.ts";
import { flowOf } from "#tests/support/memory-run.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { makeWorkspace } from "#tests/support/receiving.ts";
import { insertFlowRows } from "#tests/support/run-rows.ts";
import { run } from "../../../bin/commands/runs.ts";

useTestDatabase();
const api = createApi();
let server: Server;
let url: string;
beforeAll(async () => {
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const answer = await api.request(request.url ?? "/", {
      method: request.method ?? "GET",
      headers: request.headers as Record<string, string>,
      ...(chunks.length === 0 ? {} : { body: Buffer.concat(chunks) }),
    });
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

test("runs resume says how many match, acts on these, and tells how it went", async () => {
  const owner = await makeWorkspace();
  const rows = await insertFlowRows(flowOf([]), { workspaceId: owner.workspaceId });
  const ids = await insertFailedRuns(rows, 3);
  await insertFailedRuns(rows, 2, { step: "mail" });
  const { key } = await createApiKey(owner, { name: "cli", role: "editor" });
  const lines: string[] = [];
  const call = (...args: string[]) =>
    run(["resume", "--url", url, "--flow", rows.flowId, "--failed-step", "crm", ...args], (line) => lines.push(line), {
      HOOKLINE_API_KEY: key,
    });
  expect(await call("--dry", "--version", "live")).toBe(0);
  expect(lines).toEqual(["3 runs match: 3 failed"]);
  expect(await prisma().run.count({ where: { id: { in: ids }, status: "failed" } })).toBe(3);
  const going = call("--rate", "100");
  await expect.poll(() => prisma().run.count({ where: { flowId: rows.flowId, status: "queued" } })).toBe(3);
  await actOnAllRuns();
  expect(await going).toBe(0);
  expect(lines.at(-1)).toBe("done: 3 of 3 done");
  await expect(call("--error-code", "x".repeat(300))).rejects.toThrow("errorCode");
  await expect(run(["resume", "--url", url], () => undefined, {})).rejects.toThrow("HOOKLINE_API_KEY");
});

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll } from "vitest";
import { describeDoor } from "#tests/support/door-conformance.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";

const database = useTestDatabase();
const door = { url: "" };
let child: ChildProcess;

beforeAll(async () => {
  child = fork("tests/support/route-door-server.ts", [], {
    execArgv: [],
    env: { ...process.env, NODE_ENV: "production", DATABASE_URL: database.url, HOOKLINE_LOG_LEVEL: "warn" },
  });
  const [port] = (await once(child, "message")) as [number];
  door.url = `http://127.0.0.1:${port}`;
});
afterAll(async () => {
  child.disconnect();
  await once(child, "exit");
});

describeDoor("the built route handler", door);

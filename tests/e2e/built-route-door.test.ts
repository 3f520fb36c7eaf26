import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll } from "vitest";
import { describeAskingLinks } from "#tests/support/asking-link-conformance.ts";
import { describeDoor } from "#tests/support/door-conformance.ts";
import { describeDifferential } from "#tests/support/door-differential.ts";
import { describeForms } from "#tests/support/form-conformance.ts";
import { describeHandshakes } from "#tests/support/handshake-conformance.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { useFastDoor } from "#tests/support/receiving.ts";

const database = useTestDatabase();
const fast = useFastDoor();
const door = {
  url: "",
  async setWorld(nowMs: number | null, certificates: Record<string, string>): Promise<void> {
    child.send({ nowMs, certificates });
    await once(child, "message");
  },
};
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
describeForms("the built route handler", door);
describeAskingLinks("the built route handler", door);
describeHandshakes("the built route handler", door);
describeDifferential("the fast door and the built route handler", fast, door);

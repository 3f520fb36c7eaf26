import { expect, test } from "vitest";
import { makeLog } from "#lib/platform/log.ts";

function collect() {
  const lines: string[] = [];
  return { lines, log: makeLog({ level: "info", destination: { write: (line) => void lines.push(line) } }) };
}

test("a line is one JSON object with time, level, message and the ids of its child", () => {
  const { lines, log } = collect();
  log.child({ requestId: "r1", runId: "n1" }).info({ count: 2 }, "did it");
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({
    level: "info",
    message: "did it",
    requestId: "r1",
    runId: "n1",
    count: 2,
  });
  expect(JSON.parse(lines[0] ?? "").time).toMatch(/^\d{4}-\d\d-\d\dT/);
});

test("secrets under their usual names never reach a line", () => {
  const { lines, log } = collect();
  log.info(
    {
      password: "canary-1",
      headers: { authorization: "Bearer canary-2", cookie: "a=canary-3", "set-cookie": "canary-4" },
      settings: { smtp: { password: "canary-5", secret: "canary-6" } },
      databaseUrl: "postgresql://u:canary-7@h/d",
      connection: { token: "canary-8", apiKey: "canary-9" },
    },
    "x",
  );
  expect(lines.join("")).not.toContain("canary");
});

test("text with line breaks stays one line, so no value can forge another", () => {
  const { lines, log } = collect();
  log.info({ path: '/in/x\n{"level":"info","message":"forged"}' }, "a\r\nb\u2028c");
  expect(lines).toHaveLength(1);
  expect((lines[0] ?? "").trimEnd().split(/\r|\n/)).toHaveLength(1);
});

test("an error carries its type, message and stack", () => {
  const { lines, log } = collect();
  log.error({ error: new RangeError("too far") }, "failed");
  expect(JSON.parse(lines[0] ?? "").error).toMatchObject({
    type: "RangeError",
    message: "too far",
    stack: expect.stringContaining("log.test.ts"),
  });
});

test("leaves out the connection that a database error carries", () => {
  const lines: string[] = [];
  const error = Object.assign(new Error("terminated"), {
    code: "57P01",
    client: { connectionParameters: { host: "db.internal" } },
  });
  makeLog({ level: "info", destination: { write: (line) => void lines.push(line) } }).warn({ error }, "broke");
  expect(lines.join("")).toContain("57P01");
  expect(lines.join("")).not.toContain("db.internal");
});

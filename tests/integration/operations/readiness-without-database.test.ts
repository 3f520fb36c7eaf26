import { expect, test } from "vitest";
import { checkReadiness } from "#lib/commands/instance/check-readiness.ts";
import { tryPort } from "#lib/platform/free-port.ts";

test("is not ready when the database does not answer, and names no host, user or password", async () => {
  const free = await tryPort(0, "127.0.0.1");
  if (free.kind !== "free") throw new Error("no port");
  process.env.DATABASE_URL = `postgresql://somebody:hidden@127.0.0.1:${free.port}/nothing`;
  const readiness = await checkReadiness(() => null);
  expect(readiness).toEqual({ ready: false, checks: [{ name: "database", ok: false, detail: "does not answer" }] });
});

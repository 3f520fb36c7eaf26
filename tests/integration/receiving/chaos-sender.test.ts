import { expect, test } from "vitest";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { makeEndpoint, makeWorkspace, useFastDoor } from "#tests/support/receiving.ts";
import { run } from "../../../bin/commands/send.ts";

useTestDatabase();
const door = useFastDoor();

test.each([
  ["stripe", "whsec_5f2c8a9b"],
  ["github", "It's a Secret to Everybody"],
  ["slack", "8f742231b10e8888abcd99yyyzzz85a5"],
  ["standard-webhooks", "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="],
  ["generic-bearer", "tok_Abc123"],
  ["twilio", "12345"],
  ["square", "asdf1234"],
])("the real door does what a good receiver does with every variant of %s", async (provider, secret) => {
  const endpoint = await makeEndpoint(await makeWorkspace(), { provider, secrets: [secret] });
  const lines: string[] = [];
  const code = await run(
    [
      `${door.url}${endpoint.path}`,
      "--provider",
      provider,
      "--secret",
      secret,
      "--public-url",
      endpoint.url,
      "--variants",
      "valid,tampered,duplicate,reordered,late,slow,oversized,replayed-signature",
    ],
    (line) => lines.push(line),
    new Date(),
  );
  expect(
    lines.filter((line) => line.startsWith("BAD")),
    lines.join("\n"),
  ).toEqual([]);
  expect(code).toBe(0);
});

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { afterEach, expect, test } from "vitest";
import { getProvider } from "#lib/webhooks/providers/registry.generated.ts";
import { verify } from "#lib/webhooks/verify.ts";
import { run } from "../../../bin/commands/send.ts";

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A receiver that believes Stripe's signature, or everybody when `credulous`. */
async function receiver(credulous: boolean): Promise<{ url: string; bodies: string[] }> {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    bodies.push(body.toString());
    const headers = Array.from(
      { length: request.rawHeaders.length / 2 },
      (_, index) => [request.rawHeaders[index * 2] ?? "", request.rawHeaders[index * 2 + 1] ?? ""] as const,
    );
    const { kind } = await verify(
      getProvider("stripe"),
      { method: "POST", url: request.url ?? "", headers, body },
      { secrets: ["whsec_x"] },
      { now: new Date() },
    );
    response.statusCode = credulous || kind === "verified" ? 202 : 401;
    response.end("{}");
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/in/abc`, bodies };
}

test("a good receiver gets a full scorecard", async () => {
  const { url, bodies } = await receiver(false);
  const lines: string[] = [];
  const code = await run(
    [
      url,
      "--provider",
      "stripe",
      "--secret",
      "whsec_x",
      "--seed",
      "5",
      "--variants",
      "valid,tampered,duplicate,reordered,late,slow,replayed-signature",
    ],
    (line) => lines.push(line),
    new Date(),
  );
  expect(lines.at(-1)).toBe("9 of 9 as expected (seed 5).");
  expect(code).toBe(0);
  expect(bodies).toHaveLength(9);
});

test("a credulous receiver is found out", async () => {
  const { url } = await receiver(true);
  const lines: string[] = [];
  expect(
    await run(
      [url, "--provider", "stripe", "--secret", "whsec_x", "--variants", "valid,tampered"],
      (line) => lines.push(line),
      new Date(),
    ),
  ).toBe(1);
  expect(lines.filter((line) => line.startsWith("BAD"))).toHaveLength(1);
});

test.each([
  [["not-a-url"], /URL/],
  [["http://127.0.0.1:1/", "--provider", "nobody"], /no provider/],
  [["http://127.0.0.1:1/", "--variants", "valid,odd"], /not a variant/],
  [["http://127.0.0.1:1/", "--seed", "x"], /seed/],
  [["http://127.0.0.1:1/", "--wrong"], /wrong/],
])("%j is refused", async (args, message) => {
  await expect(run(args, () => undefined, new Date())).rejects.toThrow(message);
});

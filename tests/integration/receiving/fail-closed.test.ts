import { beforeAll, describe, expect, it } from "vitest";
import { deleteEndpoint } from "#lib/commands/endpoints/delete-endpoint.ts";
import type { Actor } from "#lib/core/actor.ts";
import { prisma } from "#lib/db/prisma.ts";
import { listRequests } from "#lib/db/requests.ts";
import { forgetReceiver } from "#lib/reception/load-receiver.ts";
import { flushRecords } from "#lib/reception/record-request.ts";
import { BODY, githubSignature, guardedEndpoint, postTo, SECRET } from "#tests/support/guarded-endpoint.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { makeEndpoint, makeWorkspace, useFastDoor } from "#tests/support/receiving.ts";
import type { RawRequest } from "#tests/support/send-raw.ts";

useTestDatabase();
const door = useFastDoor();
let actor: Actor;
beforeAll(async () => {
  actor = await makeWorkspace();
});

type Headers = RawRequest["headers"];
const post = (target: string, headers: Headers, body: Buffer | string) => postTo(door.url, target, headers, body);
const guarded = (provider: string, secrets: string[], settings: object = {}) =>
  guardedEndpoint(actor, provider, secrets, settings);

describe("W-05: without a usable secret", () => {
  it("a protected endpoint takes nothing, unsigned or signed with nothing", async () => {
    const endpoint = await guarded("github", [], { verification: "required" });
    for (const headers of [[], [["X-Hub-Signature-256", githubSignature(BODY, "")]]] satisfies Headers[]) {
      const answer = await post(endpoint.path, headers, BODY);
      expect([401, 503]).toContain(answer.status);
    }
    await endpoint.nothingQueued();
  });

  it("a secret that does not open verifies nothing, not even an empty key, and the inspector says so", async () => {
    const endpoint = await guarded("github", [SECRET]);
    await breakSecrets(endpoint.id);
    for (const key of [SECRET, ""])
      expect((await post(endpoint.path, [["X-Hub-Signature-256", githubSignature(BODY, key)]], BODY)).status).toBe(401);
    await endpoint.nothingQueued();
    await flushRecords();
    const rows = await listRequests(actor.workspaceId, endpoint.id, { limit: 5 });
    expect(rows.map((row) => row.verdict)).toEqual(["refused", "refused"]);
  });

  it("one secret of two that does not open leaves the other one working, and nothing else", async () => {
    const endpoint = await guarded("github", ["the-new-secret", "the-old-secret"]);
    await breakSecrets(endpoint.id, 1);
    const tries = await Promise.all(
      ["the-new-secret", "the-old-secret", ""].map((key) =>
        post(endpoint.path, [["X-Hub-Signature-256", githubSignature(BODY, key)]], BODY),
      ),
    );
    expect(tries.map(({ status }) => status).sort()).toEqual([202, 401, 401]);
  });

  /** Spoils the sealed text of an endpoint's newest secrets, as a lost or changed instance key does. */
  async function breakSecrets(endpointId: string, count = 10): Promise<void> {
    const secrets = await prisma().endpointSecret.findMany({
      where: { endpointId },
      orderBy: { id: "desc" },
      take: count,
    });
    for (const { id, sealed } of secrets) {
      const spoiled = Buffer.from(sealed);
      spoiled[spoiled.length - 1] = (spoiled.at(-1) ?? 0) ^ 1;
      await prisma().endpointSecret.update({ where: { id }, data: { sealed: spoiled } });
      (globalThis as { [key: symbol]: Map<string, string> | undefined })[Symbol.for("hookline.opened-secrets")]?.delete(
        id,
      );
    }
    forgetReceiver(endpointId);
  }
});

describe("W-06: addresses cannot be guessed", () => {
  it("carries 192 bits of chance, evenly spread", async () => {
    const other = await makeWorkspace("Chance");
    const tokens: string[] = [];
    for (let n = 0; n < 200; n += 1) tokens.push((await makeEndpoint(other)).token);
    expect(new Set(tokens).size).toBe(tokens.length);
    for (const token of tokens) expect(token).toMatch(/^[A-Za-z0-9_-]{32}$/);
    const counts = new Map<string, number>();
    for (const sign of tokens.join("")) counts.set(sign, (counts.get(sign) ?? 0) + 1);
    expect(counts.size).toBe(64);
    const expected = (tokens.length * 32) / 64;
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // 63 degrees of freedom: beyond 131 once in a million.
    expect(chiSquare).toBeLessThan(131);
  });

  it("answers alike at every address nobody has: too short, well-shaped, deleted, of another case", async () => {
    const endpoint = await guarded("github", [SECRET]);
    const deleted = await makeEndpoint(actor);
    await deleteEndpoint(actor, deleted.id);
    const paths = ["/in/x", `/in/${"A".repeat(32)}`, deleted.path, `/in/${endpoint.token.toLowerCase()}0`];
    const answers = await Promise.all(
      paths.map((path) => post(path, [["X-Hub-Signature-256", githubSignature()]], BODY)),
    );
    const shapes = answers.map(({ status, headers, body }) => [
      status,
      headers
        .map(([name, value]) => `${name.toLowerCase()}: ${/^(date|x-request-id)$/i.test(name) ? "…" : value}`)
        .sort(),
      body.toString(),
    ]);
    for (const shape of shapes) expect(shape).toEqual(shapes[0]);
    expect(shapes[0]?.[0]).toBe(404);
  });
});

describe("W-07: routes that are not quite the endpoint's", () => {
  it("are 404, also with another workspace's address in front", async () => {
    const endpoint = await guarded("github", [SECRET]);
    const stranger = await makeEndpoint(await makeWorkspace("Other"));
    const variants = [
      "/in",
      "/in/",
      `/in/${endpoint.id}`,
      `/in/test/${endpoint.token}`,
      `/in-test/${endpoint.token}`,
      `/webhook/${endpoint.token}`,
      `/In/${endpoint.token}`,
      `/in/${endpoint.token.toUpperCase()}`,
      `${endpoint.path}/test`,
      `/${stranger.token}${endpoint.path}`,
      `${stranger.path}/${endpoint.token}`,
    ];
    for (const path of variants)
      expect([path, (await post(path, [["X-Hub-Signature-256", githubSignature()]], BODY)).status]).toEqual([
        path,
        404,
      ]);
    await endpoint.nothingQueued();
  });
});

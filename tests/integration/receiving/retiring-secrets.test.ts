import { createHmac } from "node:crypto";
import { beforeAll, expect, it } from "vitest";
import { addEndpointSecret } from "#lib/commands/endpoints/add-endpoint-secret.ts";
import { updateEndpoint } from "#lib/commands/endpoints/update-endpoint.ts";
import type { Actor } from "#lib/core/actor.ts";
import { secretNumber } from "#lib/core/secret-number.ts";
import { HOUR } from "#lib/core/units.ts";
import { listAuditEntries } from "#lib/db/audit-entries.ts";
import { listEndpointSecrets } from "#lib/db/endpoint-secrets.ts";
import { listRequests } from "#lib/db/requests.ts";
import { loadRequest } from "#lib/loaders/inspector.ts";
import { flushRecords } from "#lib/reception/record-request.ts";
import { retireUnusedSecrets } from "#lib/upkeep/keep-retiring-secrets.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { makeEndpoint, makeWorkspace, useFastDoor } from "#tests/support/receiving.ts";

useTestDatabase();
const door = useFastDoor();
let actor: Actor;
beforeAll(async () => {
  actor = await makeWorkspace();
});

const [OLD, NEW] = ["the old secret 1234", "the new secret 5678"];

async function send(path: string, secret: string, id: string): Promise<number> {
  const body = JSON.stringify({ id });
  const signature = `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
  const headers = { "content-type": "application/json", "x-hub-signature-256": signature, "x-github-delivery": id };
  const { status } = await fetch(`${door.url}${path}`, { method: "POST", body, headers });
  await flushRecords();
  return status;
}

const later = (hours: number): Date => new Date(Date.now() + hours * HOUR);

it("retires and records the old secret after its hours, once the new one verified; then refuses it", async () => {
  const endpoint = await makeEndpoint(actor, {
    provider: "github",
    secrets: [OLD],
    settings: { retireSecretsAfterHours: 24 },
  });
  expect(await send(endpoint.path, OLD, "d-1")).toBe(202);
  expect(await retireUnusedSecrets(later(1_000))).toBe(0);
  await addEndpointSecret(actor, endpoint.id, { secret: NEW, label: "2027" });
  expect(await send(endpoint.path, OLD, "d-2")).toBe(202);
  expect(await retireUnusedSecrets(later(1_000))).toBe(0);
  expect(await send(endpoint.path, NEW, "d-3")).toBe(202);
  expect(await retireUnusedSecrets(later(23))).toBe(0);
  expect(await send(endpoint.path, OLD, "d-4")).toBe(202);
  expect(await retireUnusedSecrets(later(25))).toBe(0);
  expect(await send(endpoint.path, NEW, "d-5")).toBe(202);
  expect(await retireUnusedSecrets(later(25))).toBe(1);
  expect(await retireUnusedSecrets(later(2_000))).toBe(0);

  const secrets = await listEndpointSecrets(actor.workspaceId, endpoint.id);
  expect(secrets.map(({ endsIn, verifiedCount, retiredAt }) => [endsIn, verifiedCount, retiredAt !== null])).toEqual([
    ["5678", 2, false],
    ["1234", 3, true],
  ]);
  const [entry] = await listAuditEntries(actor.workspaceId, { limit: 1 });
  expect(entry).toMatchObject({
    actorKind: "system",
    actorId: "secret rotation",
    action: "endpoint.secret.retire",
    target: { kind: "endpoint", id: endpoint.id },
    detail: { secretId: secrets[1]?.id, endsIn: "1234", unusedHours: 24 },
  });
  // Held receivers hear of it, or look again within two seconds.
  await expect.poll(() => send(endpoint.path, OLD, `d-${Math.random()}`), { timeout: 5_000 }).toBe(401);
  expect(await send(endpoint.path, NEW, "d-7")).toBe(202);
});

it("leaves secrets alone unasked or where nothing is verified, and says which one verified a request", async () => {
  const endpoint = await makeEndpoint(actor, { provider: "github", secrets: [NEW, OLD] });
  expect(await send(endpoint.path, OLD, "e-1")).toBe(202);
  expect(await send(endpoint.path, NEW, "e-2")).toBe(202);
  expect(await retireUnusedSecrets(later(9_000))).toBe(0);
  await updateEndpoint(actor, endpoint.id, { settings: { retireSecretsAfterHours: 1, verification: "off" } });
  expect(await retireUnusedSecrets(later(9_000))).toBe(0);
  const rows = await listRequests(actor.workspaceId, endpoint.id, { limit: 2 });
  const used = await Promise.all(
    rows.map(
      async ({ id }) =>
        (await loadRequest(actor, endpoint.id, id))?.checks.find((check) => check.id === "secret-used")?.message,
    ),
  );
  expect(used).toEqual([
    expect.stringMatching(/^Verified with the secret \(ends in 5678, no\. [0-9a-f]{6}\)$/),
    expect.stringMatching(/^Verified with the secret \(ends in 1234, no\. [0-9a-f]{6}\)$/),
  ]);
});

it("tells two secrets apart that end alike and have no label", async () => {
  const [one, other] = ["the-first-of-two-abcd", "the-second-of-two-abcd"];
  const endpoint = await makeEndpoint(actor, { provider: "github", secrets: [one, other] });
  for (const [secret, delivery] of [
    [one, "s-1"],
    [other, "s-2"],
  ] as const)
    expect(await send(endpoint.path, secret, delivery)).toBe(202);
  const rows = await listRequests(actor.workspaceId, endpoint.id, { limit: 2 });
  const used = await Promise.all(
    rows.map(
      async ({ id }) =>
        (await loadRequest(actor, endpoint.id, id))?.checks.find((check) => check.id === "secret-used")?.message,
    ),
  );
  expect(new Set(used).size).toBe(2);
  const numbers = (await listEndpointSecrets(actor.workspaceId, endpoint.id)).map(({ id }) => secretNumber(id));
  for (const message of used)
    expect(numbers.filter((number) => message?.includes(`abcd, no. ${number})`))).toHaveLength(1);
});

it("two keepers at once retire a secret once", async () => {
  const endpoint = await makeEndpoint(actor, {
    provider: "github",
    secrets: [NEW, OLD],
    settings: { retireSecretsAfterHours: 1 },
  });
  expect(await send(endpoint.path, NEW, "f-1")).toBe(202);
  const counts = await Promise.all(Array.from({ length: 4 }, () => retireUnusedSecrets(later(2))));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1);
  expect(
    (await listEndpointSecrets(actor.workspaceId, endpoint.id)).filter(({ retiredAt }) => retiredAt === null),
  ).toHaveLength(1);
});

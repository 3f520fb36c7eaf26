import { afterAll, describe, expect, test } from "vitest";
import { allowAddress, revokeAddress } from "#lib/commands/instance/allow-address.ts";
import { listAuditEntries } from "#lib/db/audit-entries.ts";
import { listEgressPermissions } from "#lib/db/egress-permissions.ts";
import { closeLive } from "#lib/db/live.ts";
import { closeAgents } from "#lib/platform/egress/http-agents.ts";
import { findEgressRules } from "#lib/running/effect-ports.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { actorAs } from "#tests/support/sample-connections.ts";

afterAll(async () => {
  closeAgents();
  await closeLive();
});
useTestDatabase();

describe("egress permissions", () => {
  test("are given once, listed, audited and revoked", async () => {
    const who = actorAs();
    const first = await allowAddress(who, { address: "192.168.1.10", port: 8080, note: "CRM" });
    expect(await allowAddress(who, { address: "192.168.1.10", port: 8080 })).toEqual(first);
    expect(await findEgressRules(who.workspaceId)).toMatchObject({
      permissions: [{ address: "192.168.1.10", port: 8080 }],
    });
    await revokeAddress(who, first.id);
    await expect(revokeAddress(who, first.id)).rejects.toThrow("no such permission");
    expect(await findEgressRules(who.workspaceId)).toMatchObject({ permissions: [] });
    expect(await listEgressPermissions(who.workspaceId, { revoked: true })).toHaveLength(1);
    expect((await listAuditEntries(who.workspaceId, { limit: 10 })).map((entry) => entry.action).sort()).toEqual([
      "egress.allow",
      "egress.revoke",
    ]);
  });

  test.each([
    "169.254.169.254",
    "fd00:ec2::254",
    "100.100.100.200",
    "fe80::1",
    "8.8.8.8",
    "::ffff:10.0.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "10.0.0.0/8",
    "crm.local",
    "127.1",
    "2130706433",
    "",
  ])("are never given for %j", async (address) => {
    await expect(allowAddress(actorAs(), { address, port: 80 })).rejects.toMatchObject({ name: "InvalidInputError" });
  });

  test("are never given for Hookline's own database, to other roles, or to other workspaces", async () => {
    const url = new URL(process.env.DATABASE_URL ?? "");
    await expect(allowAddress(actorAs(), { address: "127.0.0.1", port: Number(url.port) })).rejects.toThrow(
      "own database",
    );
    await expect(allowAddress(actorAs("editor"), { address: "10.0.0.1", port: 80 })).rejects.toThrow(
      "role does not allow",
    );
    const { id } = await allowAddress(actorAs(), { address: "10.0.0.1", port: 80 });
    await expect(revokeAddress(actorAs(), id)).rejects.toThrow("no such permission");
  });
});

import { afterAll, describe, expect, test } from "vitest";
import { createConnection } from "#lib/commands/connections/create-connection.ts";
import { deleteConnection, restoreConnection } from "#lib/commands/connections/delete-connection.ts";
import { testConnection } from "#lib/commands/connections/test-connection.ts";
import { updateConnection } from "#lib/commands/connections/update-connection.ts";
import { newId } from "#lib/core/ids.ts";
import { listAuditEntries } from "#lib/db/audit-entries.ts";
import { findConnection, findOpenConnection, listConnections, listFlowsUsing } from "#lib/db/connections.ts";
import { closeLive } from "#lib/db/live.ts";
import { pool } from "#lib/db/pool.ts";
import { closeAgents } from "#lib/platform/egress/http-agents.ts";
import { performEffectFor } from "#lib/running/perform-effect-for.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { actorAs, bearer, smtp } from "#tests/support/sample-connections.ts";

afterAll(async () => {
  closeAgents();
  await closeLive();
});
useTestDatabase();

describe("a connection", () => {
  test("keeps its secret sealed in the database and shows only how it ends", async () => {
    const who = actorAs();
    const { id } = await createConnection(who, bearer);
    const { rows } = await pool().query("SELECT row_to_json(c)::text AS text, sealed FROM connection c WHERE id = $1", [
      id,
    ]);
    expect(rows[0].text).not.toContain("very-secret");
    expect(Buffer.from(rows[0].sealed).toString("latin1")).not.toContain("secret");
    const shown = await findConnection(who.workspaceId, id);
    expect(JSON.stringify(shown)).not.toContain("very-secret");
    expect(shown?.secretHints).toEqual({ token: "oken" });
    expect((await findOpenConnection(who.workspaceId, id))?.secrets).toEqual({ token: "sk_live_very-secret-token" });
    expect(JSON.stringify(await listAuditEntries(who.workspaceId, { limit: 10 }))).not.toContain("very-secret");
  });

  test("does not open in another row", async () => {
    const who = actorAs();
    const [one, two] = [await createConnection(who, bearer), await createConnection(who, bearer)];
    await pool().query("UPDATE connection SET sealed = (SELECT sealed FROM connection WHERE id = $1) WHERE id = $2", [
      one.id,
      two.id,
    ]);
    await expect(findOpenConnection(who.workspaceId, two.id)).rejects.toThrow(/damaged or belongs somewhere else/);
  });

  test("is invisible to other workspaces and untouchable for editors", async () => {
    const who = actorAs();
    const { id } = await createConnection(who, bearer);
    const stranger = actorAs();
    expect(await findConnection(stranger.workspaceId, id)).toBeNull();
    expect(await listConnections(stranger.workspaceId)).toEqual([]);
    await expect(updateConnection(stranger, id, bearer)).rejects.toThrow("no such connection");
    await expect(deleteConnection(stranger, id)).rejects.toThrow("no such connection");
    await expect(testConnection(stranger, { id, connection: bearer })).rejects.toThrow("no such connection");
    for (const role of ["viewer", "editor"] as const)
      await expect(createConnection(actorAs(role), bearer)).rejects.toThrow("role does not allow");
  });

  test("keeps secrets that a change leaves out, and asks again when they would go somewhere else", async () => {
    const who = actorAs();
    const { id } = await createConnection(who, smtp);
    await updateConnection(who, id, { ...smtp, name: "Post", secrets: { password: "" } });
    expect(await findOpenConnection(who.workspaceId, id)).toMatchObject({
      name: "Post",
      secrets: { password: "corr3ct-horse" },
    });
    const moved = { ...smtp, config: { ...smtp.config, host: "evil.example" }, secrets: {} };
    await expect(updateConnection(who, id, moved)).rejects.toThrow("secrets.password: Enter it again");
    await expect(testConnection(who, { id, connection: moved })).rejects.toThrow("secrets.password: Enter it again");
    await expect(
      updateConnection(who, id, { ...moved, secrets: { password: "new-password" } }),
    ).resolves.toBeUndefined();
  });

  test("gets a new version only when frozen plans depend on the change", async () => {
    const who = actorAs();
    const key = {
      name: "Key",
      kind: "http.apiKey",
      config: { header: "X-Api-Key", hosts: ["api.acme.dev"] },
      secrets: { key: "abcdefghijkl" },
    };
    const { id } = await createConnection(who, key);
    await updateConnection(who, id, { ...key, secrets: { key: "mnopqrstuvwx" } });
    expect((await findConnection(who.workspaceId, id))?.version).toBe(1);
    await updateConnection(who, id, { ...key, config: { header: "X-Other", hosts: ["api.acme.dev"] } });
    expect((await findConnection(who.workspaceId, id))?.version).toBe(2);
  });

  test.each([
    ["no name", { ...bearer, name: " " }, "name"],
    ["an unknown kind", { ...bearer, kind: "http.magic" }, "kind"],
    ["the built-in kind", { ...bearer, kind: "outbox", secrets: {} }, "kind"],
    ["no secret", { ...bearer, secrets: {} }, "secrets.token"],
    ["a line break in a secret", { ...bearer, secrets: { token: "a\r\nEvil: 1" } }, "secrets.token"],
    [
      "a header that is Hookline's",
      { name: "x", kind: "http.apiKey", config: { header: "Host", hosts: ["*"] }, secrets: { key: "k" } },
      "config.header",
    ],
    [
      "a colon in a user name",
      { name: "x", kind: "http.basic", config: { user: "a:b", hosts: ["*"] }, secrets: { password: "k" } },
      "config.user",
    ],
    ["a URL for a mail server", { ...smtp, config: { ...smtp.config, host: "smtp://x" } }, "config.host"],
    ["a field nobody knows", { ...bearer, config: { hosts: ["*"], nonsense: 1 } }, "config"],
  ])("is refused with %s, naming the field", async (_name, input, field) => {
    await expect(createConnection(actorAs(), input)).rejects.toMatchObject({
      problems: expect.arrayContaining([expect.objectContaining({ field })]),
    });
  });

  test("can be deleted and brought back, and its steps fail in between", async () => {
    const who = actorAs();
    const { id } = await createConnection(who, bearer);
    await deleteConnection(who, id);
    await expect(deleteConnection(who, id)).rejects.toThrow("no such connection");
    expect(await listConnections(who.workspaceId)).toEqual([]);
    expect((await listConnections(who.workspaceId, { deleted: true })).map((one) => one.id)).toEqual([id]);
    const effect = {
      kind: "http" as const,
      method: "GET",
      url: "http://127.0.0.1:9/",
      headers: [["A", [{ slot: { connectionId: id, version: 1, field: "token" } }]]] as const,
      body: null,
      timeoutMs: 500,
      redirectsMax: 0,
      responseBytesMax: 10,
    };
    expect(
      await performEffectFor(who.workspaceId, effect, { place: null, signal: AbortSignal.timeout(2_000) }),
    ).toMatchObject({
      kind: "failed",
      code: "connection-gone",
    });
    await restoreConnection(who, id);
    expect((await findOpenConnection(who.workspaceId, id))?.secrets.token).toBe("sk_live_very-secret-token");
  });

  test("names the flows that use it", async () => {
    const who = actorAs();
    const { id } = await createConnection(who, bearer);
    await pool().query(
      "INSERT INTO flow (id, workspace_id, name, draft) VALUES ($1, $2, 'Orders', $3), ($4, $2, 'Other', '{}')",
      [newId(), who.workspaceId, JSON.stringify({ connectionId: id }), newId()],
    );
    expect((await listFlowsUsing(who.workspaceId, id)).map((flow) => flow.name)).toEqual(["Orders"]);
  });
});

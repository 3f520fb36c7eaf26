import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { createConnection } from "#lib/commands/connections/create-connection.ts";
import { testConnection } from "#lib/commands/connections/test-connection.ts";
import { allowAddress, revokeAddress } from "#lib/commands/instance/allow-address.ts";
import { findConnection } from "#lib/db/connections.ts";
import { closeLive } from "#lib/db/live.ts";
import { closeAgents } from "#lib/platform/egress/http-agents.ts";
import { startHttpSink } from "#tests/support/http-sink.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { actorAs, bearer, smtp, startSmtp } from "#tests/support/sample-connections.ts";

afterAll(async () => {
  closeAgents();
  await closeLive();
});
useTestDatabase();

describe("testing a connection", () => {
  test("offers to allow a private address, and works once it is allowed and not after it is revoked", async () => {
    const who = actorAs();
    const mail = await startSmtp();
    const connection = { ...smtp, config: { ...smtp.config, port: mail.port } };
    const { id } = await createConnection(who, connection);
    expect(await testConnection(who, { id, connection })).toMatchObject({
      ok: false,
      code: "egress-private-address",
      refusal: { address: "127.0.0.1", port: mail.port, allowable: true },
    });
    const permission = await allowAddress(who, { address: "127.0.0.1", port: mail.port });
    expect(await testConnection(who, { id, connection })).toMatchObject({
      ok: true,
      message: expect.stringContaining("No mail was sent"),
    });
    expect((await findConnection(who.workspaceId, id))?.lastTest?.ok).toBe(true);
    const wrong = await testConnection(who, {
      id,
      connection: { ...connection, secrets: { password: "wrong-password" } },
    });
    expect(wrong).toMatchObject({ ok: false, code: "smtp-sign-in", message: expect.stringContaining("app password") });
    expect(JSON.stringify(wrong)).not.toContain("wrong-password");
    expect(mail.mails).toEqual([]);
    await revokeAddress(who, permission.id);
    expect(await testConnection(who, { id, connection })).toMatchObject({ code: "egress-private-address" });
  });

  test("says whether a URL takes an HTTP credential", async () => {
    const who = actorAs();
    const web = await startHttpSink({ durable: false });
    onTestFinished(() => web.close());
    web.answer((hit) => ({ status: hit.headers["authorization"] === "Bearer sk_live_very-secret-token" ? 200 : 401 }));
    await allowAddress(who, { address: "127.0.0.1", port: web.port });
    const url = `http://127.0.0.1:${web.port}/me`;
    expect(await testConnection(who, { connection: bearer, url })).toMatchObject({
      ok: true,
      message: expect.stringContaining("answered 200"),
    });
    expect(
      await testConnection(who, { connection: { ...bearer, secrets: { token: "another-token" } }, url }),
    ).toMatchObject({
      ok: false,
      code: "http-401",
    });
    expect(await testConnection(who, { connection: bearer })).toMatchObject({ ok: false, code: "no-url" });
    expect(web.hits().map((hit) => hit.headers["authorization"])).toEqual([
      "Bearer sk_live_very-secret-token",
      "Bearer another-token",
    ]);
  });
});

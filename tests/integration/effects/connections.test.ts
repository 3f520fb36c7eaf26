import http from "node:http";
import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { allowAddress, revokeAddress } from "#lib/commands/allow-address.ts";
import { createConnection } from "#lib/commands/create-connection.ts";
import { deleteConnection, restoreConnection } from "#lib/commands/delete-connection.ts";
import { findEgressRules } from "#lib/commands/effect-ports.ts";
import { performEffectFor } from "#lib/commands/perform-effect-for.ts";
import { sendOutboxMail } from "#lib/commands/send-outbox-mail.ts";
import { testConnection } from "#lib/commands/test-connection.ts";
import { updateConnection } from "#lib/commands/update-connection.ts";
import type { Actor } from "#lib/core/actor.ts";
import { newId, type WorkspaceId } from "#lib/core/ids.ts";
import type { Role } from "#lib/core/roles.ts";
import { listAuditEntries } from "#lib/db/audit-entries.ts";
import { findConnection, findOpenConnection, listConnections, listFlowsUsing } from "#lib/db/connections.ts";
import { listEgressPermissions } from "#lib/db/egress-permissions.ts";
import { closeLive } from "#lib/db/live.ts";
import { findOutboxMail, listOutboxMails } from "#lib/db/outbox-mails.ts";
import { pool } from "#lib/db/pool.ts";
import type { EmailEffect } from "#lib/engine/effect.ts";
import { closeAgents } from "#lib/platform/egress/http-agents.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";

afterAll(async () => {
  await closeAgents();
  await closeLive();
});
useTestDatabase();

function actor(role: Role = "admin", workspaceId = newId() as WorkspaceId): Actor {
  return { kind: "user", id: newId(), workspaceId, role };
}

const bearer = { name: "CRM", kind: "http.bearer", config: {}, secrets: { token: "sk_live_very-secret-token" } };
const smtp = {
  name: "Mail",
  kind: "smtp",
  config: { host: "127.0.0.1", port: 2525, security: "none", user: "ada", from: "hooks@acme.dev" },
  secrets: { password: "corr3ct-horse" },
};

async function startMail() {
  const messages: string[] = [];
  const server = new SMTPServer({
    disabledCommands: ["STARTTLS"],
    allowInsecureAuth: true,
    onAuth: (auth, _session, done) =>
      auth.password === "corr3ct-horse"
        ? done(null, { user: "ada" })
        : done(Object.assign(new Error("5.7.8 wrong"), { responseCode: 535 })),
    onData: (stream, _session, done) => {
      let text = "";
      stream.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
      stream.on("end", () => {
        messages.push(text);
        done();
      });
    },
  });
  server.on("error", () => undefined);
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { port: (server.server.address() as AddressInfo).port, messages };
}

async function startWeb() {
  const auth: (string | undefined)[] = [];
  const server = http.createServer((request, response) => {
    auth.push(request.headers.authorization);
    response.statusCode = request.headers.authorization === "Bearer sk_live_very-secret-token" ? 200 : 401;
    response.end();
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, auth };
}

describe("a connection", () => {
  test("keeps its secret sealed in the database and shows only how it ends", async () => {
    const who = actor();
    const { id } = await createConnection(who, bearer);
    const { rows } = await pool().query("SELECT row_to_json(c)::text AS text, sealed FROM connection c WHERE id = $1", [id]);
    expect(rows[0].text).not.toContain("very-secret");
    expect(Buffer.from(rows[0].sealed).toString("latin1")).not.toContain("secret");
    const shown = await findConnection(who.workspaceId, id);
    expect(JSON.stringify(shown)).not.toContain("very-secret");
    expect(shown?.secretHints).toEqual({ token: "oken" });
    expect((await findOpenConnection(who.workspaceId, id))?.secrets).toEqual({ token: "sk_live_very-secret-token" });
    expect(JSON.stringify(await listAuditEntries(who.workspaceId, { limit: 10 }))).not.toContain("very-secret");
  });

  test("does not open in another row", async () => {
    const who = actor();
    const [one, two] = [await createConnection(who, bearer), await createConnection(who, bearer)];
    await pool().query("UPDATE connection SET sealed = (SELECT sealed FROM connection WHERE id = $1) WHERE id = $2", [one.id, two.id]);
    await expect(findOpenConnection(who.workspaceId, two.id)).rejects.toThrow(/damaged or belongs somewhere else/);
  });

  test("is invisible to other workspaces and untouchable for editors", async () => {
    const who = actor();
    const { id } = await createConnection(who, bearer);
    const stranger = actor();
    expect(await findConnection(stranger.workspaceId, id)).toBeNull();
    expect(await listConnections(stranger.workspaceId)).toEqual([]);
    await expect(updateConnection(stranger, id, bearer)).rejects.toThrow("no such connection");
    await expect(deleteConnection(stranger, id)).rejects.toThrow("no such connection");
    await expect(testConnection(stranger, { id, connection: bearer })).rejects.toThrow("no such connection");
    for (const role of ["viewer", "editor"] as const)
      await expect(createConnection(actor(role), bearer)).rejects.toThrow("role does not allow");
  });

  test("keeps secrets that a change leaves out, and asks again when they would go somewhere else", async () => {
    const who = actor();
    const { id } = await createConnection(who, smtp);
    await updateConnection(who, id, { ...smtp, name: "Post", secrets: { password: "" } });
    expect(await findOpenConnection(who.workspaceId, id)).toMatchObject({ name: "Post", secrets: { password: "corr3ct-horse" } });
    const moved = { ...smtp, config: { ...smtp.config, host: "evil.example" }, secrets: {} };
    await expect(updateConnection(who, id, moved)).rejects.toThrow("secrets.password: Enter it again");
    await expect(testConnection(who, { id, connection: moved })).rejects.toThrow("secrets.password: Enter it again");
    await expect(updateConnection(who, id, { ...moved, secrets: { password: "new-password" } })).resolves.toBeUndefined();
  });

  test("gets a new version only when frozen plans depend on the change", async () => {
    const who = actor();
    const key = { name: "Key", kind: "http.apiKey", config: { header: "X-Api-Key" }, secrets: { key: "abcdefghijkl" } };
    const { id } = await createConnection(who, key);
    await updateConnection(who, id, { ...key, secrets: { key: "mnopqrstuvwx" } });
    expect((await findConnection(who.workspaceId, id))?.version).toBe(1);
    await updateConnection(who, id, { ...key, config: { header: "X-Other" } });
    expect((await findConnection(who.workspaceId, id))?.version).toBe(2);
  });

  test.each([
    ["no name", { ...bearer, name: " " }, "name"],
    ["an unknown kind", { ...bearer, kind: "http.magic" }, "kind"],
    ["the built-in kind", { ...bearer, kind: "outbox", secrets: {} }, "kind"],
    ["no secret", { ...bearer, secrets: {} }, "secrets.token"],
    ["a line break in a secret", { ...bearer, secrets: { token: "a\r\nEvil: 1" } }, "secrets.token"],
    ["a header that is Hookline's", { name: "x", kind: "http.apiKey", config: { header: "Host" }, secrets: { key: "k" } }, "config.header"],
    ["a colon in a user name", { name: "x", kind: "http.basic", config: { user: "a:b" }, secrets: { password: "k" } }, "config.user"],
    ["a URL for a mail server", { ...smtp, config: { ...smtp.config, host: "smtp://x" } }, "config.host"],
    ["a field nobody knows", { ...bearer, config: { nonsense: 1 } }, "config"],
  ])("is refused with %s, naming the field", async (_name, input, field) => {
    await expect(createConnection(actor(), input)).rejects.toMatchObject({
      problems: expect.arrayContaining([expect.objectContaining({ field })]),
    });
  });

  test("can be deleted and brought back, and its steps fail in between", async () => {
    const who = actor();
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
    expect(await performEffectFor(who.workspaceId, effect, { place: null, signal: AbortSignal.timeout(2_000) })).toMatchObject({
      kind: "failed",
      code: "connection-gone",
    });
    await restoreConnection(who, id);
    expect((await findOpenConnection(who.workspaceId, id))?.secrets.token).toBe("sk_live_very-secret-token");
  });

  test("names the flows that use it", async () => {
    const who = actor();
    const { id } = await createConnection(who, bearer);
    await pool().query("INSERT INTO flow (id, workspace_id, name, draft) VALUES ($1, $2, 'Orders', $3), ($4, $2, 'Other', '{}')", [
      newId(),
      who.workspaceId,
      JSON.stringify({ connectionId: id }),
      newId(),
    ]);
    expect((await listFlowsUsing(who.workspaceId, id)).map((flow) => flow.name)).toEqual(["Orders"]);
  });
});

describe("testing a connection", () => {
  test("offers to allow a private address, and works once it is allowed and not after it is revoked", async () => {
    const who = actor();
    const mail = await startMail();
    const connection = { ...smtp, config: { ...smtp.config, port: mail.port } };
    const { id } = await createConnection(who, connection);
    expect(await testConnection(who, { id, connection })).toMatchObject({
      ok: false,
      code: "egress-private-address",
      refusal: { address: "127.0.0.1", port: mail.port, allowable: true },
    });
    const permission = await allowAddress(who, { address: "127.0.0.1", port: mail.port });
    expect(await testConnection(who, { id, connection })).toMatchObject({ ok: true, message: expect.stringContaining("No mail was sent") });
    expect((await findConnection(who.workspaceId, id))?.lastTest?.ok).toBe(true);
    const wrong = await testConnection(who, { id, connection: { ...connection, secrets: { password: "wrong-password" } } });
    expect(wrong).toMatchObject({ ok: false, code: "smtp-sign-in", message: expect.stringContaining("app password") });
    expect(JSON.stringify(wrong)).not.toContain("wrong-password");
    expect(mail.messages).toEqual([]);
    await revokeAddress(who, permission.id);
    expect(await testConnection(who, { id, connection })).toMatchObject({ code: "egress-private-address" });
  });

  test("says whether a URL takes an HTTP credential", async () => {
    const who = actor();
    const web = await startWeb();
    await allowAddress(who, { address: "127.0.0.1", port: web.port });
    const url = `http://127.0.0.1:${web.port}/me`;
    expect(await testConnection(who, { connection: bearer, url })).toMatchObject({
      ok: true,
      message: expect.stringContaining("answered 200"),
    });
    expect(await testConnection(who, { connection: { ...bearer, secrets: { token: "another-token" } }, url })).toMatchObject({
      ok: false,
      code: "http-401",
    });
    expect(await testConnection(who, { connection: bearer })).toMatchObject({ ok: false, code: "no-url" });
    expect(web.auth).toEqual(["Bearer sk_live_very-secret-token", "Bearer another-token"]);
  });
});

describe("egress permissions", () => {
  test("are given once, listed, audited and revoked", async () => {
    const who = actor();
    const first = await allowAddress(who, { address: "192.168.1.10", port: 8080, note: "CRM" });
    expect(await allowAddress(who, { address: "192.168.1.10", port: 8080 })).toEqual(first);
    expect(await findEgressRules(who.workspaceId)).toMatchObject({ permissions: [{ address: "192.168.1.10", port: 8080 }] });
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
    await expect(allowAddress(actor(), { address, port: 80 })).rejects.toMatchObject({ name: "InvalidInputError" });
  });

  test("are never given for Hookline's own database, to other roles, or to other workspaces", async () => {
    const url = new URL(process.env.DATABASE_URL ?? "");
    await expect(allowAddress(actor(), { address: "127.0.0.1", port: Number(url.port) })).rejects.toThrow("own database");
    await expect(allowAddress(actor("editor"), { address: "10.0.0.1", port: 80 })).rejects.toThrow("role does not allow");
    const { id } = await allowAddress(actor(), { address: "10.0.0.1", port: 80 });
    await expect(revokeAddress(actor(), id)).rejects.toThrow("no such permission");
  });
});

describe("the Outbox", () => {
  const mail = (messageId: string): EmailEffect => ({
    kind: "email",
    connectionId: null,
    messageId,
    envelope: { from: "hooks@acme.dev", to: ["ada@example.com"] },
    subject: "Hi",
    message: `Message-ID: ${messageId}\r\nSubject: Hi\r\n\r\nHello ä\r\n`,
  });

  test("keeps a mail once per Message-ID, with the run it came from", async () => {
    const who = actor();
    const options = { place: { runId: newId(), stepPath: "mail" }, signal: AbortSignal.timeout(5_000) };
    const first = await performEffectFor(who.workspaceId, mail("<a@x>"), options);
    const second = await performEffectFor(who.workspaceId, mail("<a@x>"), options);
    expect(second).toEqual(first);
    const kept = await listOutboxMails(who.workspaceId, { limit: 10 });
    expect(kept).toMatchObject([
      { messageId: "<a@x>", runId: options.place.runId, path: "mail", recipients: ["ada@example.com"], sentAt: null },
    ]);
    expect(await listOutboxMails(actor().workspaceId, { limit: 10 })).toEqual([]);
  });

  test("pages through mails from new to old", async () => {
    const who = actor();
    for (let i = 0; i < 5; i += 1)
      await performEffectFor(who.workspaceId, mail(`<${i}@x>`), { place: null, signal: AbortSignal.timeout(5_000) });
    const first = await listOutboxMails(who.workspaceId, { limit: 3 });
    const last = first.at(-1);
    const rest = await listOutboxMails(who.workspaceId, { limit: 3, ...(last ? { beforeId: last.id } : {}) });
    expect(new Set([...first, ...rest].map((one) => one.messageId)).size).toBe(5);
  });

  test("sends a kept mail for real once, with its own bytes", async () => {
    const who = actor();
    const server = await startMail();
    await allowAddress(who, { address: "127.0.0.1", port: server.port });
    const { id: connectionId } = await createConnection(who, { ...smtp, config: { ...smtp.config, port: server.port } });
    const broken = await createConnection(who, { ...smtp, config: { ...smtp.config, port: server.port }, secrets: { password: "wrong" } });
    await performEffectFor(who.workspaceId, mail("<real@x>"), { place: null, signal: AbortSignal.timeout(5_000) });
    const [kept] = await listOutboxMails(who.workspaceId, { limit: 1 });
    const id = kept?.id ?? "";
    expect(await sendOutboxMail(who, id, broken.id)).toMatchObject({ kind: "failed" });
    const results = await Promise.allSettled([sendOutboxMail(who, id, connectionId), sendOutboxMail(who, id, connectionId)]);
    expect(results.map((result) => result.status).sort()).toEqual(["fulfilled", "rejected"]);
    await expect(sendOutboxMail(who, id, connectionId)).rejects.toThrow("sent already");
    expect(server.messages).toEqual([mail("<real@x>").message]);
    expect((await findOutboxMail(who.workspaceId, id))?.sentThrough).toBe(connectionId);
    await expect(sendOutboxMail(actor(), id, connectionId)).rejects.toThrow("no such mail");
  });
});

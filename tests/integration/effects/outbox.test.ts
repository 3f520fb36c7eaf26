import { afterAll, describe, expect, test } from "vitest";
import { createConnection } from "#lib/commands/connections/create-connection.ts";
import { allowAddress } from "#lib/commands/instance/allow-address.ts";
import { sendOutboxMail } from "#lib/commands/instance/send-outbox-mail.ts";
import { newId } from "#lib/core/ids.ts";
import { closeLive } from "#lib/db/live.ts";
import { findOutboxMail, listOutboxMails } from "#lib/db/outbox-mails.ts";
import type { EmailEffect } from "#lib/engine/effect.ts";
import { closeAgents } from "#lib/platform/egress/http-agents.ts";
import { performEffectFor } from "#lib/running/perform-effect-for.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { actorAs, smtp, startSmtp } from "#tests/support/sample-connections.ts";

afterAll(async () => {
  closeAgents();
  await closeLive();
});
useTestDatabase();

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
    const who = actorAs();
    const options = { place: { runId: newId(), stepPath: "mail" }, signal: AbortSignal.timeout(5_000) };
    const first = await performEffectFor(who.workspaceId, mail("<a@x>"), options);
    const second = await performEffectFor(who.workspaceId, mail("<a@x>"), options);
    expect(second).toEqual(first);
    const kept = await listOutboxMails(who.workspaceId, { limit: 10 });
    expect(kept).toMatchObject([
      { messageId: "<a@x>", runId: options.place.runId, path: "mail", recipients: ["ada@example.com"], sentAt: null },
    ]);
    expect(await listOutboxMails(actorAs().workspaceId, { limit: 10 })).toEqual([]);
  });

  test("pages through mails from new to old", async () => {
    const who = actorAs();
    for (let i = 0; i < 5; i += 1)
      await performEffectFor(who.workspaceId, mail(`<${i}@x>`), { place: null, signal: AbortSignal.timeout(5_000) });
    const first = await listOutboxMails(who.workspaceId, { limit: 3 });
    const last = first.at(-1);
    const rest = await listOutboxMails(who.workspaceId, { limit: 3, ...(last ? { beforeId: last.id } : {}) });
    expect(new Set([...first, ...rest].map((one) => one.messageId)).size).toBe(5);
  });

  test("sends a kept mail for real once, with its own bytes", async () => {
    const who = actorAs();
    const server = await startSmtp();
    await allowAddress(who, { address: "127.0.0.1", port: server.port });
    const { id: connectionId } = await createConnection(who, {
      ...smtp,
      config: { ...smtp.config, port: server.port },
    });
    const broken = await createConnection(who, {
      ...smtp,
      config: { ...smtp.config, port: server.port },
      secrets: { password: "wrong" },
    });
    await performEffectFor(who.workspaceId, mail("<real@x>"), { place: null, signal: AbortSignal.timeout(5_000) });
    const [kept] = await listOutboxMails(who.workspaceId, { limit: 1 });
    const id = kept?.id ?? "";
    expect(await sendOutboxMail(who, id, broken.id)).toMatchObject({ kind: "failed" });
    const results = await Promise.allSettled([
      sendOutboxMail(who, id, connectionId),
      sendOutboxMail(who, id, connectionId),
    ]);
    expect(results.map((result) => result.status).sort()).toEqual(["fulfilled", "rejected"]);
    await expect(sendOutboxMail(who, id, connectionId)).rejects.toThrow("sent already");
    expect(server.mails.map(({ raw }) => raw.toString("utf8"))).toEqual([mail("<real@x>").message]);
    expect((await findOutboxMail(who.workspaceId, id))?.sentThrough).toBe(connectionId);
    await expect(sendOutboxMail(actorAs(), id, connectionId)).rejects.toThrow("no such mail");
  });
});

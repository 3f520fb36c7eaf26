import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { describe, expect, onTestFinished, test } from "vitest";
import type { WorkspaceId } from "#lib/core/ids.ts";
import type { JsonObject } from "#lib/core/json.ts";
import type { EffectContext } from "#lib/effects/effect-context.ts";
import { performEmail } from "#lib/effects/email-effect.ts";
import { tryConnection } from "#lib/effects/try-connection.ts";
import type { OpenConnection } from "#lib/engine/connections/connection-kind.ts";
import type { EffectOutcome, EmailEffect } from "#lib/engine/effect.ts";
import { startRawTarget } from "#tests/support/raw-target.ts";

const mail: EmailEffect = {
  kind: "email",
  connectionId: "m1",
  messageId: "<key1@hooks.test>",
  envelope: { from: "hooks@acme.dev", to: ["good@example.com", "grey@example.com", "gone@example.com"] },
  subject: "Hi",
  message: "From: hooks@acme.dev\r\nTo: good@example.com\r\nMessage-ID: <key1@hooks.test>\r\n\r\nHello\r\n",
};

const files = path.join(import.meta.dirname, "../../fixtures/tls");
const pems = {
  key: readFileSync(path.join(files, "self-signed.key.pem")),
  cert: readFileSync(path.join(files, "self-signed.cert.pem")),
};

/** A server that answers each recipient with the next of its codes (the last for ever), and 250 to others. */
async function startServer(codes: Record<string, number[]>, options: SMTPServerOptions = {}) {
  const heard: { to: string[]; raw: string }[] = [];
  const server = new SMTPServer({
    disabledCommands: ["STARTTLS", "AUTH"],
    authOptional: true,
    onRcptTo: ({ address }, _session, done) => {
      const list = codes[address.split("@")[0] ?? ""];
      const code = list === undefined || list.length === 0 ? 250 : list.length > 1 ? list.shift() : list[0];
      done(code === 250 ? null : Object.assign(new Error("4.7.1 not now"), { responseCode: code }));
    },
    onData: (stream, session, done) => {
      let raw = "";
      stream.on("data", (chunk: Buffer) => {
        raw += chunk.toString();
      });
      stream.on("end", () => {
        heard.push({ to: session.envelope.rcptTo.map(({ address }) => address), raw });
        done();
      });
    },
    ...options,
  });
  server.on("error", () => undefined);
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { port: (server.server.address() as AddressInfo).port, heard };
}

const connectionTo = (port: number, config: JsonObject = {}): OpenConnection => ({
  id: "m1",
  kind: "smtp",
  name: "Mail",
  version: 1,
  config: { host: "127.0.0.1", port, security: "none", user: "", from: "hooks@acme.dev", fromName: "", ...config },
  secrets: { password: "corr3ct-horse" },
});

function perform(port: number, effect = mail, config: JsonObject = {}): Promise<EffectOutcome> {
  const context: EffectContext = {
    workspaceId: "w" as WorkspaceId,
    mayRepeat: false,
    signal: new AbortController().signal,
    now: () => new Date(),
    publicHost: "hooks.test",
    ports: {
      findConnection: async () => connectionTo(port, config),
      findEgressRules: async () => ({ allow: ["127.0.0.1/32"], permissions: [], locked: false }),
      answerSender: async () => "nobody-waits",
      keepMail: async () => ({ mailId: "" }),
    },
  };
  return performEmail(effect, context);
}

function restOf(outcome: EffectOutcome): EmailEffect {
  if (outcome.kind !== "failed" || outcome.rest?.kind !== "email") throw new Error(JSON.stringify(outcome));
  return outcome.rest;
}

describe("recipients with fates of their own", () => {
  test("those put off are tried again, and only they, with the same bytes", async () => {
    const server = await startServer({ grey: [451, 250], gone: [550] });
    const first = await perform(server.port);
    expect(first).toMatchObject({
      kind: "failed",
      retryable: true,
      code: "smtp-partly-put-off",
      message: expect.stringMatching(
        new RegExp(
          String.raw`^Accepted for good@example\.com\. Put off for grey@example\.com \(451 .*\)\. ` +
            String.raw`Refused for good for gone@example\.com \(550 .*\)\.$`,
        ),
      ),
      answer: {
        recipients: [
          { address: "good@example.com", fate: "accepted" },
          { address: "grey@example.com", fate: "put off" },
          { address: "gone@example.com", fate: "refused" },
        ],
      },
    });
    const second = await perform(server.port, restOf(first));
    expect(second).toMatchObject({
      kind: "done",
      output: {
        messageId: "<key1@hooks.test>",
        accepted: ["good@example.com", "grey@example.com"],
        rejected: ["gone@example.com"],
        recipients: [{ fate: "accepted" }, { fate: "refused" }, { fate: "accepted" }],
      },
    });
    expect(server.heard.map(({ to }) => to)).toEqual([["good@example.com"], ["grey@example.com"]]);
    expect(server.heard[1]?.raw).toBe(server.heard[0]?.raw);
  });

  test("one refused for good does not fail those who have it, and is named", async () => {
    const server = await startServer({ gone: [550] });
    expect(await perform(server.port)).toMatchObject({
      kind: "done",
      output: { accepted: ["good@example.com", "grey@example.com"], rejected: ["gone@example.com"] },
      answer: { message: expect.stringContaining("Refused for good for gone@example.com (550") },
    });
  });

  test("all refused for good is a failure that is not tried again; all put off is one that is", async () => {
    const refusing = await startServer({ good: [550], grey: [551], gone: [550] });
    expect(await perform(refusing.port)).toMatchObject({
      kind: "failed",
      code: "smtp-all-refused",
      retryable: false,
      message: expect.stringContaining("good@example.com (550"),
    });
    const busy = await startServer({ good: [450], grey: [451], gone: [550] });
    const outcome = await perform(busy.port);
    expect(outcome).toMatchObject({ kind: "failed", code: "smtp-put-off", retryable: true });
    expect(restOf(outcome).envelope.to).toEqual(["good@example.com", "grey@example.com"]);
    expect(busy.heard).toEqual([]);
  });

  test("the words after a broken try still tell who has the mail", async () => {
    const server = await startServer({ grey: [451], gone: [550] });
    const rest = restOf(await perform(server.port));
    expect(await perform(1, rest)).toMatchObject({
      kind: "failed",
      code: "connection-refused",
      message: expect.stringMatching(
        /Nothing was sent\. Before that: Accepted for good@example\.com\. Refused for good/,
      ),
    });
  });

  test("those put off again and again are told once, beside those who have it", async () => {
    const server = await startServer({ grey: [451, 451] });
    const rest = restOf(await perform(server.port));
    expect(await perform(server.port, rest)).toMatchObject({
      kind: "failed",
      code: "smtp-partly-put-off",
      message: expect.stringMatching(
        /^Accepted for good@example\.com, gone@example\.com\. Put off for grey@\S+ \(451[^)]*\)\.$/,
      ),
    });
  });

  test("those refused for good at a later try leave those who have it alone", async () => {
    const server = await startServer({ grey: [451, 550] });
    const outcome = await perform(server.port, restOf(await perform(server.port)));
    expect(outcome).toMatchObject({
      kind: "done",
      output: { accepted: ["good@example.com", "gone@example.com"], rejected: ["grey@example.com"] },
    });
  });
});

describe("what a mail server lacks is told apart, in runs and in the test of a connection", () => {
  const rules = { allow: ["127.0.0.1/32"], permissions: [], locked: false };
  const user = { user: "ada" };

  test.each([
    ["offers no sign-in", { disabledCommands: ["STARTTLS", "AUTH"] }, "smtp-no-sign-in", "offers no sign-in at all"],
    [
      "wants TLS first",
      { disabledCommands: [], allowInsecureAuth: false, ...pems },
      "smtp-needs-tls",
      "et the connection's encryption to STARTTLS",
    ],
    [
      "takes no passwords",
      { disabledCommands: ["STARTTLS"], allowInsecureAuth: true, authMethods: ["XOAUTH2"] },
      "smtp-no-password-sign-in",
      "only: XOAUTH2",
    ],
    [
      "refuses the password",
      { disabledCommands: ["STARTTLS"], allowInsecureAuth: true },
      "smtp-sign-in",
      "refused the name or password",
    ],
  ] as [string, SMTPServerOptions, string, string][])("%s", async (_name, options, code, words) => {
    const server = await startServer(
      {},
      { authOptional: true, onAuth: (_auth, _session, done) => done(new Error("no")), ...options },
    );
    expect(await perform(server.port, mail, user)).toMatchObject({
      kind: "failed",
      code,
      retryable: false,
      message: expect.stringContaining(words),
    });
    const trial = await tryConnection(connectionTo(server.port, user), { url: "", rules, publicHost: "hooks.test" });
    expect(trial).toMatchObject({ ok: false, code, message: expect.stringContaining(words) });
    expect(server.heard).toEqual([]);
  });

  test("offers a sign-in only once it is encrypted: no name and password are sent", async () => {
    const target = await startRawTarget((socket) => {
      socket.write("220 hi\r\n");
      socket.on("data", () => socket.write("250-hi\r\n250-STARTTLS\r\n250 SIZE 1000\r\n"));
    });
    expect(await perform(target.port, mail, user)).toMatchObject({ code: "smtp-needs-tls", retryable: false });
    expect(target.heard.join("")).not.toContain("AUTH");
  });

  test("takes no address beyond ASCII: nothing is sent", async () => {
    const server = await startServer({}, { hideSMTPUTF8: true });
    const wide = { ...mail, envelope: { ...mail.envelope, to: ["zoë@example.com"] } };
    expect(await perform(server.port, wide)).toMatchObject({
      kind: "failed",
      code: "smtp-no-utf8-addresses",
      retryable: false,
      message: expect.stringContaining("SMTPUTF8"),
    });
    expect(server.heard).toEqual([]);
    const able = await startServer({});
    expect(await perform(able.port, wide)).toMatchObject({ kind: "done", output: { accepted: ["zoë@example.com"] } });
  });
});

import { readFileSync } from "node:fs";
import path from "node:path";
import { simpleParser } from "mailparser";
import { describe, expect, test } from "vitest";
import { startRawTarget } from "#tests/support/raw-target.ts";
import { message, perform, startSmtp } from "./perform-mail.ts";

/**
 * A server that follows a script: the first answer is the greeting, then one per line of the client; null = silence,
 * "!" = hang up.
 */
function script(answers: (string | null)[]) {
  return startRawTarget((socket) => {
    let at = 0;
    let buffered = "";
    const next = () => {
      const answer = answers[at];
      at += 1;
      if (answer === undefined || answer === null) return;
      if (answer === "!") socket.destroy();
      else socket.write(`${answer}\r\n`);
    };
    next();
    socket.on("data", (chunk) => {
      buffered += chunk.toString("latin1");
      const inData = answers[at - 1]?.startsWith("354") ?? false;
      const end = inData ? buffered.indexOf("\r\n.\r\n") : buffered.indexOf("\r\n");
      if (end < 0) return;
      buffered = "";
      next();
    });
  });
}

describe("a mail that goes out", () => {
  test("arrives with exactly its bytes, envelope and Message-ID", async () => {
    const server = await startSmtp();
    expect(await perform(server.port)).toMatchObject({
      kind: "done",
      output: {
        messageId: "<key1@hooks.test>",
        accepted: ["ada@example.com", "bcc@example.com"],
        rejected: [],
        keptInOutbox: false,
      },
    });
    expect(server.heard).toEqual([
      { from: "hooks@acme.dev", to: ["ada@example.com", "bcc@example.com"], raw: message, secure: false },
    ]);
    const parsed = await simpleParser(server.heard[0]?.raw ?? "");
    expect(parsed.subject).toBe("Grüße");
    expect(parsed.text).toContain("\n.a line that begins with a dot");
  });

  test("signs in, and keeps the password out of the transcript", async () => {
    const server = await startSmtp({ authOptional: false, allowInsecureAuth: true });
    const outcome = await perform(server.port, { user: "ada" });
    expect(outcome.kind).toBe("done");
    const kept = JSON.stringify(outcome);
    expect(kept).toContain("MAIL FROM");
    expect(kept).not.toContain("corr3ct-horse");
    expect(kept).not.toContain(Buffer.from("\0ada\0corr3ct-horse").toString("base64"));
  });

  test("has the same Message-ID and key on every try", async () => {
    const server = await startSmtp();
    await perform(server.port);
    await perform(server.port);
    for (const one of server.heard) {
      expect(one.raw).toContain("Message-ID: <key1@hooks.test>");
      expect(one.raw).toContain("X-Idempotency-Key: key1");
    }
    expect(server.heard.length).toBe(2);
  });

  test("tells which recipients the server did not take", async () => {
    const server = await startSmtp({
      onRcptTo: (address, _session, done) =>
        done(
          address.address.startsWith("bcc") ? Object.assign(new Error("unknown user"), { responseCode: 550 }) : null,
        ),
    });
    expect(await perform(server.port)).toMatchObject({
      kind: "done",
      output: { accepted: ["ada@example.com"], rejected: ["bcc@example.com"] },
    });
  });
});

describe("a mail without a server", () => {
  test("is kept in the Outbox", async () => {
    expect(await perform(0, {}, { connectionId: null })).toMatchObject({
      kind: "done",
      output: { keptInOutbox: true },
      answer: { outbox: "kept <key1@hooks.test>" },
    });
  });
  test("fails when its connection is gone", async () => {
    expect(await perform(0, {}, { connectionId: "m2" })).toMatchObject({
      kind: "failed",
      code: "connection-gone",
      retryable: false,
    });
  });
  test("does not reach a private mail server that nobody allowed", async () => {
    const server = await startSmtp();
    const outcome = await perform(server.port, {}, {}, undefined, []);
    expect(outcome).toMatchObject({
      kind: "held",
      code: "egress-private-address",
      message: expect.stringContaining(`allow 127.0.0.1:${server.port}`),
    });
    expect(server.heard).toEqual([]);
  });
});

describe("plain words", () => {
  test("for a wrong password", async () => {
    const server = await startSmtp({
      allowInsecureAuth: true,
      authOptional: false,
      onAuth: (_auth, _session, done) => done(Object.assign(new Error("5.7.8 no"), { responseCode: 535 })),
    });
    expect(await perform(server.port, { user: "ada" })).toMatchObject({
      kind: "failed",
      code: "smtp-sign-in",
      retryable: false,
      message: expect.stringMatching(
        /refused the name or password: 127\.0\.0\.1 said 535.*app password.*Nothing was sent/,
      ),
    });
  });

  test("for TLS where the server begins unencrypted", async () => {
    const server = await startSmtp();
    expect(await perform(server.port, { security: "tls" })).toMatchObject({
      kind: "failed",
      code: "smtp-wants-starttls",
      retryable: false,
      message: expect.stringContaining("STARTTLS"),
    });
  });

  test("for a server that offers no STARTTLS", async () => {
    const server = await startSmtp();
    expect(await perform(server.port, { security: "starttls" })).toMatchObject({
      kind: "failed",
      retryable: false,
      message: expect.stringMatching(/STARTTLS|TLS/),
    });
    expect(server.heard).toEqual([]);
  });

  test("for a certificate nobody trusts, and never a mail over it", async () => {
    const files = path.join(import.meta.dirname, "../../fixtures/tls");
    const pems = {
      key: readFileSync(path.join(files, "self-signed.key.pem")),
      cert: readFileSync(path.join(files, "self-signed.cert.pem")),
    };
    const server = await startSmtp({ disabledCommands: [], ...pems });
    expect(await perform(server.port, { security: "starttls" })).toMatchObject({
      kind: "failed",
      code: "smtp-starttls",
      retryable: false,
      message: expect.stringContaining("certificate"),
    });
    const secure = await startSmtp({ secure: true, ...pems });
    expect(await perform(secure.port, { security: "tls" })).toMatchObject({
      kind: "failed",
      code: expect.stringContaining("certificate"),
    });
    expect([...server.heard, ...secure.heard]).toEqual([]);
  });

  test("for a port nobody listens on", async () => {
    expect(await perform(1)).toMatchObject({ kind: "failed", code: "connection-refused", retryable: true });
  });
});

describe("failures by stage", () => {
  const hello = ["220 hi", "250 hi"];
  test.each([
    ["4xx greeting", ["421 busy"], "failed", true],
    ["5xx greeting", ["554 no"], "failed", false],
    ["4xx MAIL", [...hello, "451 later"], "failed", true],
    ["5xx MAIL", [...hello, "550 no"], "failed", false],
    ["4xx RCPT", [...hello, "250 ok", "450 greylisted", "450 greylisted"], "failed", true],
    ["5xx RCPT", [...hello, "250 ok", "550 unknown", "550 unknown"], "failed", false],
    ["4xx DATA", [...hello, "250 ok", "250 ok", "250 ok", "452 full"], "failed", true],
    ["5xx after DATA", [...hello, "250 ok", "250 ok", "250 ok", "354 go", "554 spam"], "failed", false],
    ["4xx after DATA", [...hello, "250 ok", "250 ok", "250 ok", "354 go", "451 later"], "failed", true],
    ["hang-up at greeting", ["!"], "failed", true],
    ["hang-up at EHLO", ["220 hi", "!", "!"], "failed", true],
    ["hang-up at MAIL", [...hello, "!"], "failed", true],
    ["hang-up at DATA", [...hello, "250 ok", "250 ok", "250 ok", "!"], "failed", true],
    [
      "hang-up after the mail was handed over",
      [...hello, "250 ok", "250 ok", "250 ok", "354 go", "!"],
      "unknown",
      null,
    ],
  ] as const)("%s: %s, tried again %s", async (_name, answers, kind, retryable) => {
    const server = await script([...answers]);
    const outcome = await perform(server.port);
    expect(outcome).toMatchObject(
      retryable === null ? { kind, message: expect.stringContaining("We cannot tell") } : { kind, retryable },
    );
  });

  test("a mail that is refused at DATA is not called a refusal of its recipients", async () => {
    const server = await script([...hello, "250 ok", "250 ok", "250 ok", "451 greylisted"]);
    expect(await perform(server.port)).toMatchObject({
      kind: "failed",
      code: "smtp-451",
      message: expect.stringMatching(/^The server refused the mail: .*greylisted.*Nothing was sent\.$/),
    });
  });

  test.each([
    ["greeting", [null], "failed"],
    ["EHLO", ["220 hi", null], "failed"],
    ["MAIL", [...hello, null], "failed"],
    ["DATA", [...hello, "250 ok", "250 ok", "250 ok", null], "failed"],
    ["the final answer", [...hello, "250 ok", "250 ok", "250 ok", "354 go", null], "unknown"],
  ] as const)("silence at %s ends as %s when time is up", async (_name, answers, kind) => {
    const server = await script([...answers]);
    const outcome = await perform(server.port, {}, {}, AbortSignal.timeout(700));
    expect(outcome.kind).toBe(kind);
    if (outcome.kind === "failed") expect(outcome.retryable).toBe(true);
    await expect.poll(() => server.sockets.size, { timeout: 5_000 }).toBe(0);
  });

  test("silence ends as soon as the time of its step is up", async () => {
    const server = await script(["220 hi", null]);
    const began = performance.now();
    expect(await perform(server.port, {}, { timeoutMs: 600 })).toMatchObject({ kind: "failed", retryable: true });
    expect(performance.now() - began).toBeLessThan(30_000);
  });
});

test("an address with a line break never reaches the wire", async () => {
  const server = await startSmtp();
  for (const to of ["a@b.c\r\nRCPT TO:<evil@x.y>", "a@b.c>\nDATA", "<a@b.c> SIZE=1\0"])
    expect(await perform(server.port, {}, { envelope: { from: "hooks@acme.dev", to: [to] } })).toMatchObject({
      kind: "failed",
      retryable: false,
    });
  expect(server.heard).toEqual([]);
});

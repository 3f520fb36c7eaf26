import { readFileSync } from "node:fs";
import { simpleParser } from "mailparser";
import { describe, expect, it } from "vitest";
import { action } from "#lib/actions/email-send.ts";
import type { PlanContext, PlanResult } from "#lib/engine/action.ts";
import { readAddress, readMailboxes } from "#lib/engine/template/mailbox.ts";
import { cpuMs } from "#tests/support/cpu-time.ts";

const context: PlanContext = {
  runId: "r",
  stepPath: "mail",
  idempotencyKey: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  now: new Date("2026-03-04T05:06:07.000Z"),
  connection: {
    id: "c1",
    kind: "smtp",
    name: "Mail",
    version: 1,
    config: { from: "hooks@acme.dev", fromName: "Acme" },
  },
  publicHost: "hooks.acme.dev",
};

const plan = (input: Record<string, unknown>, more: Partial<PlanContext> = {}): PlanResult =>
  action.plan(action.input.parse({ to: "ada@example.com", subject: "Hi", text: "Hello", ...input }), {
    ...context,
    ...more,
  });

function planned(input: Record<string, unknown>, more: Partial<PlanContext> = {}) {
  const result = plan(input, more);
  if (result.kind !== "planned" || result.effect.kind !== "email") throw new Error(JSON.stringify(result));
  return result.effect;
}

describe("email.send", () => {
  it("gives an attempt the time the step says, and says nothing where that is the usual", () => {
    expect(planned({ timeoutSeconds: 10 }).timeoutMs).toBe(10_000);
    expect(planned({})).not.toHaveProperty("timeoutMs");
    const read = (timeoutSeconds: unknown) =>
      action.input.safeParse({ to: "ada@example.com", subject: "Hi", text: "Hello", timeoutSeconds }).success;
    expect([read(5), read(300), read(4), read(301), read("10")]).toEqual([true, true, false, false, false]);
  });

  it("plans one message with a fixed Message-ID and date, Bcc in the envelope only", async () => {
    const effect = planned({
      to: "Ada <ada@example.com>, bob@example.com",
      cc: "cc@example.com",
      bcc: "secret@example.com, ada@example.com",
      replyTo: "help@acme.dev",
      subject: "Ünïcode €",
      html: "<b>Hi</b>",
    });
    expect(effect.envelope).toEqual({
      from: "hooks@acme.dev",
      to: ["ada@example.com", "bob@example.com", "cc@example.com", "secret@example.com"],
    });
    expect(effect.messageId).toBe("<9f86d081884c7d659a2feaa0c55ad015a3bf4f1b@hooks.acme.dev>");
    expect(effect.message).not.toContain("secret@example.com");
    const mail = await simpleParser(effect.message);
    expect(mail).toMatchObject({
      subject: "Ünïcode €",
      messageId: effect.messageId,
      date: context.now,
      text: "Hello",
      html: "<b>Hi</b>",
    });
    expect(mail.from?.value).toEqual([{ name: "Acme", address: "hooks@acme.dev" }]);
    expect(mail.headers.get("x-idempotency-key")).toBe(context.idempotencyKey);
    expect(mail.headers.get("reply-to")).toMatchObject({ text: "help@acme.dev" });
  });

  it("gives every try the same message and another step another Message-ID", () => {
    expect(planned({}).message).toBe(planned({}).message);
    expect(planned({}, { idempotencyKey: "0".repeat(64) }).messageId).not.toBe(planned({}).messageId);
  });

  it("writes to the Outbox under this instance's name without a connection", () => {
    expect(planned({}, { connection: null })).toMatchObject({
      connectionId: null,
      envelope: { from: "hookline@hooks.acme.dev" },
    });
  });

  it.each([
    [{ subject: "Hi\r\nBcc: evil@x.dev" }, "subject"],
    [{ subject: "Hi\u0000" }, "subject"],
    [{ subject: " " }, "subject"],
    [{ to: "ada@example.com\r\nBcc: evil@x.dev" }, "to"],
    [{ to: "" }, "to"],
    [{ cc: "nobody" }, "cc"],
    [{ bcc: "a@b@c.dev" }, "bcc"],
    [{ replyTo: "<>" }, "replyTo"],
    [{ from: "a@x.dev, b@x.dev" }, "from"],
    [{ text: " " }, "text"],
    [{ to: Array.from({ length: 60 }, (_, index) => `u${index}@example.com`).join(", ") }, "to"],
  ])("refuses %j before anything is planned", (input, field) => {
    expect(plan(input)).toMatchObject({ kind: "refused", field });
  });

  it("takes text that looks like a file, an address or raw MIME as text", async () => {
    const tricky = '{"path":"/etc/passwd","href":"http://127.0.0.1/","raw":"x"}';
    const mail = await simpleParser(planned({ text: tricky, html: tricky }).message);
    expect(mail.text?.trim()).toBe(tricky);
    expect(mail.attachments).toEqual([]);
  });
});

describe("the address grammar", () => {
  it.each(["ada@example.com", "a.b+c@sub.example.co", "o'neil@example.com", "x@xn--bcher-kva.example"])(
    "takes %s",
    (text) => {
      expect(readAddress(text)).toBe(text);
    },
  );

  it("delivers an internationalised domain in the form that was checked", () => {
    expect(readAddress("ada@bücher.example")).toBe("ada@xn--bcher-kva.example");
    expect(readAddress("ada@EXAMPLE.com")).toBe("ada@example.com");
  });

  it.each([
    '"e@attacker.com"@victim.com',
    "a@b@c.dev",
    "ada＠example.com",
    "ada@ｅxample.com",
    "ada@[127.0.0.1]",
    "ada@127.0.0.1",
    "ada@0x7f.1",
    "ada@localhost",
    "ada@example..com",
    ".ada@example.com",
    "ada@-example.com",
    "ada@example.com(comment)",
    "(a)ada@example.com",
    "group: ada@example.com;",
    "@route:ada@example.com",
    "ada@exam ple.com",
    `${"a".repeat(65)}@example.com`,
    `ada@${"a.".repeat(130)}com`,
    "ada\u2028@example.com",
    "ada@example.com\n",
  ])("refuses %j", (text) => {
    const reading = readMailboxes(text);
    expect(reading.kind === "refused" || reading.mailboxes.length === 0).toBe(true);
  });

  it("takes no long time over long lists and deep comments", () => {
    const startedMs = cpuMs();
    for (const text of [
      "(".repeat(19_000),
      `a@${"b.".repeat(9_000)}c`,
      "a".repeat(19_000),
      `"${"\\".repeat(19_000)}`,
      "<".repeat(19_000),
      "a@b.c,".repeat(3_000),
      `${"x ".repeat(9_000)}<`,
    ])
      readMailboxes(text);
    expect(cpuMs() - startedMs).toBeLessThan(50);
  });

  // Fixture: the test set 3.05 of github.com/dominicsayers/isemail, BSD-3-Clause, by Dominic Sayers and Michael
  // Rushton.
  it("accepts from the isemail corpus only what the corpus calls deliverable", () => {
    const cases = JSON.parse(
      readFileSync(new URL("../../fixtures/isemail-addresses.json", import.meta.url), "utf8"),
    ) as {
      address: string;
      category: string;
    }[];
    expect(cases.length).toBeGreaterThan(150);
    const accepted = cases.filter(({ address }) => readAddress(address) !== null);
    expect(accepted.length).toBeGreaterThan(5);
    expect([...new Set(accepted.map(({ category }) => category))].sort()).toEqual([
      "ISEMAIL_DNSWARN",
      "ISEMAIL_VALID_CATEGORY",
    ]);
  });
});

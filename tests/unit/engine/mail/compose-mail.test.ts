import fc from "fast-check";
import { simpleParser } from "mailparser";
import { describe, expect, it } from "vitest";
import { composeMail, type MailDraft } from "#lib/engine/mail/compose-mail.ts";
import { encodeQuotedPrintable } from "#lib/engine/mail/quoted-printable.ts";

const draft: MailDraft = {
  from: { name: "Acme Hooks", address: "hooks@acme.dev" },
  to: [{ name: "", address: "ada@example.com" }],
  cc: [],
  replyTo: [],
  subject: "Order 42",
  text: "Hello",
  html: null,
  date: new Date("2026-03-04T05:06:07.000Z"),
  messageId: "<abc@hooks.acme.dev>",
  boundarySeed: "0123456789abcdef",
  extraHeaders: [["X-Idempotency-Key", "abc"]],
};

const anyText = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 300 }),
  fc.string({ unit: "binary", maxLength: 100 }),
  fc
    .array(
      fc.constantFrom(
        ".",
        "\n",
        "..",
        " ",
        "=",
        "ä",
        "😀",
        "word ",
        "\t",
        "-- ",
        "From ",
        "--=_hookline_0123456789abcdef",
      ),
      {
        maxLength: 80,
      },
    )
    .map((p) => p.join("")),
);

describe("composeMail", () => {
  it("writes a plain mail", () => {
    expect(composeMail(draft)).toBe(
      [
        'From: "Acme Hooks" <hooks@acme.dev>',
        "To: ada@example.com",
        "Subject: Order 42",
        "Date: Wed, 04 Mar 2026 05:06:07 +0000",
        "Message-ID: <abc@hooks.acme.dev>",
        "MIME-Version: 1.0",
        "X-Idempotency-Key: abc",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: quoted-printable",
        "",
        "Hello",
        "",
      ].join("\r\n"),
    );
  });

  it("is read back by another library exactly as it was meant, whatever the texts are", async () => {
    const clean = (text: string) => text.toWellFormed().replace(/[\u0000-\u001f\u007f]/g, "");
    await fc.assert(
      fc.asyncProperty(anyText, anyText, anyText, async (subject, text, name) => {
        const written = {
          ...draft,
          subject: clean(subject),
          text,
          html: `<p>${clean(text)}</p>`,
          to: [
            { name: clean(name).trim(), address: "ada@example.com" },
            { name: "", address: "bob@example.com" },
          ],
        };
        const message = composeMail(written);
        expect(message).toMatch(/^[\r\n\x20-\x7e\t]*$/);
        for (const line of message.split("\r\n"))
          expect(line.length, line).toBeLessThanOrEqual(line.startsWith("Content-Type") ? 120 : 200);
        const parsed = await simpleParser(message);
        const spaces = (value: string) => value.replace(/\s+/g, " ").trim();
        expect(spaces(parsed.subject ?? "")).toBe(spaces(written.subject));
        expect((parsed.text ?? "").replace(/\n$/, "")).toBe(
          text
            .toWellFormed()
            .replace(/\r\n|\r/g, "\n")
            .replace(/\n$/, ""),
        );
        const recipients = [parsed.to].flat().flatMap((list) => list?.value ?? []);
        expect(recipients.map((one) => one.address)).toEqual(["ada@example.com", "bob@example.com"]);
      }),
      { numRuns: 300, seed: 5 },
    );
  });

  it("refuses to write a header that would start another line", () => {
    expect(() => composeMail({ ...draft, messageId: "<a@b>\r\nBcc: x@y.dev" })).toThrow("Message-ID");
    expect(composeMail({ ...draft, subject: "a\r\nBcc: x@y.dev" })).not.toMatch(/^Bcc/m);
  });
});

describe("quoted-printable", () => {
  it("keeps lines short, ends none in a space and starts none with a dot", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const line of encodeQuotedPrintable(text).split("\r\n")) {
          expect(line.length).toBeLessThanOrEqual(76);
          expect(line).not.toMatch(/[ \t]$|^\./);
        }
      }),
      { numRuns: 1_000, seed: 6 },
    );
  });
});

import { z } from "zod";
import { SENT_BYTES_MAX } from "#lib/core/size-limits.ts";
import {
  type ActionProblem,
  type ConnectionView,
  defineAction,
  type PlanContext,
  type PlanResult,
} from "#lib/engine/action.ts";
import { MAIL_TIMEOUT_MS } from "#lib/engine/effect.ts";
import { composeMail } from "#lib/engine/mail/compose-mail.ts";
import { type Mailbox, readAddress, readMailboxes } from "#lib/engine/template/mailbox.ts";
import { writtenMailboxes } from "#lib/engine/template/written-mailboxes.ts";
import { writtenText } from "#lib/engine/template/written-text.ts";

const recipientsMax = 50;
const bodyCharsMax = SENT_BYTES_MAX;

const addresses = (
  label: string,
  more: { required?: boolean; advanced?: boolean; help?: string; placeholder?: string } = {},
) =>
  z
    .string()
    .max(20_000)
    .default("")
    .meta({ hookline: { label, place: "address", ...more } });

const input = z.strictObject({
  to: addresses("To", {
    required: true,
    placeholder: "{{ trigger.body.email }}",
    help: "One address, or several with commas between. A value may be a list.",
  }),
  cc: addresses("Cc", { advanced: true }),
  bcc: addresses("Bcc", { advanced: true, help: "Receives the mail without being named in it." }),
  replyTo: addresses("Reply to", { advanced: true }),
  from: addresses("From", { advanced: true, help: "Empty: the address of the connection." }),
  subject: z
    .string()
    .max(5_000)
    .default("")
    .meta({ hookline: { label: "Subject", place: "subject", required: true } }),
  text: z
    .string()
    .max(bodyCharsMax)
    .default("")
    .meta({ hookline: { label: "Text", place: "text", multiline: true } }),
  html: z
    .string()
    .max(bodyCharsMax)
    .default("")
    .meta({
      hookline: {
        label: "HTML",
        place: "html",
        multiline: true,
        advanced: true,
        help: "Your HTML is sent as written; values put into it are escaped.",
      },
    }),
  timeoutSeconds: z
    .int()
    .min(5)
    .max(300)
    .default(MAIL_TIMEOUT_MS / 1_000)
    .meta({
      hookline: {
        label: "Timeout in seconds",
        place: "plain",
        advanced: true,
        help: "For one attempt at handing the mail to the server.",
      },
    }),
});

/** Sends a mail through an SMTP connection, or keeps it in the Outbox where the workspace has none. */
export const action = defineAction({
  id: "email.send",
  title: "Send an e-mail",
  description: "Sends a mail through your SMTP server. Without a connection it is kept in the Outbox.",
  synonyms: ["mail", "smtp", "notify", "message", "newsletter", "gmail", "outlook", "send"],
  icon: "mail",
  connectionKinds: ["smtp"],
  connectionRequired: false,
  input,
  blankInput: { to: "", subject: "", text: "" },
  onUnknown: "ask",
  example: {
    input: {
      to: "{{ trigger.body.customer.email }}",
      subject: "Order {{ trigger.body.id }} is paid",
      text: "Hello {{ trigger.body.customer.name }},\n\nthank you.",
    },
    output: {
      messageId: "<6f1c0d7a@hooks.acme.dev>",
      accepted: ["ada@example.com"],
      rejected: [],
      keptInOutbox: false,
    },
  },

  plan: planMail,
  problems: findProblems,
});

/** What values can only add to: recipients that are too many already, two senders, no content, what is no address. */
function findProblems(mail: z.output<typeof input>): ActionProblem[] {
  const lists = { to: mail.to, cc: mail.cc, bcc: mail.bcc, replyTo: mail.replyTo, from: mail.from };
  const written = (field: keyof typeof lists) => writtenMailboxes(lists[field]);
  const problems = (Object.keys(lists) as (keyof typeof lists)[]).flatMap((field): ActionProblem[] => {
    const { problem } = written(field);
    // A list without values is judged as it is rendered.
    if (problem === null || writtenText(lists[field]) !== null) return [];
    return [{ path: [field], code: "not-an-address", message: problem }];
  });
  const count = new Set((["to", "cc", "bcc"] as const).flatMap((field) => written(field).addresses)).size;
  if (count > recipientsMax) {
    const message = `one mail goes to at most ${recipientsMax} recipients; ${count} are written here.`;
    problems.push({ path: ["to"], code: "too-many", message });
  }
  if (written("from").addresses.length > 1)
    problems.push({ path: ["from"], code: "not-an-address", message: "A mail has one sender." });
  if (mail.text.trim() === "" && mail.html.trim() === "")
    problems.push({ path: ["text"], code: "blank", message: "The mail has neither text nor HTML." });
  return problems;
}

function planMail(mail: z.output<typeof input>, context: PlanContext): PlanResult {
  const lists = { to: mail.to, cc: mail.cc, bcc: mail.bcc, replyTo: mail.replyTo, from: mail.from };
  const read: Record<keyof typeof lists, Mailbox[]> = { to: [], cc: [], bcc: [], replyTo: [], from: [] };
  for (const field of Object.keys(lists) as (keyof typeof lists)[]) {
    const reading = readMailboxes(lists[field]);
    if (reading.kind === "refused") return refused("not-an-address", field, reading.message);
    read[field] = reading.mailboxes;
  }
  const { to, cc, bcc, replyTo } = read;
  if (to.length === 0) return refused("blank", "to", "There is no recipient.");
  if (read.from.length > 1) return refused("not-an-address", "from", "A mail has one sender.");
  if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(mail.subject))
    return refused("line-break", "subject", "The subject may not contain line breaks or control characters.");
  if (mail.subject.trim() === "") return refused("blank", "subject", "The subject is empty.");
  const text = mail.text.trim() === "" ? null : mail.text;
  const html = mail.html.trim() === "" ? null : mail.html;
  if (text === null && html === null) return refused("blank", "text", "The mail has neither text nor HTML.");

  const recipients = [...new Set([...to, ...cc, ...bcc].map((mailbox) => mailbox.address))];
  if (recipients.length > recipientsMax)
    return refused(
      "too-many",
      "to",
      `One mail goes to at most ${recipientsMax} recipients; these are ${recipients.length}.`,
    );
  const from = read.from[0] ?? senderOf(context.connection, context.publicHost);
  if (from === null)
    return refused("not-an-address", "from", "The connection has no usable sender address: enter one in From.");

  const host = hostName(context.publicHost);
  const timeoutMs = mail.timeoutSeconds * 1_000;
  const messageId = `<${context.idempotencyKey.slice(0, 40)}@${host}>`;
  const message = composeMail({
    from,
    to,
    cc,
    replyTo,
    subject: mail.subject,
    text,
    html,
    date: context.now,
    messageId,
    boundarySeed: context.idempotencyKey.slice(0, 24),
    extraHeaders: [
      ["X-Idempotency-Key", context.idempotencyKey],
      ["Auto-Submitted", "auto-generated"],
    ],
  });
  return {
    kind: "planned",
    effect: {
      kind: "email",
      connectionId: context.connection?.id ?? null,
      messageId,
      envelope: { from: from.address, to: recipients },
      subject: mail.subject,
      message,
      ...(timeoutMs === MAIL_TIMEOUT_MS ? {} : { timeoutMs }),
    },
  };
}

/** The connection's sender; for the Outbox an address of this instance, which is never delivered from. */
function senderOf(connection: ConnectionView | null, publicHost: string): Mailbox | null {
  if (connection === null) return { name: "Hookline", address: `hookline@${hostName(publicHost)}` };
  const { from, fromName } = connection.config;
  const address = typeof from === "string" ? readAddress(from.trim()) : null;
  return address === null ? null : { name: typeof fromName === "string" ? fromName : "", address };
}

function hostName(publicHost: string): string {
  return /^[A-Za-z0-9.-]+$/.test(publicHost) ? publicHost : "localhost";
}

function refused(code: string, field: string, message: string): PlanResult {
  return { kind: "refused", code, field, message };
}

import type { Mailbox } from "#lib/engine/template/mailbox.ts";
import { encodeQuotedPrintable } from "./quoted-printable.ts";

/** A message before it is written out. Every part that could differ between two tries is given. */
export type MailDraft = {
  from: Mailbox;
  to: readonly Mailbox[];
  cc: readonly Mailbox[];
  replyTo: readonly Mailbox[];
  subject: string;
  /** null = no such part; one of the two must be there. */
  text: string | null;
  html: string | null;
  date: Date;
  /** With angle brackets. */
  messageId: string;
  /** Letters and digits only; the boundary is made of it. */
  boundarySeed: string;
  /** Further headers, names and values in plain ASCII. */
  extraHeaders: readonly (readonly [name: string, value: string])[];
};

const lineCharsMax = 76;

/**
 * Writes a MIME message (RFC 5322, 2045–2047): ASCII only, CRLF line ends, both bodies quoted-printable. The same draft
 * gives the same bytes. Throws on a line break or NUL in a header, which earlier checks have already refused.
 */
export function composeMail(draft: MailDraft): string {
  const headers: [string, string][] = [
    ["From", mailboxText(draft.from)],
    ["To", mailboxList(draft.to)],
    ["Cc", mailboxList(draft.cc)],
    ["Reply-To", mailboxList(draft.replyTo)],
    ["Subject", unstructured(draft.subject, "Subject: ".length)],
    ["Date", draft.date.toUTCString().replace("GMT", "+0000")],
    ["Message-ID", draft.messageId],
    ["MIME-Version", "1.0"],
  ];
  const lines = [...headers.filter(([, value]) => value !== ""), ...draft.extraHeaders].map(([name, value]) =>
    headerLine(name, value),
  );
  return `${lines.join("")}${body(draft)}`;
}

function body({ text, html, boundarySeed }: MailDraft): string {
  if (text !== null && html === null) return part("text/plain", text);
  if (html !== null && text === null) return part("text/html", html);
  const boundary = `=_hookline_${boundarySeed}`;
  const parts = [part("text/plain", text ?? ""), part("text/html", html ?? "")].map(
    (content) => `--${boundary}\r\n${content}`,
  );
  const contentType = headerLine("Content-Type", `multipart/alternative;\r\n boundary="${boundary}"`);
  return `${contentType}\r\n${parts.join("")}--${boundary}--\r\n`;
}

function part(type: string, content: string): string {
  const head = `Content-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n`;
  return `${head}\r\n${encodeQuotedPrintable(content)}\r\n`;
}

function headerLine(name: string, value: string): string {
  if (/[\u0000-\u001f\u007f-\uffff]/.test(value.replaceAll("\r\n ", " ")))
    throw new Error(`The mail header ${name} holds a character that may not be there.`);
  return `${name}: ${value}\r\n`;
}

function mailboxList(mailboxes: readonly Mailbox[]): string {
  return mailboxes.map(mailboxText).join(",\r\n ");
}

function mailboxText({ name, address }: Mailbox): string {
  if (name === "") return address;
  const plain = /^[\x20-\x7e]{1,60}$/.test(name) && !name.includes("=?");
  const words = plain ? `"${name.replace(/["\\]/g, (char) => `\\${char}`)}"` : encodedWords(name, 10);
  return `${words}${words.length + address.length > lineCharsMax - 10 ? "\r\n " : " "}<${address}>`;
}

function unstructured(text: string, used: number): string {
  const plain =
    /^[\x20-\x7e]*$/.test(text) && text.length + used <= lineCharsMax && !text.includes("=?") && text === text.trim();
  return plain ? text : encodedWords(text, used);
}

/** Text as RFC 2047 encoded words of at most 75 characters, never cutting a character in two. */
function encodedWords(text: string, used: number): string {
  const bytesMax = (first: boolean) =>
    Math.floor((lineCharsMax - 1 - "=?UTF-8?B??=".length - (first ? used : 1)) / 4) * 3;
  const words: string[] = [];
  let chunk: number[] = [];
  for (const char of text.toWellFormed()) {
    const bytes = new TextEncoder().encode(char);
    if (chunk.length + bytes.length > bytesMax(words.length === 0)) {
      words.push(encodedWord(chunk));
      chunk = [];
    }
    chunk.push(...bytes);
  }
  if (chunk.length > 0) words.push(encodedWord(chunk));
  return words.join("\r\n ");
}

function encodedWord(bytes: readonly number[]): string {
  return `=?UTF-8?B?${btoa(String.fromCharCode(...bytes))}?=`;
}

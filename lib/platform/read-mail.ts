import { type AddressObject, simpleParser } from "mailparser";

/** A mail taken apart for reading. `html` is the sender's markup as it is: show it in a sandbox only. */
export type ReadMail = {
  subject: string;
  from: string;
  to: string;
  cc: string;
  replyTo: string;
  date: Date | null;
  text: string | null;
  html: string | null;
  attachments: { name: string; type: string; bytes: number }[];
};

/** Reads a MIME message. */
export async function readMail(raw: Uint8Array): Promise<ReadMail> {
  const mail = await simpleParser(Buffer.from(raw), {
    skipTextToHtml: true,
    skipHtmlToText: true,
    skipTextLinks: true,
  });
  return {
    subject: mail.subject ?? "",
    from: mail.from?.text ?? "",
    to: textOf(mail.to),
    cc: textOf(mail.cc),
    replyTo: mail.replyTo?.text ?? "",
    date: mail.date ?? null,
    text: mail.text ?? null,
    html: typeof mail.html === "string" ? mail.html : null,
    attachments: mail.attachments.map(({ filename, contentType, size }) => ({
      name: filename ?? "without a name",
      type: contentType,
      bytes: size,
    })),
  };
}

function textOf(addresses: AddressObject | AddressObject[] | undefined): string {
  if (addresses === undefined) return "";
  return (Array.isArray(addresses) ? addresses : [addresses]).map(({ text }) => text).join(", ");
}

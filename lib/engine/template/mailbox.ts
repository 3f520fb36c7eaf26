/** One mail address: `name` may be empty, `address` is local@domain. */
export type Mailbox = { name: string; address: string };

/** Addresses read from text, or what is wrong with it. */
export type MailboxReading = { kind: "read"; mailboxes: Mailbox[] } | { kind: "refused"; message: string };

const listCharsMax = 20_000;
const addressCharsMax = 254;
const localPart = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const domainLabel = /^[\p{L}\p{N}]([\p{L}\p{N}\p{M}-]{0,61}[\p{L}\p{N}\p{M}])?$/u;
const control = /[\u0000-\u001f\u007f\u0085\u2028\u2029]/;

/**
 * Reads a comma-separated list of `local@domain` and `Name <local@domain>`. Strict on purpose: no comments, groups,
 * quoted local parts, routes or address literals, so that the domain a message goes to is the one that is read here.
 * Linear in the text.
 */
export function readMailboxes(text: string): MailboxReading {
  if (text.length > listCharsMax) return refused("The list of addresses is too long.");
  if (control.test(text)) return refused("An address may not contain line breaks or control characters.");
  const mailboxes: Mailbox[] = [];
  for (const part of splitMailboxes(text)) {
    if (part === null) return refused("A quotation mark is not closed.");
    if (part.trim() === "") continue;
    const mailbox = readMailbox(part.trim());
    if (mailbox === null) return refused(`"${shorten(part.trim())}" is not an e-mail address.`);
    mailboxes.push(mailbox);
  }
  return { kind: "read", mailboxes };
}

/**
 * `local@domain` alone, checked; null when it is not one. The domain comes back in lower case and in its ASCII form.
 */
export function readAddress(text: string): string | null {
  if (text.length > addressCharsMax) return null;
  const at = text.lastIndexOf("@");
  const local = text.slice(0, at);
  const domain = text.slice(at + 1).toLowerCase();
  if (at < 1 || local.length > 64 || !localPart.test(local)) return null;
  const labels = domain.split(".");
  // Full-width and other look-alike forms would be delivered to another spelling than the one checked.
  if (domain.normalize("NFKC") !== domain) return null;
  if (labels.length < 2 || domain.length > 253 || !labels.every((label) => domainLabel.test(label))) return null;
  const ascii = URL.parse(`http://${domain}/`)?.hostname ?? "";
  // An IP address in disguise, or a name that IDNA reads differently from how it is written.
  if (!/^[a-z0-9.-]+\.[a-z0-9-]*[a-z-][a-z0-9-]*$/.test(ascii) || (/^[\x00-\x7f]*$/.test(domain) && ascii !== domain))
    return null;
  return `${local}@${ascii}`;
}

/** The mailbox as it is written in a list; the name is quoted where it has to be. */
export function formatMailbox({ name, address }: Mailbox): string {
  return name === "" ? address : `${quoteName(name)} <${address}>`;
}

/** A display name in quotes. */
export function quoteName(name: string): string {
  return `"${name.replace(/["\\]/g, (char) => `\\${char}`)}"`;
}

function readMailbox(text: string): Mailbox | null {
  const angle = /^(.*?)\s*<([^<>]*)>$/.exec(text);
  const address = readAddress((angle?.[2] ?? text).trim());
  if (address === null) return null;
  const name = readName((angle?.[1] ?? "").trim());
  return name === null ? null : { name, address };
}

function readName(text: string): string | null {
  const quoted = /^"((?:[^"\\]|\\.)*)"$/.exec(text);
  if (quoted !== null) return (quoted[1] ?? "").replace(/\\(.)/g, "$1");
  return /["<>()\\@,;:]/.test(text) ? null : text;
}

/** A list of mailboxes split at commas outside quotation marks; null as the last part when one is left open. */
export function splitMailboxes(text: string): (string | null)[] {
  const parts: (string | null)[] = [];
  let quoted = false;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (quoted && char === "\\") at++;
    else if (char === '"') quoted = !quoted;
    else if (char === "," && !quoted) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(quoted ? null : text.slice(start));
  return parts;
}

function refused(message: string): MailboxReading {
  return { kind: "refused", message };
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

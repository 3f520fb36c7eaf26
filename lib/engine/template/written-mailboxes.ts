import { readMailboxes, splitMailboxes } from "./mailbox.ts";
import { parseTemplate } from "./parse-template.ts";

/**
 * The addresses of a template's list that stand there whatever the event, and what is wrong with one of them (null:
 * nothing). Entries with a value in them are left out.
 */
export function writtenMailboxes(text: string): { addresses: string[]; problem: string | null } {
  const reading = parseTemplate(text);
  if (reading.kind === "error") return { addresses: [], problem: null };
  const written = reading.segments.map((segment) => (segment.kind === "text" ? segment.text : VALUE)).join("");
  const entries = splitMailboxes(written).filter((entry) => entry !== null && !entry.includes(VALUE));
  const read = readMailboxes(entries.join(","));
  return read.kind === "refused"
    ? { addresses: [], problem: read.message }
    : { addresses: read.mailboxes.map(({ address }) => address), problem: null };
}

/** Stands for a value; no address has it. */
const VALUE = "\u0000";

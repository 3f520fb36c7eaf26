import { parseTemplate } from "./parse-template.ts";

/**
 * What a template comes to whatever the event, with its escapes undone; null when it has an expression or cannot be
 * read.
 */
export function writtenText(text: string): string | null {
  const reading = parseTemplate(text);
  if (reading.kind === "error") return null;
  let written = "";
  for (const segment of reading.segments) {
    if (segment.kind === "expression") return null;
    written += segment.text;
  }
  return written;
}

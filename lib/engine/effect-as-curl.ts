import type { HttpEffect, SlottedText } from "#lib/engine/effect.ts";

/** An HTTP effect as a curl command for a POSIX shell. Secrets stand as variables: $TOKEN, $BASIC, $KEY. */
export function effectAsCurl(effect: HttpEffect): string {
  const lines = [`curl -X ${quoted(effect.method)} ${quoted(effect.url)}`];
  for (const [name, value] of effect.headers) lines.push(`-H ${quotedSlots(name, value)}`);
  if (effect.body !== null) {
    if ("text" in effect.body) lines.push(`--data-binary ${quoted(effect.body.text)}`);
    else return `printf %s ${quoted(effect.body.base64)} | base64 -d | ${lines.join(" \\\n  ")} \\\n  --data-binary @-`;
  }
  if (effect.redirectsMax > 0) lines.push(`-L --max-redirs ${effect.redirectsMax}`);
  return lines.join(" \\\n  ");
}

/** A header's value as people may see it: secrets as dots. */
export function shownText(value: SlottedText): string {
  return typeof value === "string" ? value : value.map((part) => (typeof part === "string" ? part : "••••")).join("");
}

function quotedSlots(name: string, value: SlottedText): string {
  if (typeof value === "string") return quoted(`${name}: ${value}`);
  // Single quotes keep the shell from reading a secret's place; the variable stands outside of them.
  const parts = value.map((part) => (typeof part === "string" ? quoted(part) : `"$${part.slot.field.toUpperCase()}"`));
  return `${quoted(`${name}: `)}${parts.join("")}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

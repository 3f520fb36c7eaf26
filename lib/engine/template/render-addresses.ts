import type { Encoded, EncodeWarning } from "./encode.ts";
import { encode, scalarText } from "./encode.ts";
import { formatMailbox, quoteName, readAddress, readMailboxes } from "./mailbox.ts";
import {
  encodeFilled,
  type Filled,
  type Piece,
  type Rendered,
  type RenderWarning,
  refuse,
  warn,
} from "./render-pieces.ts";

/**
 * Renders a list of mail addresses. A value alone between commas is one mailbox, or a list of them; a value inside
 * `<…>` is one bare address; a value before `<` is a display name. No value can add a recipient. The result is the
 * list in one canonical spelling.
 */
export function renderAddresses(pieces: readonly Piece[], required: boolean): Rendered {
  const warnings: RenderWarning[] = [];
  const last = pieces.findLast((piece): piece is Filled => typeof piece !== "string");
  let text = "";
  for (const [index, piece] of pieces.entries()) {
    if (typeof piece === "string") {
      text += piece;
      continue;
    }
    const role = roleOf(text, literalAfter(pieces, index));
    const encoded = encodeRole(role, piece, required && pieces.length === 1);
    if (encoded.kind === "refused") return refuse(piece, encoded);
    if (encoded.kind === "text") {
      text += encoded.text;
      if (encoded.warning !== undefined) warnings.push(warn(piece, encoded.warning));
    }
  }
  const reading = readMailboxes(text);
  const position = {
    source: last?.segment.source ?? text,
    position: last?.segment.start ?? 0,
    came: text.slice(0, 60),
  };
  if (reading.kind === "refused")
    return { kind: "refused", refusal: { code: "not-an-address", message: reading.message, ...position } };
  if (reading.mailboxes.length > 0)
    return { kind: "rendered", value: reading.mailboxes.map(formatMailbox).join(", "), warnings };
  if (!required) return { kind: "left-out", warnings };
  return {
    kind: "refused",
    refusal: { code: "blank", message: "There is no address, and without one nothing can be sent.", ...position },
  };
}

type Role = "mailbox" | "bare-address" | "part" | "name" | "quoted-name";

/** What a value is, judged by the text before it (since the last comma) and after it (up to the next). */
function roleOf(before: string, after: string): Role {
  const own = before.slice(lastComma(before) + 1);
  const rest = after.split(",")[0] ?? "";
  if (own.includes("<")) return own.trimEnd().endsWith("<") && /^\s*>/.test(rest) ? "bare-address" : "part";
  if ((own.match(/(?<!\\)"/g) ?? []).length % 2 === 1) return "quoted-name";
  if (rest.includes("<") || (own.trim() !== "" && !own.includes("@") && /\s$/.test(own))) return "name";
  return own.trim() === "" && rest.trim() === "" ? "mailbox" : "part";
}

function encodeRole(role: Role, piece: Filled, required: boolean): Encoded {
  switch (role) {
    case "mailbox":
      return encodeFilled("address", piece, required);
    case "name":
    case "quoted-name": {
      const subject = encodeFilled("subject", piece, false);
      if (subject.kind === "left-out") return { kind: "text", text: "", warning: "blank" satisfies EncodeWarning };
      if (subject.kind !== "text") return subject;
      return { kind: "text", text: role === "name" ? quoteName(subject.text) : quoteName(subject.text).slice(1, -1) };
    }
    case "bare-address":
    case "part":
      return encodePart(role, piece);
  }
}

/** A whole bare address, or a part of one such as the local part: never with anything that has a meaning in a list. */
function encodePart(role: "bare-address" | "part", piece: Filled): Encoded {
  const encoded = encodeFilled("subject", piece, true);
  if (encoded.kind !== "text")
    return encoded.kind === "left-out" ? encode("address", { kind: "nothing" }, true) : encoded;
  const text = scalarText(encoded.text.trim());
  const fits =
    role === "bare-address"
      ? readAddress(text) !== null
      : /^[^\s,;<>"()[\]\\:]+$/.test(text) && text.split("@").length <= 2;
  if (fits) return { kind: "text", text };
  return { kind: "refused", code: "not-an-address", message: `"${text.slice(0, 80)}" is not an e-mail address.` };
}

function literalAfter(pieces: readonly Piece[], index: number): string {
  let text = "";
  for (const piece of pieces.slice(index + 1)) text += typeof piece === "string" ? piece : "x";
  return text;
}

/** Offset of the last comma that is not inside quotation marks; -1 without one. */
function lastComma(text: string): number {
  let found = -1;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (quoted && char === "\\") at++;
    else if (char === '"') quoted = !quoted;
    else if (char === "," && !quoted) found = at;
  }
  return found;
}

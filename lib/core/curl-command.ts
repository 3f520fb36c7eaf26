/** A place in a header where the shell puts a secret in: the name of its variable, without "$". */
export type CurlVariable = { variable: string };

/** A call to be written as a command. */
export type CurlCall = {
  method: string;
  url: string;
  /**
   * Values as they go over the wire, a byte each character; one with a character beyond a byte is text in UTF-8. In
   * parts where a variable stands among them.
   */
  headers: ReadonlyArray<readonly [name: string, value: string | ReadonlyArray<string | CurlVariable>]>;
  body: Uint8Array | null;
  /** 0 = not followed. */
  redirectsMax: number;
};

/** Longest body that stands in the command itself: Linux takes at most 128 KiB in one argument. */
const INLINE_BYTES_MAX = 100_000;

/**
 * A call as a curl command for a POSIX shell that sends the same method, address, headers and bytes. Bodies that are no
 * UTF-8 text, or too long for an argument, go through base64.
 */
export function writeCurl({ method, url, headers, body, redirectsMax }: CurlCall): string {
  // With -X HEAD curl would wait for a body.
  const first = method === "HEAD" && body === null ? "curl -I" : `curl -X ${quoted(method)}`;
  // Brackets and braces are patterns of curl's own.
  const lines = [`${first}${/[[\]{}]/.test(url) ? " --globoff" : ""} ${quoted(url)}`];
  for (const [name, value] of headers) lines.push(`-H ${headerWord(name, value)}`);
  // curl names a type of its own where a body has none.
  if (body !== null && !headers.some(([name]) => name.toLowerCase() === "content-type"))
    lines.push("-H 'Content-Type:'");
  if (redirectsMax > 0) lines.push(`-L --max-redirs ${redirectsMax}`);
  if (body === null) return lines.join(" \\\n  ");
  const text = body.byteLength > INLINE_BYTES_MAX ? null : utf8Of(body);
  // --data-raw: with --data-binary an @ at the start would name a file.
  if (text !== null && !text.includes("\0")) return [...lines, `--data-raw ${quoted(text)}`].join(" \\\n  ");
  return `printf %s ${quoted(base64Of(body))} | base64 -d | ${lines.join(" \\\n  ")} \\\n  --data-binary @-`;
}

function headerWord(name: string, value: CurlCall["headers"][number][1]): string {
  // "name:" would take the header out, "name;" sends it empty.
  if (value === "") return quoted(`${name};`);
  if (typeof value === "string") return bytesWord(`${name}: ${value}`);
  // Single quotes keep the shell from reading a secret's place; the variable stands outside of them.
  const parts = value.map((part) => (typeof part === "string" ? bytesWord(part) : `"$${part.variable}"`));
  return `${quoted(`${name}: `)}${parts.join("")}`;
}

/** Bytes, one in each character, as a shell word: the text where they are UTF-8, else written out by printf. */
function bytesWord(bytes: string): string {
  if (!/[^\0-\x7f]/.test(bytes) || /[^\0-\xff]/.test(bytes)) return quoted(bytes);
  const text = utf8Of(Uint8Array.from(bytes, (char) => char.charCodeAt(0)));
  if (text !== null) return quoted(text);
  const format = bytes
    .replace(/[\\%]/g, (char) => char + char)
    .replace(/[\x80-\xff]/g, (char) => `\\${char.charCodeAt(0).toString(8)}`);
  return `"$(printf ${quoted(format)})"`;
}

/** One shell word, whatever the text holds. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function utf8Of(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

function base64Of(bytes: Uint8Array): string {
  const pieces: string[] = [];
  // A multiple of 3, so that the pieces join; and few enough for the arguments of one call.
  for (let at = 0; at < bytes.length; at += 12_288)
    pieces.push(btoa(String.fromCharCode(...bytes.subarray(at, at + 12_288))));
  return pieces.join("");
}

const lineCharsMax = 76;

/** Text as UTF-8 in quoted-printable (RFC 2045 6.7): lines of at most 76 characters, every line end CRLF. */
export function encodeQuotedPrintable(text: string): string {
  const encoder = new TextEncoder();
  return text
    .toWellFormed()
    .split(/\r\n|\r|\n/)
    .map((line) => encodeLine(encoder.encode(line)))
    .join("\r\n");
}

function encodeLine(bytes: Uint8Array): string {
  const lines: string[] = [];
  let line = "";
  bytes.forEach((byte, index) => {
    const last = index === bytes.length - 1;
    const text = isPlain(byte, last)
      ? String.fromCharCode(byte)
      : `=${byte.toString(16).toUpperCase().padStart(2, "0")}`;
    // One place stays free for the = of a soft line break.
    if (line.length + text.length > lineCharsMax - (last ? 0 : 1)) {
      lines.push(`${line}=`);
      line = "";
    }
    // A dot at the start of a line is SMTP's end mark, and some servers remove it.
    line += line === "" && text === "." ? "=2E" : text;
  });
  lines.push(line);
  return lines.join("\r\n");
}

function isPlain(byte: number, last: boolean): boolean {
  if (byte === 0x20 || byte === 0x09) return !last;
  return byte > 0x20 && byte < 0x7f && byte !== 0x3d;
}

/**
 * A part's content without the transfer encoding that mail libraries put it in (RFC 2045 section 6; RFC 7578 section
 * 4.7 has senders stop that). What is in none, or in one it cannot be in, stays as it came.
 */
export function undoTransfer(encoding: string | undefined, content: Buffer): Buffer {
  switch (encoding?.trim().toLowerCase()) {
    case "base64":
      return fromBase64(content);
    case "quoted-printable":
      return fromQuotedPrintable(content);
    default:
      return content;
  }
}

function fromBase64(content: Buffer): Buffer {
  const text = content.toString("latin1").replace(/[\t\n\r ]/g, "");
  const isBase64 = text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
  return isBase64 ? Buffer.from(text, "base64") : content;
}

/** `=C3` is a byte, and a line that ends in `=` goes on in the next one. */
function fromQuotedPrintable(content: Buffer): Buffer {
  const text = content.toString("latin1");
  if (/=(?![0-9A-Fa-f]{2}|[\t ]*\r?\n)/.test(text)) return content;
  const bare = text.replace(/=[\t ]*\r?\n/g, "");
  const whole = bare.replace(/=([0-9A-Fa-f]{2})/g, (_found, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(whole, "latin1");
}

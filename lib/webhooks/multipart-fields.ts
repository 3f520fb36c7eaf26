import { headerValue } from "#lib/webhooks/headers.ts";
import type { HeaderList } from "#lib/webhooks/types.ts";

const PARTS_MAX = 200;

/**
 * Reads the text fields of a multipart/form-data body (RFC 7578), files left out; null when it is not well formed or
 * its fields hold more than `textBytesMax` bytes. Only what signatures and names need; the full view of a body is made
 * elsewhere.
 */
export function readMultipartFields(
  headers: HeaderList,
  body: Uint8Array,
  textBytesMax: number = Number.POSITIVE_INFINITY,
): Array<readonly [string, string]> | null {
  const boundary = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(headerValue(headers, "content-type") ?? "");
  const marker = boundary?.[1] ?? boundary?.[2];
  if (!marker) return null;
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const delimiter = Buffer.from(`\r\n--${marker}`);
  let position = bytes.subarray(0, delimiter.length - 2).equals(delimiter.subarray(2))
    ? delimiter.length - 2
    : bytes.indexOf(delimiter) + delimiter.length;
  if (position < delimiter.length - 2) return null;
  const fields: Array<readonly [string, string]> = [];
  let textBytes = 0;
  for (let part = 0; part < PARTS_MAX; part += 1) {
    if (bytes.subarray(position, position + 2).equals(Buffer.from("--"))) return fields;
    const headEnd = bytes.indexOf("\r\n\r\n", position);
    const partEnd = bytes.indexOf(delimiter, position);
    if (headEnd < 0 || partEnd < 0 || headEnd > partEnd) return null;
    const head = bytes.toString("utf8", position, headEnd);
    const name = /^content-disposition:[^\r\n]*?[;\s]name="([^"\r\n]*)"/im.exec(head)?.[1];
    if (name !== undefined && !/^content-disposition:[^\r\n]*?[;\s]filename\*?=/im.test(head)) {
      const valueEnd = Math.max(headEnd + 4, partEnd);
      textBytes += valueEnd - headEnd;
      if (textBytes > textBytesMax) return null;
      fields.push([name, bytes.toString("utf8", headEnd + 4, valueEnd)]);
    }
    position = partEnd + delimiter.length;
  }
  return null;
}

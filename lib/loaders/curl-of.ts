import { readStoredHeaders } from "#lib/webhooks/headers.ts";

/** Headers curl sets itself, and those that name the original hop. */
const LEFT_OUT = new Set(["host", "content-length", "connection", "accept-encoding", "transfer-encoding", "expect"]);

const BODY_BYTES_MAX = 16_384;

/** A stored request as a curl command that sends the same bytes again; null when the body does not fit into a line. */
export function curlOf(
  request: { method: string; query: string; headers: string; body: Buffer; bodyBytes: number },
  url: string,
): string | null {
  if (request.body.byteLength !== request.bodyBytes || request.bodyBytes > BODY_BYTES_MAX) return null;
  const target = request.query === "" ? url : `${url}?${request.query}`;
  const lines = [`curl -X ${request.method} ${quote(target)}`];
  for (const [name, value] of readStoredHeaders(request.headers)) {
    if (!LEFT_OUT.has(name.toLowerCase())) lines.push(`  -H ${quote(`${name}: ${value}`)}`);
  }
  if (request.bodyBytes > 0) {
    const text = request.body.toString("utf8");
    if (!Buffer.from(text, "utf8").equals(request.body) || text.includes("\u0000")) return null;
    lines.push(`  --data-binary ${quote(text)}`);
  }
  return lines.join(" \\\n");
}

/** One shell word, whatever the text holds. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

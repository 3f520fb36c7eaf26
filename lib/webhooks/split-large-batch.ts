import { isUtf8 } from "node:buffer";
import { PARSED_BODY_DEPTH_MAX, valueAt } from "#lib/webhooks/body-fields.ts";
import type { BodyOutline } from "#lib/webhooks/outline-body.ts";
import { outlineJson } from "#lib/webhooks/outline-json.ts";
import { LIST_ITEMS_MAX } from "#lib/webhooks/read-value.ts";
import { type Batch, type BatchItem, type ListSpec, nameItem } from "#lib/webhooks/split-batch.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";
import type { WantedPlaces } from "#lib/webhooks/wanted-places.ts";

/**
 * What `splitBatch` says, of a body of any size: the items are cut out of its bytes and only `wanted` places of them
 * are read. The outline must have been made with the ranges of `spec.path`.
 */
export function splitLargeBatch(
  spec: ListSpec,
  request: WebhookRequest,
  outline: BodyOutline,
  wanted: WantedPlaces,
): Batch {
  const { parsed, text, ranges } = outline;
  if (parsed.kind === "unreadable") return spec.path === "" ? splitLines(spec, request, wanted) : parsed;
  const list = valueAt(parsed.value, spec.path);
  if (!Array.isArray(list)) return { kind: "no-list" };
  if (list.length > LIST_ITEMS_MAX) return { kind: "too-long", count: list.length };
  const items: BatchItem[] = [];
  for (let index = 0; index < list.length; index += 1) {
    const [from, to] = [ranges[2 * index] ?? 0, ranges[2 * index + 1] ?? 0];
    const value = outlineJson(text, wanted, PARSED_BODY_DEPTH_MAX, from, to)?.value ?? null;
    items.push(nameItem(spec, request, index, text.subarray(from, to), value));
  }
  return { kind: "items", items };
}

function splitLines(spec: ListSpec, request: WebhookRequest, wanted: WantedPlaces): Batch {
  const body = Buffer.from(request.body.buffer, request.body.byteOffset, request.body.byteLength);
  const { count, ranges } = findLines(body);
  if (count < 2) return { kind: "unreadable" };
  if (count > LIST_ITEMS_MAX) return { kind: "too-long", count };
  const items: BatchItem[] = [];
  for (const [index, [from, to]] of ranges.entries()) {
    const outline = outlineJson(body, wanted, PARSED_BODY_DEPTH_MAX, from, to);
    if (outline === null) return { kind: "unreadable" };
    items.push(nameItem(spec, request, index, body.subarray(from, to), outline.value));
  }
  return { kind: "items", items };
}

type Range = readonly [from: number, to: number];

/** The lines of UTF-8 text that are not blank, without the space around them; none when it is no UTF-8. */
function findLines(body: Buffer): { count: number; ranges: Range[] } {
  const ranges: Range[] = [];
  let count = 0;
  if (!isUtf8(body)) return { count, ranges };
  for (let at = 0; at < body.length; ) {
    const next = body.indexOf(0x0a, at);
    const end = next < 0 ? body.length : next;
    const range = trimmed(body, at, end);
    if (range !== null) {
      count += 1;
      if (count <= LIST_ITEMS_MAX) ranges.push(range);
    }
    at = end + 1;
  }
  return { count, ranges };
}

function trimmed(body: Buffer, from: number, to: number): Range | null {
  let [start, end] = [from, to];
  while (start < end && isSpace(body[start] as number)) start += 1;
  while (end > start && isSpace(body[end - 1] as number)) end -= 1;
  if (start === end) return null;
  if ((body[start] as number) < 0x80 && (body[end - 1] as number) < 0x80) return [start, end];
  // There are spaces beyond ASCII.
  const line = body.toString("utf8", start, end);
  const bare = line.trim();
  const skipped = Buffer.byteLength(line.slice(0, line.length - line.trimStart().length));
  return bare === "" ? null : [start + skipped, start + skipped + Buffer.byteLength(bare)];
}

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

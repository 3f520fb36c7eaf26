import type { SplitItem, SplitOutcome } from "#lib/door/split-event.ts";

/** The items of a large body as they pass between processes: names, and places in its bytes instead of texts. */
export type PackedSplit =
  | Exclude<SplitOutcome, { kind: "items" }>
  | {
      readonly kind: "items";
      readonly check: Extract<SplitOutcome, { kind: "items" }>["check"];
      /** The text the places count in; null is the body itself. */
      readonly text: Uint8Array | null;
      /** Begin and length of each item. */
      readonly places: Uint32Array;
      readonly names: ReadonlyArray<Pick<SplitItem, "eventType" | "deliveryId" | "key" | "windowSeconds">>;
    };

/** Packs what splitting a large body came to, its items being views of the body or of one field of it. */
export function packSplit(split: SplitOutcome, body: Uint8Array): PackedSplit {
  if (split.kind !== "items") return split;
  const { check, items } = split;
  const views = items.map(({ json }) => (typeof json === "string" ? Buffer.from(json) : json));
  const [first, last] = [views[0], views.at(-1)];
  const inBody = first === undefined || first.buffer === body.buffer;
  const from = inBody || first === undefined ? body.byteOffset : first.byteOffset;
  const text =
    inBody || last === undefined ? null : new Uint8Array(first.buffer, from, last.byteOffset + last.byteLength - from);
  return {
    kind: "items",
    check,
    text,
    places: Uint32Array.from(views.flatMap(({ byteOffset, byteLength }) => [byteOffset - from, byteLength])),
    names: items.map(({ eventType, deliveryId, key, windowSeconds }) => ({
      eventType,
      deliveryId,
      key,
      windowSeconds,
    })),
  };
}

/** The items again, their texts as views of the bytes they were cut from. */
export function unpackSplit(packed: PackedSplit, body: Uint8Array): SplitOutcome {
  if (packed.kind !== "items") return packed;
  const { check, places, names } = packed;
  const text = packed.text ?? body;
  const items = names.map((name, index): SplitItem => {
    const from = places[2 * index] ?? 0;
    return { ...name, index, json: text.subarray(from, from + (places[2 * index + 1] ?? 0)) };
  });
  return { kind: "items", items, check };
}

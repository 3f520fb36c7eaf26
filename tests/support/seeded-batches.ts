/** A batch as some sender writes it, with the exact texts of its items. */
export type SeededBatch = { readonly contentType: string; readonly body: Buffer; readonly texts: readonly string[] };

/** How senders write a list, by where it stands in what is read of the body. */
export const BATCH_PATHS = {
  "a list": "",
  "a list inside an object": "data.items",
  "JSON lines": "",
  "a form field of JSON": "mandrill_events",
} as const;

/** One of them. */
export type BatchForm = keyof typeof BATCH_PATHS;

/**
 * A batch whose body is exactly `bytes` long: odd items, written oddly, with numbers no double keeps; the same seed
 * makes the same batch.
 */
export function makeBatch(form: BatchForm, bytes: number, seed: number): SeededBatch {
  const random = seeded(seed);
  const pick = <Value>(values: readonly Value[]): Value => values[Math.floor(random() * values.length)] as Value;
  const isForm = form === "a form field of JSON";
  const space = () => (form === "JSON lines" ? pick(["", " ", "\t"]) : pick(["", "", " ", "\n", "\r\n\t"]));
  const item = (index: number, pad: number): string => {
    const members = [
      `"id":${space()}"${seed}-${index}"`,
      `"type"${space()}:"${pick(["opened", "clicked", "a.b.c"])}"`,
      `"big":${9_007_199_254_740_993n + BigInt(index)}.${"10".repeat(1 + (index % 3))}`,
      pick(['"é€𝄞":"\\u00e9 \\"[{,"', '"twice":1,"twice":[2,{}]', '"nothing":null', '"deep":[[[{"a":[-0.0e-7]}]]]']),
      `"pad":"${"x".repeat(pad)}"`,
    ];
    return `{${space()}${members.join(`${space()},`)}${space()}}`;
  };
  const share = Math.floor(bytes / 80);
  const texts = Array.from({ length: 40 }, (_, index) => item(index, Math.floor(share * random())));
  // The last item takes up what is missing.
  const at = (pad: number) => [...texts, lastItem(seed, pad)];
  const missing = bytes - write(form, at(0)).byteLength;
  if (missing < 0) throw new Error(`${bytes} bytes are too few for this batch.`);
  return {
    contentType: isForm
      ? "application/x-www-form-urlencoded"
      : form === "JSON lines"
        ? "application/x-ndjson"
        : "application/json",
    body: write(form, at(missing)),
    texts: at(missing),
  };
}

function lastItem(seed: number, pad: number): string {
  return `{"id":"${seed}-last","type":"last","pad":"${"y".repeat(pad)}"}`;
}

function write(form: BatchForm, texts: readonly string[]): Buffer {
  switch (form) {
    case "a list":
      return Buffer.from(`[${texts.join(" ,\n")}]`);
    case "a list inside an object":
      return Buffer.from(
        `\ufeff{"data":{"items":["not these"]},"type":"many","data": {"n":1, "items" : [ ${texts.join(",")}\t] } }`,
      );
    case "JSON lines":
      return Buffer.from(`${texts.join(" \r\n\n")}\n`);
    case "a form field of JSON":
      return Buffer.from(`first=1&mandrill_events=${encodeURIComponent(`[${texts.join(",")}]`)}&last=2`);
  }
}

/** Mulberry32. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import fc from "fast-check";

/** A request without the address it goes to: `query` is sent as it stands, headers in this order and case. */
export type HostileRequest = {
  readonly method: string;
  readonly query: string;
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>;
  readonly body: Buffer;
};

/** The same list of odd requests for a seed: JSON and what looks like it, forms, multipart, XML, bytes, compressed. */
export function hostileRequests(count: number, seed: number): HostileRequest[] {
  return fc.sample(request, { numRuns: count, seed });
}

const CRLF = "\r\n";
const text = fc.string({ unit: "grapheme", maxLength: 60 });
const anyText = fc.string({ unit: "binary", maxLength: 60 });

const jsonText = fc
  .tuple(fc.jsonValue(), fc.constantFrom(undefined, 1, 4, "\t"), fc.constantFrom("", " ", "\ufeff", "\r\n"))
  .map(([value, space, before]) => before + JSON.stringify(value, null, space));
/** JSON with a piece cut out, doubled or replaced: mostly broken, sometimes whole. */
const jsonGarbage = fc
  .tuple(
    jsonText,
    fc.nat(),
    fc.nat(20),
    fc.constantFrom("", '"', "{", "]", ",", "\\u0000", "\\ud800", "1e400", "NaN", "0x1", "__proto__"),
  )
  .map(
    ([json, at, length, piece]) =>
      json.slice(0, at % (json.length + 1)) + piece + json.slice((at % (json.length + 1)) + length),
  );
const form = fc
  .array(fc.tuple(fc.oneof(text, fc.constantFrom("valueOf", "a[b][c]", "a[]", "payload", "constructor")), anyText), {
    maxLength: 12,
  })
  .map((pairs) => pairs.map(([name, value]) => `${loose(name)}=${loose(value)}`).join("&"));
const xml = fc
  .tuple(
    fc.constantFrom("a", "soap:Envelope", "ns1:x"),
    text,
    fc.constantFrom("", '<!DOCTYPE a [<!ENTITY x "y">]>', "<?xml version='1.0'?>"),
  )
  .map(([name, inside, before]) => `${before}<${name} b="${inside.replaceAll('"', "&quot;")}">${inside}&x;</${name}>`);
const bytes = fc.uint8Array({ maxLength: 400 }).map((array) => Buffer.from(array));

type Typed = { type: string | null; body: Buffer };
const typed = (type: fc.Arbitrary<string | null>, body: fc.Arbitrary<string | Buffer>): fc.Arbitrary<Typed> =>
  fc.tuple(type, body).map(([contentType, content]) => ({ type: contentType, body: Buffer.from(content) }));

const multipart: fc.Arbitrary<Typed> = fc
  .tuple(
    fc.constantFrom("XyZ", "----WebKitFormBoundary7MA4YWxkTrZu0gW", "a".repeat(75), '"q u"'),
    fc.array(
      fc.tuple(
        fc.constantFrom("a", "file", "__proto__", "a[4294967294]"),
        fc.constantFrom(null, "../x", "a\u0000.txt", "r\u202eexe.txt"),
        bytes,
      ),
      {
        maxLength: 4,
      },
    ),
    fc.constantFrom("--", "", `${CRLF}x`),
  )
  .map(([boundary, parts, end]) => {
    const marker = boundary.replaceAll('"', "");
    const written = parts.map(([name, filename, content]) => {
      const disposition = `form-data; name="${name}"${filename === null ? "" : `; filename="${filename}"`}`;
      return Buffer.concat([
        Buffer.from(`--${marker}${CRLF}Content-Disposition: ${disposition}${CRLF}${CRLF}`),
        content,
        Buffer.from(CRLF),
      ]);
    });
    return {
      type: `multipart/form-data; boundary=${boundary}`,
      body: Buffer.concat([...written, Buffer.from(`--${marker}${end}`)]),
    };
  });

const JSON_TYPES = [
  "application/json",
  "application/json; charset=utf-8",
  "application/vnd.api+json",
  "text/plain",
  "application/json;foo",
  null,
];
const ODD_TYPES = [
  null,
  "",
  "json",
  ";;;",
  "application/json, text/html",
  "text/plain; charset=bogus",
  `x/${"y".repeat(900)}`,
  "../../etc/passwd",
  "caf\u00e9/x",
];
const content: fc.Arbitrary<Typed> = fc.oneof(
  { weight: 4, arbitrary: typed(fc.constantFrom(...JSON_TYPES), jsonText) },
  { weight: 3, arbitrary: typed(fc.constantFrom(...JSON_TYPES), jsonGarbage) },
  {
    weight: 2,
    arbitrary: typed(fc.constantFrom("application/octet-stream", "image/png", null, "application/json"), bytes),
  },
  { weight: 2, arbitrary: typed(fc.constant("application/x-www-form-urlencoded"), form) },
  { weight: 2, arbitrary: multipart },
  { weight: 1, arbitrary: typed(fc.constantFrom("application/xml", "text/xml; charset=iso-8859-1"), xml) },
  { weight: 2, arbitrary: typed(fc.constantFrom(...ODD_TYPES), fc.oneof(jsonText, anyText)) },
);

const CODINGS: ReadonlyArray<readonly [coding: string, encode: (body: Buffer) => Buffer]> = [
  ["gzip", (body) => gzipSync(body)],
  ["deflate", (body) => deflateSync(body)],
  ["br", (body) => brotliCompressSync(body)],
  // Says so, and is not.
  ["gzip", (body) => body],
  ["identity", (body) => body],
  ["zstd", (body) => body],
  // Cannot be undone here.
  ["compress", (body) => body],
];

const fieldValue = fc
  .string({
    unit: fc
      .integer({ min: 0x20, max: 0xff })
      .filter((code) => code !== 0x7f)
      .map((code) => String.fromCharCode(code)),
    maxLength: 40,
  })
  .map((value) => value.replaceAll(/[\u0080-\u009f]/g, "-"));
const oddHeaders = fc.array(
  fc.tuple(
    fc.constantFrom("X-Event", "x-event", "X-Delivery", "__proto__", "constructor", "X-Weird_1.2", "ce-type", "Accept"),
    fieldValue,
  ),
  { maxLength: 4 },
);
const query = fc.constantFrom(
  "",
  "?",
  "?a=1&a=2",
  "?x=%20+%2B",
  "?%ZZ=%",
  "?constructor[x]=1",
  "?q=/in/other&u=http://127.0.0.1/",
  "?e=%F0%9F%92%A9#",
  "?;a=1",
  "?a=b%26c&=d",
);

const request: fc.Arbitrary<HostileRequest> = fc
  .tuple(
    content,
    oddHeaders,
    query,
    fc.constantFrom("POST", "POST", "POST", "PUT", "PATCH", "DELETE"),
    sometimes(fc.constantFrom(...CODINGS)),
    sometimes(fc.constant("chunked")),
  )
  .map(([{ type, body }, odd, search, method, coding, transfer]) => ({
    method,
    query: search.replace("#", ""),
    headers: [
      ...(type === null ? [] : [["Content-Type", type] as const]),
      ...(coding === null ? [] : [["Content-Encoding", coding[0]] as const]),
      ...odd,
      ...(transfer === null ? [] : [["Transfer-Encoding", transfer] as const]),
    ],
    body: coding === null ? body : coding[1](body),
  }));

/** The value in one of five cases, else null. */
function sometimes<Value>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> {
  return fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });
}

/** Percent-encoded where it must be, and sometimes where it must not. */
function loose(value: string): string {
  return value.replaceAll(/[&=#\s]|[^\x20-\x7e]/gu, (sign) => (sign === "\ud800" ? "%ZZ" : encodeSafely(sign)));
}

function encodeSafely(sign: string): string {
  try {
    return encodeURIComponent(sign);
  } catch {
    return "%ED%A0%80";
  }
}

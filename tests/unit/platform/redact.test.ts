import fc from "fast-check";
import { expect, test } from "vitest";
import { JsonText, writeJson } from "#lib/core/json-text.ts";
import { createRedactor, isSensitiveHeader, REDACTED, redact, redactHeaders } from "#lib/platform/redact.ts";

const secret = 's3cr&t/+ "q"-ä=';

test.each([
  ["as is", secret],
  ["in JSON text", JSON.stringify({ key: secret })],
  ["in JSON text inside JSON text", JSON.stringify(JSON.stringify({ key: secret }))],
  ["as PHP writes JSON", JSON.stringify({ key: secret }).replaceAll("/", "\\/")],
  ["as Python writes JSON", JSON.stringify({ key: secret }).replaceAll("ä", "\\u00e4")],
  ["as Java writes JSON", JSON.stringify({ key: secret }).replaceAll("ä", "\\u00E4")],
  ["in an XML text", `<k>${secret.replaceAll("&", "&amp;")}</k>`],
  ["in an HTML attribute", `<k v="${secret.replaceAll("&", "&amp;").replaceAll('"', "&quot;")}">`],
  ["in a query", `https://x.dev/?key=${encodeURIComponent(secret)}`],
  ["in a form", new URLSearchParams({ key: secret }).toString()],
  ["in hex", Buffer.from(secret).toString("hex")],
  ["in base64", Buffer.from(secret).toString("base64")],
  ["in base64url", Buffer.from(secret).toString("base64url")],
  ["in a Basic header", `Basic ${Buffer.from(`ada:${secret}`).toString("base64")}`],
])("takes a secret out %s", (_name, text) => {
  const clean = createRedactor([secret]).text(`before ${text} after`);
  expect(clean).toContain(REDACTED);
  expect(clean).toContain("before ");
  expect(clean).toContain(" after");
  for (const part of ["s3cr", Buffer.from("3cr&t/").toString("base64").slice(0, 6)]) expect(clean).not.toContain(part);
});

test("leaves no rest of secrets that overlap", () => {
  const { text } = createRedactor(["abcdefgh", "fghijklm"]);
  expect(text("x abcdefghijklm y")).toBe(`x ${REDACTED} y`);
  expect(text("abcdefghabcdefgh.fghijklm")).toBe(`${REDACTED}${REDACTED}.${REDACTED}`);
  expect(createRedactor(["aaaaaaaa"]).text("xaaaaaaaaaaay")).toBe(`x${REDACTED}y`);
});

test("takes a secret out of JSON text at every place, and leaves all else as it was written", () => {
  const shown = (text: string, ...secrets: string[]) => writeJson(createRedactor(secrets).written(new JsonText(text)));
  const key = "hunter2-secret";
  expect(shown(`{"p":"${key}","p":"x", "n":9007199254740993,"o":1.0}`, key)).toBe(
    `{"p":"${REDACTED}","p":"x", "n":9007199254740993,"o":1.0}`,
  );
  expect(shown('{"a":"hunter2\\u002dsecret\\n", "e":1e400}', key)).toBe(`{"a":"${REDACTED}\\n", "e":1e400}`);
  expect(shown(`{"${key}" : [ -0,"\\u00e9" ]}`, key)).toBe(`{"${REDACTED}" : [ -0,"\\u00e9" ]}`);
  expect(shown('[12345678901234567890,4321.0,54321,"4321"]', "12345678901234567890", "4321")).toBe(
    `["${REDACTED}","${REDACTED}",54321,"${REDACTED}"]`,
  );
});

test("finds a secret at every base64 offset", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 9 }),
      fc.uint8Array({ maxLength: 9 }),
      fc.string({ minLength: 8, maxLength: 40 }),
      (before, after, value) => {
        fc.pre(value.trim().length >= 8);
        const text = Buffer.concat([before, Buffer.from(value), after]).toString("base64");
        expect(createRedactor([value]).text(text)).toContain(REDACTED);
      },
    ),
    { seed: 20261123, numRuns: 500 },
  );
});

test("cleans keys and nested values, and leaves the rest equal", () => {
  expect(redact({ [secret]: [1, null, { a: `x${secret}y` }], ok: true }, [secret])).toEqual({
    [REDACTED]: [1, null, { a: `x${REDACTED}y` }],
    ok: true,
  });
});

test("takes a short secret out only where it is the whole value", () => {
  expect(redact({ a: "abc", b: "abcd", c: 123 }, ["abc", "123"])).toEqual({ a: REDACTED, b: "abcd", c: REDACTED });
});

test("does not shred what is shown for a secret that occurs everywhere by chance", () => {
  const shown = { paid: true, note: "trueblue", true: [null, "true"], t: "true" };
  expect(redact(shown, ["true"])).toEqual({ ...shown, true: [null, REDACTED], t: REDACTED });
  expect(redact({ shop: "workshop 4321", n: 4321, m: 54_321 }, ["shop", "4321"])).toEqual({
    shop: `workshop ${REDACTED}`,
    n: REDACTED,
    m: 54_321,
  });
  expect(redact({ a: "the shop, shop-1 and Workshop" }, ["shop"])).toEqual({
    a: `the ${REDACTED}, ${REDACTED}-1 and Workshop`,
  });
});

test("finds a short secret in a Basic header all the same", () => {
  const basic = `Basic ${Buffer.from("u:true7").toString("base64")}`;
  expect(createRedactor(["true7", Buffer.from("u:true7").toString("base64")]).text(basic)).toBe(`Basic ${REDACTED}`);
});

test("knows sensitive headers by name and shows idempotency keys", () => {
  for (const name of [
    "Authorization",
    "COOKIE",
    "set-cookie",
    "X-Api-Key",
    "apikey",
    "X-Gitlab-Token",
    "Stripe-Signature",
    "client_secret",
  ])
    expect(isSensitiveHeader(name), name).toBe(true);
  for (const name of ["Idempotency-Key", "Content-Type", "X-Request-Id", "Accept", "X-Tokens-Left"])
    expect(isSensitiveHeader(name), name).toBe(false);
  expect(
    redactHeaders([
      ["Authorization", "Bearer x"],
      ["Accept", "*/*"],
    ]),
  ).toEqual([
    ["Authorization", REDACTED],
    ["Accept", "*/*"],
  ]);
});

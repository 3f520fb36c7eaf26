import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** What a forger must not learn by the time a comparison takes. */
const CREDENTIAL =
  /signature|digest|hmac|\bmac\b|sha(?:1|256|512)|expected|credential|passw|secret(?!s?Index|s\b)|token(?!Option)/i;
/** Names that hold one of those words and are no credential. */
const HARMLESS = new RegExp(
  [
    String.raw`\.(?:length|byteLength|kind|id|status|reason|scheme|from|algorithm|encoding|name|path|header|type)$`,
    "^typeof |Count$|Index$",
  ].join("|"),
);
/** An operand as far as it is one word with its dots, calls and places. */
const OPERAND = String.raw`(typeof\s+[\w.]+|["'\`\d/-][^\n]{0,40}|[\w$.?]+(?:\([^()]*\)|\[[^\]]*\]|[\w$.?])*)`;
const EQUALITY = new RegExp(String.raw`${OPERAND}\s*[!=]==?\s*${OPERAND}`, "g");
const SEARCH = new RegExp(
  [
    String.raw`([\w$.?]+(?:\([^()]*\)|\[[^\]]*\])*)`,
    String.raw`\.(?:equals|indexOf|lastIndexOf|includes|startsWith|endsWith|localeCompare|compare)\(\s*([^\n)]*)`,
  ].join(""),
  "g",
);
const LITERAL = /^(?:["'`\d/-]|(?:null|undefined|true|false)\b)/;

/** Comparisons that say nothing about how near a guess came, and why. */
const ALLOWED: Readonly<Record<string, string>> = {
  "lib/door/kept-headers.ts: kept.includes(secret": "takes secrets out of what is stored, whatever was verified",
  'lib/webhooks/custom/aws-sns.ts: bytes.toString("base64") !== signature': "whether the sent text is plain base64",
  "lib/webhooks/custom/contentful.ts: name === SIGNATURE": "the name of a header",
  'lib/webhooks/custom/paypal.ts: bytes.toString("base64") === signature': "whether the sent text is plain base64",
  "lib/webhooks/jwt-keys.ts: HMAC_ALGORITHMS.includes(name": "the name of an algorithm",
  "lib/webhooks/verify-signature.ts: scheme.publicSecrets?.includes(secret":
    "the owner's secret against published ones",
  "lib/webhooks/verify-vector.ts: secret === pem": "the command line's own input",
  "lib/webhooks/verify.ts: chooseScheme(provider, choice, request, secret) === scheme": "two schemes",
  "lib/webhooks/verify.ts: secret.startsWith(secretPrefix": "the owner's secret against a published prefix",
};

const files = globSync(["lib/webhooks/**/*.ts", "lib/door/**/*.ts"]).filter(
  (file) => !file.includes("/diagnose/") && !file.endsWith(".generated.ts"),
);

test("credentials are compared by one function in constant time, never by ===, equals or a search", () => {
  const found = files.flatMap((file) => comparisonsIn(file, readFileSync(file, "utf8")));
  expect(found.filter((one) => !Object.hasOwn(ALLOWED, one))).toEqual([]);
  expect(
    Object.keys(ALLOWED).filter((one) => !found.includes(one)),
    "no longer there",
  ).toEqual([]);
});

test("a comparison that stops at the first wrong letter is found", () => {
  for (const line of [
    "signature === made",
    "made !== request.digest",
    "digest.equals(made)",
    "signatures.includes(made)",
    "made.startsWith(hmac)",
  ])
    expect(comparisonsIn("x.ts", `const same = ${line};`), line).toHaveLength(1);
  for (const line of [
    "sameDigest(signature, made)",
    'signature === ""',
    "signature.length === made.length",
    "signature !== null",
  ])
    expect(comparisonsIn("x.ts", `const same = ${line};`), line).toHaveLength(0);
});

test("timingSafeEqual stands in one file of each layer, behind its function", () => {
  expect(files.filter((file) => readFileSync(file, "utf8").includes("timingSafeEqual")).sort()).toEqual([
    "lib/door/confirm-token.ts",
    "lib/webhooks/same-text.ts",
  ]);
});

function comparisonsIn(file: string, source: string): string[] {
  const code = source.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
  const equal = [...code.matchAll(EQUALITY)].filter(
    ([, left = "", right = ""]) =>
      !LITERAL.test(left) && !LITERAL.test(right) && (isCredential(left) || isCredential(right)),
  );
  const searched = [...code.matchAll(SEARCH)].filter(
    ([, thing = "", argument = ""]) => !LITERAL.test(argument) && (isCredential(thing) || isCredential(argument)),
  );
  return [...equal, ...searched].map(([text]) => `${file}: ${text.trim()}`);
}

function isCredential(operand: string): boolean {
  return CREDENTIAL.test(operand) && !HARMLESS.test(operand);
}

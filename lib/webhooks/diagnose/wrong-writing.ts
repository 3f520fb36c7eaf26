import type { Mistake, Trial } from "#lib/webhooks/diagnose/diagnosis.ts";
import type { ReceivedSignature } from "#lib/webhooks/diagnose/received-signatures.ts";
import type { HmacScheme } from "#lib/webhooks/scheme-types.ts";

/** What is right about a MAC but wrong about how or where it is written: one digest tells, so it is one guess. */
export function wrongWriting(made: Buffer, scheme: HmacScheme, received: readonly ReceivedSignature[]): Trial | null {
  for (const [mistake, message, advice, matches] of writingMistakes(made, scheme, received))
    if (received.some(matches)) return { mistake, message, advice, matches: () => true };
  return null;
}

type WritingMistake = readonly [
  mistake: Mistake,
  message: string,
  advice: string,
  matches: (each: ReceivedSignature) => boolean,
];

function* writingMistakes(
  made: Buffer,
  scheme: HmacScheme,
  received: readonly ReceivedSignature[],
): Generator<WritingMistake> {
  const right = made.toString(scheme.encoding);
  const elsewhere = received.find((each) => !each.expectedPlace && texts(made).includes(each.bare));
  if (elsewhere)
    yield [
      "other-header",
      `The right signature is in the header ${elsewhere.header}, expected is ` +
        `${scheme.signature.header ?? "another place"}.`,
      "Choose the scheme that reads this header, or change the header at the sender.",
      () => true,
    ];
  yield [
    "repeated-header",
    "The signature header was sent more than once, and one of its values is right.",
    "A proxy or the sender adds the header twice: send it once.",
    (each) => each.repeated && (each.text.includes(right) || each.bare === right),
  ];
  yield [
    "signature-prefix",
    `The signature is right, but what surrounds it is not: expected is ${describePlace(scheme)}.`,
    "Correct the prefix here or at the sender.",
    (each) => each.expectedPlace && each.bare === right && each.text !== right,
  ];
  yield [
    "signature-prefix",
    `The signature is right, but nothing surrounds it: expected is ${describePlace(scheme)}.`,
    "Correct the prefix here or at the sender.",
    (each) => each.expectedPlace && each.text === right,
  ];
  yield [
    "signature-case",
    "The signature is right, but in capital letters.",
    "Make the sender write hexadecimal in small letters.",
    (each) => scheme.encoding === "hex" && each.bare.toLowerCase() === right,
  ];
  for (const [name, text] of writings(made))
    if (text !== right)
      yield [
        "signature-encoding",
        `The signature is right, but written as ${name}; expected is ${scheme.encoding}.`,
        "Choose that encoding, or change it at the sender.",
        (each) => each.bare === text,
      ];
  yield [
    "signature-truncated",
    "The signature is right, but cut off.",
    "Something shortens the header: look at header size limits of proxies.",
    (each) => each.bare.length >= 8 && each.bare.length < right.length && right.startsWith(each.bare),
  ];
  yield [
    "signature-truncated",
    "The signature is right, but something follows it.",
    "Something adds text to the header.",
    (each) => each.bare.length > right.length && each.bare.startsWith(right),
  ];
}

/** Whether a digest, in any writing, is one of the signatures received. */
export function matchesAny(made: Buffer | null, received: readonly ReceivedSignature[]): boolean {
  if (made === null) return false;
  const possible = texts(made);
  return received.some((each) => possible.includes(each.bare) || possible.includes(each.text));
}

function texts(digest: Buffer): readonly string[] {
  return writings(digest).map(([, text]) => text);
}

function writings(digest: Buffer): ReadonlyArray<readonly [string, string]> {
  const hex = digest.toString("hex");
  return [
    ["hex", hex],
    ["base64", digest.toString("base64")],
    ["base64url", digest.toString("base64url")],
    ["base64url with padding", digest.toString("base64").replaceAll("+", "-").replaceAll("/", "_")],
    ["base64 without padding", digest.toString("base64").replace(/=+$/, "")],
    ["base64 of hexadecimal text", Buffer.from(hex).toString("base64")],
    ["hex in capital letters", hex.toUpperCase()],
  ];
}

function describePlace({ signature }: HmacScheme): string {
  return signature.field === undefined
    ? `${signature.prefix ?? ""}…`
    : `${signature.field}${signature.fieldSeparator ?? "="}…`;
}

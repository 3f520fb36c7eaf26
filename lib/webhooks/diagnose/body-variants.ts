import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";
import { charsetVariants } from "#lib/webhooks/diagnose/charset-variants.ts";
import type { Mistake } from "#lib/webhooks/diagnose/diagnosis.ts";
import { jsonVariants, type MakeVariant, RAW_ADVICE } from "#lib/webhooks/diagnose/json-variants.ts";
import { headerValue, mediaType } from "#lib/webhooks/headers.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";

/** A body that the sender may have signed instead of the one that arrived. */
export type BodyVariant = {
  readonly mistake: Mistake;
  readonly message: string;
  readonly advice: string;
  readonly body: Uint8Array;
};

const UNFOLDED_BYTES_MAX = 1024 * 1024;
const UNFOLD: Readonly<Record<string, (body: Uint8Array, options: { maxOutputLength: number }) => Uint8Array>> = {
  gzip: gunzipSync,
  "x-gzip": gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
};

/** Bodies as proxies, frameworks and careless senders change them. */
export function* bodyVariants(request: WebhookRequest): Generator<BodyVariant> {
  const bytes = Buffer.from(request.body);
  const text = bytes.toString("utf8");
  const variant = (mistake: Mistake, message: string, advice: string, body: string): BodyVariant => ({
    mistake,
    message,
    advice,
    body: Buffer.from(body, "utf8"),
  });
  yield variant(
    "body-lost",
    "The signature is that of an empty body.",
    "The sender signed before it knew its body: ask it to sign the bytes it sends.",
    "",
  );
  if (text === "") return;
  const unfolded = unfold(request);
  if (unfolded !== null)
    yield {
      mistake: "body-decoded",
      message: "The signature matches the body before it was compressed.",
      advice:
        "Something on the way compresses the body after it was signed: switch that off, or let the sender sign " +
        "what it sends.",
      body: unfolded,
    };
  yield variant(
    "body-newline",
    "The signature matches with a line break at the end of the body.",
    "A line break at the end got lost on the way: something trims the body.",
    `${text}\n`,
  );
  yield variant(
    "body-newline",
    "The signature matches with CR LF at the end of the body.",
    "A line break at the end got lost on the way: something trims the body.",
    `${text}\r\n`,
  );
  if (/^[ \t\r\n]|[ \t\r\n]$/.test(text))
    yield variant(
      "body-newline",
      "The signature matches without the white space around the body.",
      "White space was added on the way, often by a command such as `echo` or by reading the body line by line.",
      text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, ""),
    );
  if (text.includes("\r\n"))
    yield variant(
      "body-line-endings",
      "The signature matches with LF instead of CR LF.",
      "Line endings are changed on the way: send the body as binary.",
      text.replaceAll("\r\n", "\n"),
    );
  else if (text.includes("\n"))
    yield variant(
      "body-line-endings",
      "The signature matches with CR LF instead of LF.",
      "Line endings are changed on the way: send the body as binary.",
      text.replaceAll("\n", "\r\n"),
    );
  if (text.startsWith("\uFEFF"))
    yield variant(
      "body-decoded",
      "The signature matches without the byte order mark.",
      "A byte order mark was added on the way.",
      text.slice(1),
    );
  else
    yield variant(
      "body-decoded",
      "The signature matches with a byte order mark in front of the body.",
      "A byte order mark got lost on the way: pass the raw bytes on.",
      `\uFEFF${text}`,
    );
  if (/^[A-Za-z0-9+/]{4,}={0,2}$/.test(text))
    yield {
      mistake: "body-decoded",
      message: "The signature matches the body decoded from base64.",
      advice:
        "Something on the way wraps the body in base64, as some gateways do for functions: decode it before " +
        "passing it on.",
      body: Buffer.from(text, "base64"),
    };
  if (mediaType(request.headers) === "application/x-www-form-urlencoded") yield* formVariants(text, variant);
  yield* charsetVariants(bytes, text);
  yield* jsonVariants(text, variant);
}

/** The body without its compression; null when it has none, or more than the doctor looks at. */
function unfold(request: WebhookRequest): Uint8Array | null {
  const read = UNFOLD[(headerValue(request.headers, "content-encoding") ?? "").trim().toLowerCase()];
  try {
    return read === undefined ? null : read(request.body, { maxOutputLength: UNFOLDED_BYTES_MAX });
  } catch {
    return null;
  }
}

function* formVariants(text: string, variant: MakeVariant<BodyVariant>): Generator<BodyVariant> {
  const fields = new URLSearchParams(text);
  yield variant(
    "body-reserialised",
    "The signature matches the form when it is encoded again.",
    RAW_ADVICE,
    fields.toString(),
  );
  if (/\+|%20/.test(text))
    yield variant(
      "body-reserialised",
      "The signature matches the form with its spaces written the other way.",
      RAW_ADVICE,
      text.includes("+") ? text.replaceAll("+", "%20") : text.replaceAll("%20", "+"),
    );
  const payload = fields.get("payload");
  if (payload !== null)
    yield variant(
      "body-decoded",
      "The signature matches the decoded field payload.",
      "Sign the raw form body, or send JSON.",
      payload,
    );
  yield variant(
    "body-decoded",
    "The signature matches the fields as JSON.",
    "The sender signs an object and sends a form: sign the bytes that are sent.",
    JSON.stringify(Object.fromEntries(fields)),
  );
}

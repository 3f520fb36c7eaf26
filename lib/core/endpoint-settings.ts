import { z } from "zod";
import { parseAddressRange } from "#lib/core/address-range.ts";
import { answerHeaderProblem } from "#lib/core/answer-header.ts";
import { readBodyPath } from "#lib/core/body-path.ts";
import { DEDUPE_WINDOW_SECONDS_DEFAULT, DEDUPE_WINDOW_SECONDS_MAX } from "#lib/core/dedupe-window.ts";

/** Methods an endpoint can take. OPTIONS, TRACE and CONNECT never carry an event. */
export const ENDPOINT_METHODS = ["POST", "PUT", "PATCH", "GET", "DELETE"] as const;

const plainText = (charactersMax: number) =>
  z
    .string()
    .max(charactersMax)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, "may not hold control characters");

const headerName = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/, "is not a header name")
  .transform((name) => name.toLowerCase());

/** A path into the body, with dots or as in JSONata, kept with dots. */
const bodyPath = plainText(300).transform((text, context) => {
  const reading = readBodyPath(text);
  if (reading.kind === "path") return reading.path;
  context.addIssue({ code: "custom", message: `is not a path: ${reading.why}` });
  return z.NEVER;
});

/** Where the owner's own event type or delivery id stands: a header, a query parameter, or a path into the body. */
const ownSource = z.discriminatedUnion("from", [
  z.object({ from: z.literal("header"), name: headerName }),
  z.object({ from: z.literal("query"), name: plainText(100).min(1) }),
  z.object({ from: z.literal("body"), path: bodyPath.refine((path) => path !== "", "names no place in the body") }),
]);

const addressRange = z
  .string()
  .trim()
  .max(64)
  .refine((text) => parseAddressRange(text) !== null, "is neither an IP address nor a CIDR range");

const mediaType = z
  .string()
  .max(200)
  .regex(/^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(;[ \t]*[\w-]+=[\w."-]+)*$/, "is not a media type");

const answerHeader = z
  .object({ name: z.string().max(100), value: z.string().max(5_000) })
  .superRefine(({ name, value }, context) => {
    const problem = answerHeaderProblem(name, value);
    if (problem !== null) context.addIssue({ code: "custom", message: problem });
  });

const answerHeaders = z
  .array(answerHeader)
  .max(20)
  .default([])
  .describe("Beside the content type: any header that neither frames the message nor tells browsers what to trust.");

const answer = z.discriminatedUnion("kind", [
  /** 202 with the event's id, or what the sender's preset insists on. */
  z.object({ kind: z.literal("default") }),
  z.object({
    kind: z.literal("fixed"),
    status: z.number().int().min(200).max(299),
    contentType: mediaType,
    body: z.string().max(10_000),
    headers: answerHeaders,
  }),
  /** For HTML forms: the browser goes to this page afterwards (303). */
  z.object({ kind: z.literal("redirect"), url: z.url({ protocol: /^https?$/ }).max(2_000) }),
  /** What a flow's *Answer the sender* step says within the deadline; `fallback` when it says nothing in time. */
  z.object({
    kind: z.literal("flow"),
    deadlineMs: z.number().int().min(100).max(25_000),
    fallback: z.object({
      status: z.number().int().min(200).max(599),
      contentType: mediaType,
      body: z.string().max(10_000),
      headers: answerHeaders,
    }),
  }),
]);

/** How one request with a list of events becomes a run per item. */
const split = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("off") }),
  /** Where the sender's preset says that its list stands. */
  z.object({ kind: z.literal("preset") }),
  /** A path to the list in the body; "" is the body itself. */
  z.object({ kind: z.literal("path"), path: bodyPath }),
]);

const origin = z
  .string()
  .max(300)
  .refine(
    (text) => text === "*" || (URL.canParse(text) && new URL(text).origin === text),
    "is neither * nor an origin like https://example.com",
  );

/** What a form on a web page needs: who may post by script, and what keeps programs out that fill in everything. */
const form = z.object({
  /** Origins whose scripts may post and read the answer; "*" is every page; empty means that no CORS header is sent. */
  origins: z
    .array(origin)
    .max(50)
    .default([])
    .describe('Origins whose scripts may post and read the answer; "*" is every page.'),
  /** A field that people do not see: a request that fills it in is refused. */
  honeypot: plainText(100)
    .min(1)
    .nullable()
    .default(null)
    .describe("A hidden field; a request that fills it in is refused."),
  /** Seconds between opening the page and posting it. */
  minimumSeconds: z
    .number()
    .int()
    .min(1)
    .max(3_600)
    .nullable()
    .default(null)
    .describe("Seconds the page must have been open, by the field hookline_open_ms; a missing field is accepted."),
});

/** A JSON Schema that bodies must match, as its JSON text, and what happens to one that does not. */
const schema = z.object({
  text: z
    .string()
    .min(2)
    .max(64 * 1_024),
  misfit: z.enum(["refuse", "mark"]),
});

const windowSeconds = z
  .number()
  .int("must be whole seconds")
  .min(1, "must be at least 1 second")
  .max(DEDUPE_WINDOW_SECONDS_MAX, "must be at most 30 days")
  .default(DEDUPE_WINDOW_SECONDS_DEFAULT)
  .describe("How long a repeat is recognised, in seconds; 7 days unless given.");

const chosenFields = z
  .array(ownSource)
  .min(1, "choose at least one field")
  .max(10, "choose at most 10 fields")
  .superRefine((fields, context) => {
    const seen = new Set<string>();
    for (const [index, field] of fields.entries()) {
      const place = JSON.stringify(field);
      if (seen.has(place)) context.addIssue({ code: "custom", path: [index], message: "is chosen twice" });
      seen.add(place);
    }
  })
  .describe(
    "Requests with the same values in all of these places are one event; one without any of them is always new.",
  );

const dedupe = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("preset") }),
  z.object({ kind: z.literal("source"), source: ownSource }),
  /** The same values in the chosen places inside the window are the same event, or the same item of a batch. */
  z.object({ kind: z.literal("fields"), fields: chosenFields, windowSeconds }),
  /** The same body inside the window is the same event. */
  z.object({ kind: z.literal("body"), windowSeconds }),
  z.object({ kind: z.literal("off") }),
]);

/** What the owner of an endpoint decided beyond its name, provider and secrets; unknown fields are refused. */
export const endpointSettingsSchema = z.strictObject({
  /** "required" refuses what does not verify; "off" takes everything that reaches the URL. */
  verification: z.enum(["off", "required"]).default("off"),
  /** A scheme id of the provider; null is its default. */
  scheme: z.string().max(100).nullable().default(null),
  /** Values of the provider's own option fields. */
  options: z.record(z.string().regex(/^[\w-]{1,100}$/), z.string().max(4_000)).default({}),
  /** Overrides how old a signed timestamp may be; null keeps the provider's rule. */
  toleranceSeconds: z
    .number()
    .int()
    .min(1)
    .max(7 * 86_400)
    .nullable()
    .default(null),
  /** The URL as it was given to the sender, for senders that sign it; null is our own public URL. */
  publicUrl: z
    .url({ protocol: /^https?$/ })
    .max(2_000)
    .nullable()
    .default(null),
  methods: z.array(z.enum(ENDPOINT_METHODS)).min(1, "at least one method is needed").default(["POST"]),
  /** Addresses that may send; empty means everybody. */
  allowedAddresses: z.array(addressRange).max(500).default([]),
  httpsRequired: z.boolean().default(false),
  /** Requests per second; null is the instance's limit. */
  ratePerSecond: z.number().min(0.01).max(1_000_000).nullable().default(null),
  /** Bytes; null is the instance's limit, which nothing here can exceed. */
  bodyBytesMax: z
    .number()
    .int()
    .min(0)
    .max(16 * 1_048_576)
    .nullable()
    .default(null),
  /** The owner's own event type; null is the preset's. */
  eventType: ownSource.nullable().default(null),
  dedupe: dedupe.default({ kind: "preset" }),
  answer: answer.default({ kind: "default" }),
  split: split.default({ kind: "off" }),
  schema: schema.nullable().default(null),
  form: form.default({ origins: [], honeypot: null, minimumSeconds: null }),
  /** A GET shows a page with a button first, because mail scanners and previews open links. */
  confirmGet: z.boolean().default(false),
  /** A secret that is not the newest retires by itself once it has verified nothing for this long; null keeps it. */
  retireSecretsAfterHours: z.number().int().min(1).max(8_760).nullable().default(null),
});

/** Where the owner's own event type, delivery id or chosen field stands. */
export type OwnSource = z.infer<typeof ownSource>;

/** The checked settings of an endpoint, every field present. */
export type EndpointSettings = z.infer<typeof endpointSettingsSchema>;

/**
 * What a caller may send to change settings: any subset. What is left out stays out: `partial()` would fill in
 * defaults.
 */
export const endpointSettingsPatchSchema: z.ZodType<Partial<EndpointSettings>> = z.strictObject(
  Object.fromEntries(
    Object.entries(endpointSettingsSchema.shape).map(([name, field]) => [name, field.unwrap().optional()]),
  ),
);

/** Settings as stored; throws when the stored text is not ours. */
export function parseStoredSettings(text: string): EndpointSettings {
  return endpointSettingsSchema.parse(JSON.parse(text, keepOldPath));
}

/**
 * What was saved as a path before paths were read is one name, which it may find, and never a reason to refuse events.
 */
function keepOldPath(key: string, value: unknown): unknown {
  if (key !== "path" || typeof value !== "string" || readBodyPath(value).kind === "path") return value;
  return `\`${value.replaceAll("`", "")}\``;
}

import { z } from "zod";
import { parseAddressRange } from "#lib/receive/client-address.ts";

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

/** Where the owner's own event type or delivery id stands: a header, a query parameter, or a dot path into the body. */
const ownSource = z.discriminatedUnion("from", [
  z.object({ from: z.literal("header"), name: headerName }),
  z.object({ from: z.literal("query"), name: plainText(100).min(1) }),
  z.object({ from: z.literal("body"), path: plainText(300).min(1) }),
]);

const addressRange = z
  .string()
  .trim()
  .max(64)
  .refine((text) => parseAddressRange(text) !== null, "is neither an IP address nor a CIDR range");

const answer = z.discriminatedUnion("kind", [
  /** 202 with the event's id, or what the sender's preset insists on. */
  z.object({ kind: z.literal("default") }),
  z.object({
    kind: z.literal("fixed"),
    status: z.number().int().min(200).max(299),
    contentType: z
      .string()
      .max(200)
      .regex(/^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(;[ \t]*[\w-]+=[\w."-]+)*$/, "is not a media type"),
    body: z.string().max(10_000),
  }),
  /** For HTML forms: the browser goes to this page afterwards (303). */
  z.object({ kind: z.literal("redirect"), url: z.url({ protocol: /^https?$/ }).max(2_000) }),
]);

const dedupe = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("preset") }),
  z.object({ kind: z.literal("source"), source: ownSource }),
  /** The same body inside the window is the same event. */
  z.object({
    kind: z.literal("body"),
    windowSeconds: z
      .number()
      .int()
      .min(1)
      .max(30 * 86_400),
  }),
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
});

/** The checked settings of an endpoint, every field present. */
export type EndpointSettings = z.infer<typeof endpointSettingsSchema>;

/** What a caller may send to change settings: any subset. What is left out stays out: `partial()` would fill in defaults. */
export const endpointSettingsPatchSchema: z.ZodType<Partial<EndpointSettings>> = z.strictObject(
  Object.fromEntries(Object.entries(endpointSettingsSchema.shape).map(([name, field]) => [name, field.unwrap().optional()])),
);

/** Settings as stored; throws when the stored text is not ours. */
export function parseStoredSettings(text: string): EndpointSettings {
  return endpointSettingsSchema.parse(JSON.parse(text));
}

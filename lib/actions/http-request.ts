import { z } from "zod";
import {
  type ConnectionView,
  defineAction,
  type FieldMeta,
  type PlanContext,
  type PlanResult,
} from "#lib/engine/action.ts";
import type { HttpEffect, SlottedText } from "#lib/engine/effect.ts";
import { headerProblem } from "#lib/engine/request-header.ts";

const MIB = 1024 * 1024;
const bodyBytesMax = 5 * MIB;
const responseBytesMax = MIB;
const redirectsMax = 5;

const meta = (label: string, place: FieldMeta["place"], more: Omit<FieldMeta, "label" | "place"> = {}) => ({
  hookline: { label, place, ...more },
});
const row = (place: FieldMeta["place"]) =>
  z.strictObject({
    name: z.string().max(200).meta(meta("Name", "plain")),
    value: z.string().max(20_000).default("").meta(meta("Value", place)),
  });
const rows = (label: string, place: FieldMeta["place"], more: Omit<FieldMeta, "label" | "place"> = {}) =>
  z
    .array(row(place))
    .max(100)
    .default([])
    .meta(meta(label, "plain", more));

const body = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("none") }).meta(meta("No body", "plain")),
  z
    .strictObject({
      kind: z.literal("json"),
      json: z
        .string()
        .max(bodyBytesMax)
        .meta(
          meta("JSON", "jsonBody", {
            required: true,
            multiline: true,
            placeholder: '{ "email": {{ trigger.body.email }} }',
          }),
        ),
    })
    .meta(meta("JSON", "plain")),
  z.strictObject({ kind: z.literal("form"), fields: rows("Fields", "formField") }).meta(meta("Form", "plain")),
  z
    .strictObject({
      kind: z.literal("text"),
      text: z
        .string()
        .max(bodyBytesMax)
        .meta(meta("Text", "text", { multiline: true })),
      contentType: z.string().max(200).default("text/plain; charset=utf-8").meta(meta("Content type", "header")),
    })
    .meta(meta("Text", "plain")),
]);

const input = z.strictObject({
  method: z
    .enum(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])
    .default("POST")
    .meta(meta("Method", "plain")),
  url: z
    .string()
    .max(20_000)
    .meta(meta("URL", "url", { required: true, placeholder: "https://api.acme.dev/orders/{{ trigger.body.id }}" })),
  query: rows("Query parameters", "urlQuery", { advanced: true }),
  headers: rows("Headers", "header", { advanced: true }),
  body: body.default({ kind: "none" }).meta(meta("Body", "plain")),
  timeoutSeconds: z
    .int()
    .min(1)
    .max(300)
    .default(30)
    .meta(meta("Timeout in seconds", "plain", { advanced: true })),
  followRedirects: z
    .boolean()
    .default(false)
    .meta(meta("Follow redirects", "plain", { advanced: true, help: "Up to 5; each address is checked again." })),
});

type Input = z.output<typeof input>;

/** Calls an HTTP API. */
export const action = defineAction({
  id: "http.request",
  title: "HTTP request",
  description: "Calls any HTTP API with JSON, a form or text, and keeps the answer for later steps.",
  synonyms: ["api", "rest", "webhook", "post", "get", "curl", "fetch", "call", "url", "json"],
  icon: "globe",
  connectionKinds: ["http.bearer", "http.basic", "http.apiKey"],
  connectionRequired: false,
  input,
  blankInput: { method: "POST", url: "", body: { kind: "json", json: "{{ trigger.body }}" } },
  onUnknown: "retry",
  example: {
    input: {
      method: "POST",
      url: "https://api.acme.dev/orders/{{ trigger.body.id }}",
      body: { kind: "json", json: '{ "paid": {{ trigger.body.amount }} }' },
    },
    output: { status: 201, headers: { "content-type": "application/json" }, body: { id: "ord_81", paid: 4200 } },
  },

  summarize(given) {
    const read = input.partial().safeParse(given);
    const url = read.success ? (read.data.url ?? "") : "";
    const bare = url.replace(/^https?:\/\//, "").replace(/\?.*$/s, "");
    return url === ""
      ? "no URL yet"
      : `${read.data?.method ?? "POST"} ${bare.length > 60 ? `${bare.slice(0, 57)}…` : bare}`;
  },

  plan: planRequest,
});

function planRequest(request: Input, context: PlanContext): PlanResult {
  const url = withQuery(request);
  if (url.kind === "refused") return url;
  if ((request.method === "GET" || request.method === "HEAD") && request.body.kind !== "none") {
    return refused(
      "body-not-allowed",
      "body",
      `A ${request.method} request has no body: choose "No body" or another method.`,
    );
  }
  const content = writeBody(request);
  if (content.kind === "refused") return content;
  if (new TextEncoder().encode(content.text ?? "").length > bodyBytesMax)
    return refused("too-large", "body", "The body is larger than 5 MB.");

  const headers = writeHeaders(request, content.contentType, context);
  if (headers.kind === "refused") return headers;
  const effect: HttpEffect = {
    kind: "http",
    method: request.method,
    url: url.text,
    headers: headers.list,
    body: content.text === null ? null : { text: content.text },
    timeoutMs: request.timeoutSeconds * 1000,
    redirectsMax: request.followRedirects ? redirectsMax : 0,
    responseBytesMax,
  };
  return { kind: "planned", effect };
}

type Refused = Extract<PlanResult, { kind: "refused" }>;

function withQuery(request: Input): { kind: "written"; text: string } | Refused {
  const url = URL.parse(request.url.trim());
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:"))
    return refused("not-a-url", "url", "The URL is not an http:// or https:// address.");
  if (url.username !== "" || url.password !== "")
    return refused("not-a-url", "url", "A URL may not carry a user name or password: use a connection.");
  if (/[\u0000-\u0020\u007f\\]/.test(request.url.trim()))
    return refused("not-a-url", "url", "A URL may not contain spaces, line breaks or backslashes.");
  const parameters = request.query.filter(({ name }) => name !== "");
  if (!parameters.every(({ name, value }) => name.isWellFormed() && value.isWellFormed())) {
    return refused(
      "bad-character",
      "query",
      "A parameter contains half of a character pair and cannot be put into a URL.",
    );
  }
  const added = parameters
    .map(({ name, value }) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join("&");
  const bare = request.url.trim().replace(/#.*$/s, "");
  const joint = added === "" ? "" : bare.includes("?") ? (/[?&]$/.test(bare) ? "" : "&") : "?";
  // The form that is sent: host in ASCII, everything encoded, no fragment.
  return { kind: "written", text: new URL(bare + joint + added).href };
}

function writeBody({
  body: given,
}: Input): { kind: "written"; text: string | null; contentType: string | null } | Refused {
  switch (given.kind) {
    case "none":
      return { kind: "written", text: null, contentType: null };
    case "json":
      try {
        JSON.parse(given.json);
      } catch {
        return refused("bad-json", "body.json", "The body is not valid JSON.");
      }
      return { kind: "written", text: given.json, contentType: "application/json" };
    case "form": {
      const form = new URLSearchParams(
        given.fields.filter(({ name }) => name !== "").map(({ name, value }) => [name, value]),
      );
      return { kind: "written", text: form.toString(), contentType: "application/x-www-form-urlencoded" };
    }
    case "text":
      return { kind: "written", text: given.text, contentType: given.contentType };
  }
}

function writeHeaders(
  request: Input,
  contentType: string | null,
  context: PlanContext,
): { kind: "written"; list: HttpEffect["headers"] } | Refused {
  const list: [string, SlottedText][] = [];
  const names = new Set<string>();
  for (const [index, { name, value }] of request.headers.entries()) {
    if (name === "") continue;
    const field = `headers.${index}`;
    const problem = headerProblem(name, value);
    if (problem !== null) return refused("header-not-allowed", field, problem);
    if (names.has(name.toLowerCase()))
      return refused("header-not-allowed", field, `The header ${name} is there twice.`);
    names.add(name.toLowerCase());
    list.push([name, value.trim()]);
  }
  const auth = context.connection === null ? null : authHeader(context.connection);
  if (auth !== null) {
    if (names.has(auth[0].toLowerCase()))
      return refused(
        "header-not-allowed",
        "headers",
        `The header ${auth[0]} comes from the connection: remove it here.`,
      );
    list.push(auth);
  }
  if (contentType !== null && !names.has("content-type")) {
    const problem = headerProblem("Content-Type", contentType);
    if (problem !== null) return refused("header-not-allowed", "body.contentType", problem);
    list.push(["Content-Type", contentType]);
  }
  if (!names.has("accept")) list.push(["Accept", "*/*"]);
  if (!names.has("user-agent")) list.push(["User-Agent", "Hookline"]);
  // Theirs wins: some APIs want a key with a meaning of its own.
  if (!names.has("idempotency-key")) list.push(["Idempotency-Key", context.idempotencyKey]);
  return { kind: "written", list };
}

/** The header a connection adds, with a slot where the executor puts the secret. */
function authHeader({ id, kind, version, config }: ConnectionView): [string, SlottedText] | null {
  const slot = (field: string) => ({ slot: { connectionId: id, version, field } });
  switch (kind) {
    case "http.bearer":
      return ["Authorization", ["Bearer ", slot("token")]];
    case "http.basic":
      return ["Authorization", ["Basic ", slot("basic")]];
    case "http.apiKey":
      return [typeof config["header"] === "string" ? config["header"] : "X-Api-Key", [slot("key")]];
    default:
      return null;
  }
}

function refused(code: string, field: string, message: string): Refused {
  return { kind: "refused", code, field, message };
}

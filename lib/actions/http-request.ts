import { z } from "zod";
import { ANSWER_BYTES_MAX, LIST_ITEMS_MAX, SENT_BYTES_MAX } from "#lib/core/size-limits.ts";
import {
  type ActionProblem,
  type ActionProblemContext,
  defineAction,
  type FieldMeta,
  type PlanContext,
  type PlanResult,
} from "#lib/engine/action.ts";
import { credentialHeader } from "#lib/engine/connections/connection-kinds.ts";
import type { HttpEffect } from "#lib/engine/effect.ts";
import { contentTypeProblem, headerRowProblems, namelessRowProblems } from "#lib/engine/http/row-problems.ts";
import { writeBody } from "#lib/engine/http/write-body.ts";
import { writeHeaders } from "#lib/engine/http/write-headers.ts";
import { headerProblem } from "#lib/engine/request-header.ts";
import { LIST_STYLES } from "#lib/engine/template/spread-field.ts";

const bodyBytesMax = SENT_BYTES_MAX;
const responseBytesMax = ANSWER_BYTES_MAX;
const redirectsMax = 5;

const meta = (label: string, place: FieldMeta["place"], more: Omit<FieldMeta, "label" | "place"> = {}) => ({
  hookline: { label, place, ...more },
});
const row = (place: FieldMeta["place"], listsAt?: readonly string[], valueCharsMax = 20_000) =>
  z.strictObject({
    name: z.string().max(2_000).meta(meta("Name", "name")),
    value: z
      .string()
      .max(valueCharsMax)
      .default("")
      .meta(meta("Value", place, listsAt === undefined ? {} : { listsAt })),
  });
const rows = (
  label: string,
  place: FieldMeta["place"],
  { listsAt, ...more }: Omit<FieldMeta, "label" | "place"> = {},
  valueCharsMax?: number,
) =>
  z
    .array(row(place, listsAt, valueCharsMax))
    // A list becomes rows of its own.
    .max(LIST_ITEMS_MAX)
    .default([])
    .meta(meta(label, "plain", more));

/** How lists in a query or form become rows. */
const lists = (label: string, more: Omit<FieldMeta, "label" | "place"> = {}) =>
  z
    .enum(["repeat", "brackets", "index", "json"])
    .default("repeat")
    .meta(meta(label, "plain", { options: LIST_STYLES, ...more }));

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
  z
    .strictObject({
      kind: z.literal("form"),
      fields: rows("Fields", "formField", { listsAt: ["body", "lists"] }, bodyBytesMax),
      lists: lists("A list is sent as"),
    })
    .meta(meta("Form", "plain")),
  z
    .strictObject({
      kind: z.literal("text"),
      text: z
        .string()
        .max(bodyBytesMax)
        .meta(
          meta("Text", "text", {
            placeBy: "content type",
            multiline: true,
            help: "Sent as written. With an XML or HTML content type the values put into it are escaped.",
          }),
        ),
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
  query: rows("Query parameters", "urlQuery", { advanced: true, listsAt: ["queryLists"] }),
  queryLists: lists("A list in the query is sent as", { advanced: true }),
  headers: rows("Headers", "header", { advanced: true }),
  body: body.default({ kind: "none" }).meta(meta("Body", "plain")),
  bodyAnyway: z
    .boolean()
    .default(false)
    .meta(
      meta("Send the body with GET, HEAD or DELETE", "plain", {
        advanced: true,
        help: "Most servers ignore a body there or refuse the call; a few APIs (search, bulk deletes) want one.",
      }),
    ),
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

  plan: planRequest,
  problems: findProblems,
});

/** Methods whose requests have no body as a rule (RFC 9110, 9.3.1, 9.3.2, 9.3.5). */
const BODILESS: ReadonlySet<string> = new Set(["GET", "HEAD", "DELETE"]);

function findProblems(request: Input, context: ActionProblemContext): ActionProblem[] {
  const { body, method } = request;
  const credential = context.connection === null ? null : credentialHeader({ ...context.connection, version: 0 });
  const bodyProblem: ActionProblem[] =
    body.kind !== "none" && BODILESS.has(method) && !request.bodyAnyway
      ? [{ path: ["body"], code: "body-not-allowed", message: bodyWords(method) }]
      : [];
  return [
    ...bodyProblem,
    ...headerRowProblems(request.headers, context.writtenText, headerProblem, credential?.[0] ?? null),
    ...namelessRowProblems(request.query, ["query"]),
    ...namelessRowProblems(request.headers, ["headers"]),
    ...(body.kind === "form" ? namelessRowProblems(body.fields, ["body", "fields"]) : []),
    ...(body.kind === "text" ? contentTypeProblem(body.contentType, ["body", "contentType"], context.writtenText) : []),
  ];
}

/** In UTF-8, where a character takes three bytes at most: most texts need no counting. */
function isLongerThan(text: string, bytes: number): boolean {
  return text.length * 3 > bytes && new TextEncoder().encode(text).length > bytes;
}

function planRequest(request: Input, context: PlanContext): PlanResult {
  const url = withQuery(request);
  if (url.kind === "refused") return url;
  const own = request.headers.find(({ name }) => name.toLowerCase() === "content-type")?.value ?? null;
  const content = writeBody(request.body, own);
  if (content.kind === "refused") return content;
  const isUnusual = request.method === "GET" || request.method === "HEAD";
  if (isUnusual && content.kind === "written" && !request.bodyAnyway)
    return refused("body-not-allowed", "body", bodyWords(request.method));
  if (content.kind === "written" && isLongerThan(content.text, bodyBytesMax))
    return refused("too-large", "body", "The body is larger than 17 MiB.");

  const headers = writeHeaders(request.headers, content.kind === "written" ? content.contentType : null, context);
  if (headers.kind === "refused") return headers;
  const effect: HttpEffect = {
    kind: "http",
    method: request.method,
    url: url.text,
    headers: headers.list,
    body: content.kind === "none" ? null : bodyOf(content.text, content.charset),
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

function bodyOf(text: string, charset: string | null): HttpEffect["body"] {
  return charset === null ? { text } : { text, charset };
}

function bodyWords(method: string): string {
  return (
    `A ${method} request has no body as a rule: choose "No body" or ` +
    "another method, or switch on that it is sent anyway."
  );
}

function refused(code: string, field: string, message: string): Refused {
  return { kind: "refused", code, field, message };
}

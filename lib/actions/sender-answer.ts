import { z } from "zod";
import { answerHeaderProblem } from "#lib/core/answer-header.ts";
import { charsetOf } from "#lib/core/content-type.ts";
import {
  type ActionProblem,
  type ActionProblemContext,
  defineAction,
  type FieldMeta,
  type PlanResult,
} from "#lib/engine/action.ts";
import { ANSWER_ACTION } from "#lib/engine/answers-sender.ts";
import { contentTypeProblem, headerRowProblems, namelessRowProblems } from "#lib/engine/http/row-problems.ts";
import { writeBody } from "#lib/engine/http/write-body.ts";
import { headerProblem } from "#lib/engine/request-header.ts";

const bodyBytesMax = 1024 * 1024;

const meta = (label: string, place: FieldMeta["place"], more: Omit<FieldMeta, "label" | "place"> = {}) => ({
  hookline: { label, place, ...more },
});

const written = (label: string, place: FieldMeta["place"], more: Omit<FieldMeta, "label" | "place"> = {}) =>
  z
    .string()
    .max(bodyBytesMax)
    .meta(meta(label, place, { multiline: true, ...more }));

const body = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("none") }).meta(meta("No body", "plain")),
  z
    .strictObject({
      kind: z.literal("json"),
      json: written("JSON", "jsonBody", { required: true, placeholder: '{ "total": {{ trigger.body.amount }} }' }),
    })
    .meta(meta("JSON", "plain")),
  z
    .strictObject({
      kind: z.literal("html"),
      html: written("HTML", "html", {
        help: "Sent as written; values put into it are escaped. Scripts and styles do not run in answers.",
      }),
    })
    .meta(meta("HTML", "plain")),
  z
    .strictObject({
      kind: z.literal("text"),
      text: written("Text", "text", {
        placeBy: "content type",
        help: "Sent as written. With an XML or HTML content type the values put into it are escaped.",
      }),
      contentType: z.string().max(200).default("text/plain; charset=utf-8").meta(meta("Content type", "header")),
    })
    .meta(meta("Text", "plain")),
]);

const input = z.strictObject({
  status: z
    .int()
    .min(200)
    .max(599)
    .default(200)
    .meta(meta("Status", "plain", { help: "200 to 599. Most senders repeat a delivery that is not answered 2xx." })),
  body: body.default({ kind: "none" }).meta(meta("Body", "plain")),
  headers: z
    .array(
      z.strictObject({
        name: z.string().max(2_000).meta(meta("Name", "name")),
        value: z
          .string()
          .max(5_000)
          .default("")
          .meta(meta("Value", "header", { placeBy: "header name" })),
      }),
    )
    .max(20)
    .default([])
    .meta(
      meta("Headers", "plain", {
        advanced: true,
        help: "Any header that neither frames the answer nor tells browsers what to trust; Location for a redirect.",
      }),
    ),
});

type Input = z.output<typeof input>;

/** Answers the sender that waits for the event's answer. */
export const action = defineAction({
  id: ANSWER_ACTION,
  title: "Answer the sender",
  description:
    "Tells the sender of the event what this flow computed, while it " +
    "waits. The endpoint's answer must be set to a flow.",
  synonyms: ["respond", "response", "reply", "return", "sync", "synchronous", "result", "status"],
  icon: "reply",
  connectionKinds: [],
  connectionRequired: false,
  input,
  blankInput: { status: 200, body: { kind: "json", json: "" } },
  onUnknown: "retry",
  example: {
    input: { status: 200, body: { kind: "json", json: '{ "received": {{ trigger.body.id }} }' } },
    output: { answered: true, outcome: "given", status: 200 },
  },

  plan: planAnswer,
  problems: findProblems,
});

function findProblems(answer: Input, context: ActionProblemContext): ActionProblem[] {
  const { body, status } = answer;
  const bodyProblem: ActionProblem[] =
    hasNoBody(status) && body.kind !== "none"
      ? [{ path: ["body"], code: "body-not-allowed", message: `An answer with status ${status} has no body.` }]
      : [];
  const nobodyWaits: ActionProblem[] =
    context.senderWaits === false
      ? [
          {
            path: [],
            code: "nobody-waits",
            message: "senders of this endpoint do not wait for a flow's answer: set its answer to a flow.",
            severity: "warning",
          },
        ]
      : [];
  return [
    ...nobodyWaits,
    ...bodyProblem,
    ...headerRowProblems(answer.headers, context.writtenText, answerHeaderProblem, null),
    ...namelessRowProblems(answer.headers, ["headers"]),
    ...(body.kind === "text" ? contentTypeProblem(body.contentType, ["body", "contentType"], context.writtenText) : []),
  ];
}

function planAnswer(answer: Input): PlanResult {
  const content = writeBody(answer.body, null);
  if (content.kind === "refused") return content;
  const text = content.kind === "none" ? "" : content.text;
  if (new TextEncoder().encode(text).length > bodyBytesMax)
    return refused("too-large", "body", "The answer is larger than 1 MB.");
  if (hasNoBody(answer.status) && text !== "")
    return refused("body-not-allowed", "body", `An answer with status ${answer.status} has no body.`);
  const headers: [string, string][] = [];
  const names = new Set<string>();
  for (const [index, { name, value }] of answer.headers.entries()) {
    if (name === "") continue;
    const problem = answerHeaderProblem(name, value);
    if (problem !== null) return refused("header-not-allowed", `headers.${index}`, problem);
    if (names.has(name.toLowerCase()))
      return refused("header-not-allowed", `headers.${index}`, `The header ${name} is given twice.`);
    names.add(name.toLowerCase());
    headers.push([name.toLowerCase(), value.trim()]);
  }
  if (content.kind === "written") {
    const contentType = withCharset(content.contentType, content.charset);
    const problem = headerProblem("Content-Type", contentType);
    if (problem !== null) return refused("header-not-allowed", "body.contentType", problem);
    headers.push(["content-type", contentType]);
  }
  return { kind: "planned", effect: { kind: "answer", status: answer.status, headers, body: text } };
}

/** Statuses whose answers end with their headers (RFC 9110, 15.3.5, 15.3.6, 15.4.5). */
function hasNoBody(status: number): boolean {
  return status === 204 || status === 205 || status === 304;
}

/**
 * The character set is told where only an XML declaration names it: the answer's text is kept, and encoded by its type.
 */
function withCharset(contentType: string, charset: string | null): string {
  return charset === null || charsetOf(contentType) !== null ? contentType : `${contentType}; charset=${charset}`;
}

function refused(code: string, field: string, message: string): Extract<PlanResult, { kind: "refused" }> {
  return { kind: "refused", code, field, message };
}

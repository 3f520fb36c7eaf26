import { parse } from "qs";
import type { BodyProblem } from "./body-view.ts";
import { parseExactJson, parseJsonText } from "./json-body.ts";

const fieldsMax = 1000;
const nestingMax = 16;

/**
 * Fields of an urlencoded body or a query: `a[b]=1` nests, repeated names make a list, and a `payload` field that
 * holds a JSON object or list is parsed (GitHub and Slack send one). Every value is text; `exact` has the numbers
 * inside `payload` as they were written, where they would lose digits.
 */
export function parseFormText(
  text: string,
  charset: string | null,
  problems: BodyProblem[],
): { value: Record<string, unknown>; exact: Record<string, unknown> } {
  const pairs = text === "" ? 0 : text.split("&", fieldsMax + 2).length;
  if (pairs > fieldsMax) problems.push({ kind: "dropped", what: `fields after the first ${fieldsMax}` });
  if (/(^|[&[])(__proto__|%5f%5fproto%5f%5f)/i.test(text))
    problems.push({ kind: "dropped", what: "the field __proto__" });
  const parsed = parse(text, {
    depth: nestingMax,
    parameterLimit: fieldsMax,
    arrayLimit: 100,
    plainObjects: true,
    allowPrototypes: true,
    charset: charset === "iso-8859-1" || charset === "latin1" ? "iso-8859-1" : "utf-8",
  });
  // Through JSON, so that nothing without a prototype travels on.
  const fields = JSON.parse(JSON.stringify(parsed)) as Record<string, unknown>;
  const exact = { ...fields };
  const payload = fields["payload"];
  if (typeof payload === "string" && /^\s*[{[]/.test(payload)) {
    const reading = parseJsonText(payload);
    if (reading.kind === "parsed") {
      fields["payload"] = reading.value;
      exact["payload"] = parseExactJson(payload);
      problems.push(...reading.problems);
    }
  }
  return { value: fields, exact };
}

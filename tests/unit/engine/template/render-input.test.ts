import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { Json } from "#lib/core/json.ts";
import type { FieldMeta } from "#lib/engine/action.ts";
import type { TemplateValue } from "#lib/engine/template/encode.ts";
import { readInputFields } from "#lib/engine/template/input-fields.ts";
import { type InputRendering, listExpressions, renderInput } from "#lib/engine/template/render-input.ts";

const meta = (label: string, place: FieldMeta["place"], required = false) => ({ hookline: { label, place, required } });
const schema = z.strictObject({
  to: z.string().meta(meta("To", "address", true)),
  replyTo: z.string().optional().meta(meta("Reply to", "address")),
  subject: z.string().default("").meta(meta("Subject", "subject")),
  rows: z
    .array(
      z.strictObject({
        name: z.string().meta(meta("Name", "plain")),
        value: z.string().meta(meta("Value", "urlQuery")),
      }),
    )
    .optional()
    .meta(meta("Rows", "plain")),
  body: z
    .discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("json"), json: z.string().meta(meta("JSON", "jsonBody")) }),
      z.strictObject({ kind: z.literal("text"), json: z.string().meta(meta("Text", "text")) }),
    ])
    .optional(),
  tags: z.record(z.string(), z.string().meta(meta("Tag", "text"))).optional(),
  value: z.unknown().optional().meta(meta("Value", "value")),
  count: z.int().optional(),
});

/** Renders the input with values looked up by source; what is not there is nothing. */
function render(input: Json, values: Record<string, Json>): InputRendering {
  const { fields, problems } = readInputFields(schema, input);
  expect(problems).toEqual([]);
  const given = listExpressions(fields).map(
    ({ source }): TemplateValue =>
      source in values ? { kind: "value", value: values[source] ?? null } : { kind: "nothing" },
  );
  return renderInput(input, fields, given);
}

describe("an action's input", () => {
  it("is found by its metadata through optional, default, list, record and union", () => {
    const { fields } = readInputFields(schema, {
      to: "{{ a }}",
      subject: "{{ b }}",
      rows: [{ name: "{{ not }}", value: "{{ c }}" }],
      body: { kind: "json", json: '{"x": {{ d }}}' },
      tags: { one: "{{ e }}" },
      value: "f",
      count: 3,
    });
    expect(fields.map((field) => [field.path.join("."), field.meta.place])).toEqual([
      ["to", "address"],
      ["subject", "subject"],
      ["rows.0.value", "urlQuery"],
      ["body.json", "jsonBody"],
      ["tags.one", "text"],
      ["value", "value"],
    ]);
    expect(listExpressions(fields).map(({ source }) => source)).toEqual(["a", "b", "c", "d", "e", "f"]);
  });

  it("says which template does not read, and where", () => {
    const { problems } = readInputFields(schema, {
      to: "{{ a",
      body: { kind: "json", json: '{"x": }' },
      subject: "ok",
    });
    expect(problems).toMatchObject([
      { path: ["to"], label: "To", position: 0 },
      { path: ["body", "json"], label: "JSON", position: 6, message: expect.stringContaining("line 1") },
    ]);
  });

  it("loses optional fields that are empty, whole rows included, and keeps the rest as it was", () => {
    const input = {
      to: "{{ to }}",
      replyTo: "{{ gone }}",
      rows: [
        { name: "a", value: "{{ gone }}" },
        { name: "b", value: "{{ list }}" },
        { name: "c", value: "x{{ to }}" },
        { name: "d", value: "static" },
      ],
      value: "{{ number }}",
      count: 3,
    };
    expect(render(input, { to: "a@b.dev", list: [1, "two"], number: 42 })).toMatchObject({
      kind: "rendered",
      input: {
        to: "a@b.dev",
        rows: [
          { name: "b", value: "1" },
          { name: "b", value: "two" },
          { name: "c", value: "xa@b.dev" },
          { name: "d", value: "static" },
        ],
        value: 42,
        count: 3,
      },
    });
    const result = render(input, { to: "a@b.dev", list: [], number: 42 });
    expect(result.kind === "rendered" && JSON.stringify(result.input)).not.toContain("replyTo");
  });

  it.each([
    [{}, "To is empty for this event: `order.email` is nothing."],
    [{ "order.email": null }, "To is empty for this event: `order.email` is nothing."],
    [{ "order.email": "" }, "To is empty for this event: `order.email` is empty."],
  ])("refuses a required field that is empty, in words that name the field and the expression", (values, message) => {
    const words = message.replace(
      "is nothing",
      "order.email" in values && (values as Record<string, Json>)["order.email"] === null ? "is null" : "is nothing",
    );
    expect(render({ to: "{{ order.email }}" }, values)).toMatchObject({
      kind: "refused",
      code: "blank",
      path: ["to"],
      label: "To",
      source: "order.email",
      message: words,
    });
  });

  it("refuses a required field that was never filled in", () => {
    expect(render({ to: " " }, {})).toMatchObject({ kind: "refused", code: "blank", label: "To" });
  });

  it("keeps odd keys as data", () => {
    const input = JSON.parse('{"to":"a@b.dev","tags":{"__proto__":"{{ a }}","constructor":"{{ a }}"}}') as Json;
    const result = render(input, { a: "v" });
    expect(result.kind === "rendered" && JSON.stringify(result.input)).toBe(
      '{"to":"a@b.dev","tags":{"__proto__":"v","constructor":"v"}}',
    );
  });

  it("collects warnings with their field", () => {
    expect(render({ to: "a@b.dev", tags: { x: "Hi {{ gone }}, {{ list }}" } }, { list: [1] })).toMatchObject({
      warnings: [
        { warning: "blank", label: "Tag", source: "gone", path: ["tags", "x"] },
        { warning: "json-in-text", label: "Tag", source: "list" },
      ],
    });
  });
});

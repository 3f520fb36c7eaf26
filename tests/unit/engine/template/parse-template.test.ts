import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  escapeTemplateText,
  formatTemplate,
  parseTemplate,
  type Segment,
  withIfEmpty,
} from "#lib/engine/template/parse-template.ts";

function segmentsOf(text: string): Segment[] {
  const reading = parseTemplate(text);
  if (reading.kind === "error") throw new Error(reading.message);
  return reading.segments;
}

const sources = (text: string) =>
  segmentsOf(text).flatMap((segment) => (segment.kind === "expression" ? [segment.source] : []));
const texts = (text: string) => segmentsOf(text).flatMap((segment) => (segment.kind === "text" ? [segment.text] : []));

describe("parseTemplate", () => {
  it("finds expressions with the offsets of their source", () => {
    const text = "Hi {{ trigger.body.name }}, bye";
    const [, expression] = segmentsOf(text);
    expect(expression).toMatchObject({
      kind: "expression",
      source: "trigger.body.name",
      start: 3,
      end: 26,
      sourceStart: 6,
    });
  });

  it.each([
    ['{{ {"a": {"b": 1}} }}', ['{"a": {"b": 1}}']],
    ['{{{"a":{"b":1}}}}', ['{"a":{"b":1}}']],
    ['{{ "}}" & x }}', ['"}}" & x']],
    ["{{ 'it\\'s }}' }}", ["'it\\'s }}'"]],
    ["{{ `odd }} key` }}", ["`odd }} key`"]],
    ["{{ /* }} */ x }}", ["/* }} */ x"]],
    ['{{ $match(x, /a{1}"/) }}{{ y }}', ['$match(x, /a{1}"/)', "y"]],
    ["{{{ x }} and }", ["x"]],
    ['{{ a / b }} and {{ c / "}}" }}', ["a / b", 'c / "}}"']],
    ["{{ (a) / b / c }}", ["(a) / b / c"]],
    ['{{ x and /"/ }}', ['x and /"/']],
    ["{{ a[b='}}'] }}", ["a[b='}}']"]],
  ])("passes over strings, names, comments, regular expressions and objects: %s", (text, expected) => {
    expect(sources(text)).toEqual(expected);
  });

  it("takes \\{{ as literal braces and a doubled backslash before an expression as one", () => {
    expect(texts("a \\{{ b }}")).toEqual(["a {{ b }}"]);
    expect(segmentsOf("C:\\\\{{ x }}")).toMatchObject([
      { kind: "text", text: "C:\\" },
      { kind: "expression", source: "x" },
    ]);
    expect(texts("C:\\dir and }}")).toEqual(["C:\\dir and }}"]);
  });

  it.each([
    ["a {{ b", 2, "never closed"],
    ['{{ "abc }}', 3, "never closed"],
    ["{{ /* x }}", 3, "never closed"],
    ["{{ `x }}", 3, "never closed"],
    ["ab{{ }}", 2, "no expression"],
    ["{{ a } b }}", 5, "closes nothing"],
  ])("says where the mistake in %j is", (text, position, message) => {
    expect(parseTemplate(text)).toMatchObject({ kind: "error", position, message: expect.stringContaining(message) });
  });

  it("gives every template back unchanged (10,000 random texts)", () => {
    const bits = fc.constantFrom(
      "{{",
      "}}",
      "{",
      "}",
      "\\",
      '"',
      "'",
      "`",
      "/",
      "/*",
      "*/",
      " ",
      "a",
      "trigger.body",
      "$f(",
      ")",
      "[0]",
      "é😀",
    );
    fc.assert(
      fc.property(fc.array(bits, { maxLength: 20 }), (parts) => {
        const text = parts.join("");
        const reading = parseTemplate(text);
        if (reading.kind === "error")
          return reading.position >= 0 && reading.position <= text.length && reading.message !== "";
        return (
          formatTemplate(reading.segments) === text &&
          reading.segments.every((s) => text.slice(s.start, s.end) === s.raw)
        );
      }),
      { numRuns: 10_000, seed: 1 },
    );
  });

  it("reads literal text back as it was escaped (10,000 random texts)", () => {
    const literal = fc
      .array(fc.constantFrom("{{", "{", "}}", "\\", "x", "é"), { maxLength: 12 })
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(literal, literal, (before, after) => {
        const text = `${escapeTemplateText(before, "expression")}{{ x }}${escapeTemplateText(after, "end")}`;
        const segments = segmentsOf(text);
        const joined = segments
          .map((segment) => (segment.kind === "text" ? segment.text : segment.source === '"{"' ? "{" : "\u0000"))
          .join("");
        return joined === `${before}\u0000${after}`;
      }),
      { numRuns: 10_000, seed: 2 },
    );
  });
});

describe("if empty", () => {
  it("keeps the choice in the expression's last comment", () => {
    for (const choice of [
      { kind: "stop" },
      { kind: "leave-out" },
      { kind: "use", text: 'say "hi" */ }} \\' },
    ] as const) {
      const [segment] = segmentsOf(`{{ ${withIfEmpty("a.b", choice)} }}`);
      expect(segment).toMatchObject({ kind: "expression", ifEmpty: choice });
      if (segment?.kind === "expression") expect(withIfEmpty(segment.source, null)).toBe("a.b");
    }
  });
});

import fc from "fast-check";
// The parser that reads the list when it is sent is the oracle here.
import addressparser from "nodemailer/lib/addressparser";
import { describe, expect, it } from "vitest";
import type { Json } from "#lib/core/json.ts";
import { readWritten } from "#lib/core/json-text.ts";
import type { FieldPlace } from "#lib/engine/action.ts";
import type { TemplateValue } from "#lib/engine/template/encode.ts";
import { encode, type Place } from "#lib/engine/template/encode.ts";
import { parseTemplate } from "#lib/engine/template/parse-template.ts";
import type { Rendered } from "#lib/engine/template/render-pieces.ts";
import { renderTemplate } from "#lib/engine/template/render-template.ts";

const nothing: TemplateValue = { kind: "nothing" };
const of = (value: Json): TemplateValue => ({ kind: "value", value });

function render(text: string, place: FieldPlace, values: TemplateValue[], required = false): Rendered {
  const reading = parseTemplate(text);
  if (reading.kind === "error") throw new Error(reading.message);
  return renderTemplate(reading.segments, values, place, required);
}

function rendered(text: string, place: FieldPlace, ...values: Json[]): Json {
  const result = render(text, place, values.map(of));
  if (result.kind !== "rendered") throw new Error(JSON.stringify(result));
  return readWritten(result.value);
}

const anyText = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: "binary" }),
  fc
    .array(
      fc.constantFrom("..", ".", "/", "?", "#", "%", "&", "=", '"', "\\", "<", "{{", "}}", "\r\n", "\u0000", "é", " "),
      {
        maxLength: 8,
      },
    )
    .map((p) => p.join("")),
);
const runs = { numRuns: 2_000, seed: 7 };

describe("the table of places", () => {
  const table: [Place, boolean, TemplateValue, unknown][] = [
    ["text", false, of("a"), { kind: "text", text: "a" }],
    ["text", false, of(1.5), { kind: "text", text: "1.5" }],
    ["text", false, of(0.1 + 0.2), { kind: "text", text: "0.3" }],
    ["text", false, of(true), { kind: "text", text: "true" }],
    ["text", true, nothing, { kind: "text", text: "", warning: "blank" }],
    ["text", false, of({ a: [1] }), { kind: "text", text: '{"a":[1]}', warning: "json-in-text" }],
    ["subject", true, of(null), { kind: "refused", code: "blank" }],
    ["subject", false, nothing, { kind: "left-out" }],
    ["subject", false, of("a\r\nBcc: x@y.z"), { kind: "refused", code: "line-break" }],
    ["header", false, of("a\u0000"), { kind: "refused", code: "line-break" }],
    ["header", true, of(""), { kind: "refused", code: "blank" }],
    ["header", false, of("größe €"), { kind: "text", text: "größe €" }],
    ["header", false, of("a\u0007"), { kind: "refused", code: "bad-character" }],
    ["header", false, of({}), { kind: "refused", code: "not-text" }],
    ["address", true, of(["a@x.dev", "B <b@x.dev>"]), { kind: "text", text: 'a@x.dev, "B" <b@x.dev>' }],
    ["address", true, of("a@x.dev, b@x.dev"), { kind: "refused", code: "not-an-address" }],
    ["address", true, of([]), { kind: "refused", code: "blank" }],
    ["address", false, of([]), { kind: "left-out" }],
    ["address", true, of({ path: "/etc/passwd" }), { kind: "refused", code: "not-text" }],
    ["urlPath", false, of("a/b?c#d%"), { kind: "text", text: "a%2Fb%3Fc%23d%25" }],
    ["urlPath", false, nothing, { kind: "refused", code: "blank" }],
    ["urlPath", false, of(""), { kind: "refused", code: "blank" }],
    ["urlPath", false, of([1]), { kind: "refused", code: "not-text" }],
    ["urlQuery", false, of("a&b=c"), { kind: "text", text: "a%26b%3Dc" }],
    ["urlQuery", false, of(null), { kind: "left-out" }],
    ["urlQuery", false, of([1, "b", true]), { kind: "texts", texts: ["1", "b", "true"] }],
    ["urlQuery", false, of({ a: 1 }), { kind: "refused", code: "not-text" }],
    ["wholeUrl", false, of("https://a.dev/x?y=1"), { kind: "text", text: "https://a.dev/x?y=1" }],
    ["wholeUrl", false, of(5), { kind: "refused", code: "not-text" }],
    ["wholeUrl", false, nothing, { kind: "refused", code: "blank" }],
    ["wholeUrl", false, of("file:///etc/passwd"), { kind: "refused", code: "not-a-url" }],
    ["wholeUrl", false, of("https://u:p@a.dev/"), { kind: "refused", code: "not-a-url" }],
    ["jsonString", false, of('a"\n'), { kind: "text", text: 'a\\"\\n' }],
    ["jsonString", false, nothing, { kind: "text", text: "", warning: "blank" }],
    ["jsonString", false, of({ a: 1 }), { kind: "text", text: '{\\"a\\":1}', warning: "json-in-text" }],
    ["jsonValue", false, of("a"), { kind: "text", text: '"a"' }],
    ["jsonValue", false, of(0.1), { kind: "text", text: "0.1" }],
    ["jsonValue", false, nothing, { kind: "text", text: "null" }],
    ["jsonValue", false, of([1]), { kind: "text", text: "[1]" }],
    ["formField", false, of([1]), { kind: "text", text: "[1]" }],
    ["formField", false, nothing, { kind: "left-out" }],
  ];
  it.each(table)("%s (required %s): %j", (place, required, value, expected) => {
    expect(encode(place, value, required)).toMatchObject(expected as object);
  });
});

describe("any text in any place comes back from the parsed request", () => {
  it("in a URL path, query and fragment", () => {
    fc.assert(
      fc.property(anyText, anyText, (a, b) => {
        const result = render(
          "https://api.dev/v1/{{ a }}/x?n={{ b }}&m=1#{{ b }}",
          "url",
          [of(a), of(b)].concat(of(b)),
        );
        if (result.kind !== "rendered")
          return a === "" || a === "." || a === ".." || !a.isWellFormed() || !b.isWellFormed();
        const url = new URL(String(result.value));
        expect(url.host).toBe("api.dev");
        expect(url.pathname.split("/").map(decodeURIComponent)).toEqual(["", "v1", a, "x"]);
        expect(url.searchParams.get("n")).toBe(b);
        return [...url.searchParams.keys()].join() === "n,m" && decodeURIComponent(url.hash.slice(1)) === b;
      }),
      runs,
    );
  });

  it("in a JSON body, as a value, inside a text and as a key", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const body = rendered('{"v": {{ a }}, "s": "<{{ a }}>", "k": {"{{ a }}!": 1}}', "jsonBody", text, text, text);
        const parsed = JSON.parse(String(body)) as { v: string; s: string; k: Record<string, number> };
        return parsed.v === text && parsed.s === `<${text}>` && Object.keys(parsed.k)[0] === `${text}!`;
      }),
      runs,
    );
  });

  it("in a JSON body as any JSON value", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const body = rendered('{"v":{{ a }}}', "jsonBody", value as Json);
        expect(JSON.parse(String(body))).toEqual(JSON.parse(JSON.stringify({ v: value })));
      }),
      runs,
    );
  });

  it("in HTML never opens a tag, an attribute or a reference", () => {
    const decode = (html: string) =>
      html.replace(
        /&(lt|gt|quot|#39|amp);/g,
        (_w, name: string) => ({ lt: "<", gt: ">", quot: '"', "#39": "'", amp: "&" })[name] ?? "",
      );
    fc.assert(
      fc.property(anyText, (text) => {
        const html = String(rendered('<p title="{{ a }}">', "html", text)).slice('<p title="'.length, -2);
        return !/[<>"']/.test(html) && decode(html) === text;
      }),
      runs,
    );
  });

  it("in a subject or header is there unchanged or the step is refused", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const place of ["subject", "header"] as const) {
          const result = render("{{ a }}", place, [of(text)]);
          if (result.kind === "rendered") expect(result.value).toBe(text);
          else expect(text).toMatch(/[\u0000-\u001f\u007f]/);
        }
      }),
      runs,
    );
  });

  it("in an address list adds no recipient", () => {
    fc.assert(
      fc.property(
        anyText,
        fc.constantFrom(
          "{{ a }}",
          "{{ a }}, ops@x.dev",
          "{{ a }} <ops@x.dev>",
          "Ops <{{ a }}>",
          "{{ a }}@x.dev",
          '"{{ a }}" <ops@x.dev>',
        ),
        (text, template) => {
          for (const value of [text, `${text}, evil@x.dev`, `x@y.dev${text}`, `evil@x.dev> <${text}`]) {
            const result = render(template, "address", [of(value)]);
            if (result.kind !== "rendered") continue;
            const recipients = addressparser(String(result.value), { flatten: true });
            expect(recipients.length).toBeLessThanOrEqual(template.includes(",") ? 2 : 1);
            for (const { address } of recipients) expect(address).toMatch(/^[^\s@"<>,]+@[^\s@"<>,]+$/);
          }
        },
      ),
      runs,
    );
  });
});

describe("URLs", () => {
  it.each([
    ["https://a.dev/x?a={{ v }}&b=2", nothing, "https://a.dev/x?b=2"],
    ["https://a.dev/x?a={{ v }}", nothing, "https://a.dev/x"],
    ["https://a.dev/x?a={{ v }}&b=2", of([1, 2]), "https://a.dev/x?a=1&a=2&b=2"],
    ["{{ v }}/orders?x=1", of("https://a.dev/v1/"), "https://a.dev/v1/orders?x=1"],
    ["{{ v }}", of("https://a.dev/v1/"), "https://a.dev/v1/"],
    [" {{ v }}/orders", of("https://a.dev/v1"), "https://a.dev/v1/orders"],
    [" https://a.dev/{{ v }}", of("x"), "https://a.dev/x"],
    ["https://{{ v }}.a.dev/x", of("shop-1"), "https://shop-1.a.dev/x"],
    ["http://a.dev:{{ v }}/x", of(8080), "http://a.dev:8080/x"],
    ["https://a.dev/{{ v }}", of("..a"), "https://a.dev/..a"],
  ])("renders %s", (template, value, expected) => {
    expect(render(template, "url", [value])).toMatchObject({ kind: "rendered", value: expected });
  });

  it.each([
    ["https://{{ v }}/x", of("evil.dev/a"), "bad-character"],
    ["https://{{ v }}.a.dev/x", of("evil.dev#"), "bad-character"],
    ["https://{{ v }}.a.dev/x", nothing, "blank"],
    ["https://a.dev{{ v }}/x", of("@evil.dev"), "bad-character"],
    ["{{ v }}{{ w }}/x", of("https://a.dev"), "not-a-url"],
    ["{{ v }}/x", of("https://a.dev?y"), "not-a-url"],
    ["{{ v }}/x", of("javascript:alert(1)"), "not-a-url"],
    ["http{{ v }}://a.dev", of("s"), "not-a-url"],
    ["https://a.dev/{{ v }}/x", of(".."), "bad-character"],
    ["https://a.dev/{{ v }}/x", of("."), "bad-character"],
    ["https://a.dev/.{{ v }}/x", of("."), "bad-character"],
    ["https://a.dev/{{ v }}/x", of(null), "blank"],
    ["{{ v }}", of("http://a.dev/\r\nX: y"), "bad-character"],
  ])("refuses %s with %j", (template, value, code) => {
    expect(render(template, "url", [value, of("x")])).toMatchObject({ kind: "refused", refusal: { code } });
  });
});

describe("if empty", () => {
  it("stops, leaves out or uses another text, where the field says so", () => {
    expect(render("{{ a /* if empty: stop */ }}", "text", [nothing])).toMatchObject({
      kind: "refused",
      refusal: { code: "blank" },
    });
    expect(render('{{ a /* if empty: use "n/a" */ }}', "text", [of(null)])).toMatchObject({
      kind: "rendered",
      value: "n/a",
    });
    expect(render('{"a": {{ a /* if empty: leave out */ }}, "b": 1}', "jsonBody", [nothing])).toMatchObject({
      value: '{"b":1}',
    });
    expect(render("https://a.dev/{{ a /* if empty: leave out */ }}", "url", [nothing])).toMatchObject({
      kind: "refused",
    });
  });
});

describe("one expression alone", () => {
  it("keeps its type in a value field, and is text beside other text", () => {
    expect(render("{{ a }}", "value", [of(42)])).toMatchObject({ value: 42 });
    expect(render("n {{ a }}", "value", [of(42)])).toMatchObject({ value: "n 42" });
    expect(render("{{ a }}", "value", [nothing])).toMatchObject({ kind: "left-out" });
  });
});

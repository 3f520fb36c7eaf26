import fc from "fast-check";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { describe, expect, it } from "vitest";
import type { Json } from "#lib/core/json.ts";
import { parseTemplate } from "#lib/engine/template/parse-template.ts";
import { renderTemplate } from "#lib/engine/template/render-template.ts";

/** Renders a template as XML or HTML; each expression is a name in `values`. */
function render(template: string, place: "xml" | "html", values: Record<string, Json>) {
  const parsed = parseTemplate(template);
  if (parsed.kind === "error") throw new Error(parsed.message);
  const found = parsed.segments.flatMap((segment) => (segment.kind === "expression" ? [segment] : []));
  const given = found.map(({ source }) => {
    const value = values[/^\w+/.exec(source)?.[0] ?? ""];
    return value === undefined ? ({ kind: "nothing" } as const) : { kind: "value" as const, value };
  });
  const rendered = renderTemplate(parsed.segments, given, place, false);
  return rendered.kind === "rendered" ? rendered.value : rendered;
}
const refused = (message: string) => ({
  kind: "refused",
  refusal: expect.objectContaining({ code: "bad-character", message: expect.stringContaining(message) }),
});

describe("values in XML", () => {
  it("are text where text stands, whatever they hold", () => {
    expect(render("<Response><Message>Hi {{ b }}</Message></Response>", "xml", { b: "Tom & <Jerry>" })).toBe(
      "<Response><Message>Hi Tom &amp; &lt;Jerry&gt;</Message></Response>",
    );
  });

  it("stay in their attribute, in either kind of quotes, with line breaks kept", () => {
    expect(render(`<a b="{{ v }}" c='{{ v }}'/>`, "xml", { v: `"x' y\n` })).toBe(
      `<a b="&quot;x&#39; y&#10;" c='&quot;x&#39; y&#10;'/>`,
    );
  });

  it("are not escaped in CDATA, and cannot end it", () => {
    expect(render("<a><![CDATA[{{ v }}]]></a>", "xml", { v: "a & <b>" })).toBe("<a><![CDATA[a & <b>]]></a>");
    const edges = { l: "a]]>b", m: "]", n: "]]", o: ">" };
    const xml = String(render("<a><![CDATA[{{ l }}|{{ m }}]>|{{ n }}{{ o }}]]></a>", "xml", edges));
    const read = new XMLParser({ cdataPropName: "cdata", trimValues: false }).parse(xml) as { a: { cdata: string[] } };
    expect([read.a.cdata].flat().join("")).toBe("a]]>b|]]>|]]>");
  });

  it("leave entities and markup that the person wrote alone", () => {
    expect(render("<a>&amp; <b/> {{ v }} &lt;</a>", "xml", { v: "&amp;" })).toBe("<a>&amp; <b/> &amp;amp; &lt;</a>");
  });

  it("may name a tag or attribute, and nothing else may stand there", () => {
    expect(render("<{{ t }} n{{ i }}='1'></{{ t }}>", "xml", { t: "order", i: 2 })).toBe("<order n2='1'></order>");
    for (const bad of ["a b", "a>", "x onload=y", "a/"])
      expect(render("<{{ t }}/>", "xml", { t: bad }), bad).toEqual(refused("may only be a name"));
  });

  it("cannot end a comment or a processing instruction", () => {
    expect(render("<!-- {{ v }} --><a/>", "xml", { v: "b & c" })).toBe("<!-- b & c --><a/>");
    expect(render("<!-- {{ v }} -->", "xml", { v: "x --> y" })).toEqual(refused("two hyphens"));
    expect(render("<?x {{ v }}?>", "xml", { v: "a?>b" })).toEqual(refused("processing instruction"));
  });

  it("are refused where XML cannot carry them", () => {
    expect(render("<a>{{ v }}</a>", "xml", { v: "a\u0001b" })).toEqual(refused("U+0001"));
    expect(render("<a>{{ v }}</a>", "xml", { v: "\ud800" })).toEqual(refused("half of a character pair"));
  });

  it("go in as markup where the expression says so, at any spot after it", () => {
    expect(render("<a>{{ v /* trusted markup */ }}<b>{{ w }}</b></a>", "xml", { v: "<i>1</i>", w: "<" })).toBe(
      "<a><i>1</i><b>&lt;</b></a>",
    );
    expect(render('<a>{{ v /* trusted markup */ /* if empty: use "-" */ }}</a>', "xml", { v: "" })).toBe("<a>-</a>");
    // Text that only looks like the comment is text.
    expect(render("<a>{{ v }}</a>", "xml", { v: "<i/>/* trusted markup */" })).toBe(
      "<a>&lt;i/&gt;/* trusted markup */</a>",
    );
  });

  it("write lists, objects, numbers and nothing as the table of places says", () => {
    expect(render("<a>{{ l }}|{{ n }}|{{ z }}</a>", "xml", { l: ["<"], n: 1.5 })).toBe(
      "<a>[&quot;&lt;&quot;]|1.5|</a>",
    );
  });

  it("read back as they were from texts and attributes, for any text XML can carry", () => {
    const text = fc
      .string({ unit: "grapheme", maxLength: 40 })
      .filter((value) => !/[\u0000-\u001f\ufffe\uffff]/.test(value));
    fc.assert(
      fc.property(text, (value) => {
        const xml = String(render('<r a="{{ v }}"><t>{{ v }}</t><c><![CDATA[{{ v }}]]></c></r>', "xml", { v: value }));
        expect(XMLValidator.validate(xml)).toBe(true);
        const parser = new XMLParser({
          ignoreAttributes: false,
          trimValues: false,
          parseTagValue: false,
          htmlEntities: true,
          cdataPropName: "cdata",
        });
        const read = parser.parse(xml) as { r: { "@_a": string; t: string; c: { cdata?: string | string[] } } };
        expect(read.r["@_a"]).toBe(value);
        expect(read.r.t ?? "").toBe(value);
        expect([read.r.c?.cdata ?? ""].flat().join("")).toBe(value);
      }),
      { numRuns: 300, seed: 7 },
    );
  });
});

describe("values in HTML", () => {
  it("are escaped in texts and attributes, as written text is not", () => {
    expect(render(`<p title="{{ v }}">a < b {{ v }}</p>`, "html", { v: `<b a="1" c='2'>&` })).toBe(
      `<p title="&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;">a < b &lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;</p>`,
    );
  });

  it("cannot add an attribute where the person left the quotation marks out", () => {
    expect(render("<a href={{ v }}>x</a>", "html", { v: "x onclick=alert(1)" })).toBe(
      "<a href=x&#32;onclick&#61;alert(1)>x</a>",
    );
    expect(render("<td width={{ w }}>", "html", { w: 100 })).toBe("<td width=100>");
  });

  it("know where a script ends and text begins again", () => {
    expect(render(`<script>if (a<b) {}</script><p>{{ v }} x=1</p>`, "html", { v: "a b" })).toBe(
      "<script>if (a<b) {}</script><p>a b x=1</p>",
    );
    expect(render(`<p a='>'>{{ v }}</p>`, "html", { v: "a b" })).toBe(`<p a='>'>a b</p>`);
  });
});

import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { EffectView } from "#components/effects/effect-view.tsx";
import { JsonText } from "#lib/core/json-text.ts";
import type { Effect, HttpEffect } from "#lib/engine/effect.ts";
import { viewEffect } from "#lib/engine/effect-view.ts";

const call: HttpEffect = {
  kind: "http",
  method: "POST",
  url: "https://crm.example/orders",
  headers: [
    ["content-type", "application/json"],
    ["authorization", ["Bearer ", { slot: { connectionId: "c1", version: 1, field: "token" } }]],
  ],
  body: { text: '{"id":9007199254740993,"rate":1.0}' },
  timeoutMs: 1_000,
  redirectsMax: 0,
  responseBytesMax: 1_000,
};

const textOf = (effect: Effect) =>
  renderToStaticMarkup(createElement(EffectView, { effect: viewEffect(effect, null) }))
    .replaceAll(/<[^>]+>/g, " ")
    .replaceAll(/\s+/g, " ");

describe("the view of an effect", () => {
  it("shows a call with its secrets as dots, the size of its body and a way to copy it", () => {
    const text = textOf(call);
    for (const part of ["POST", "https://crm.example/orders", "Bearer ••••", "34 bytes in UTF-8", "Copy as curl"])
      expect(text).toContain(part);
    for (const tab of ["Tree", "Pretty", "Raw"]) expect(text).toContain(tab);
    expect(text).toContain("9007199254740993");
    expect(text).toContain("1.0");
    expect(viewEffect(call, null)).toMatchObject({ curl: expect.stringContaining("$TOKEN") });
  });

  it("counts bytes as they go out", () => {
    expect(textOf({ ...call, body: { text: "grün", charset: "iso-8859-1" } })).toContain("4 bytes in ISO-8859-1");
    expect(textOf({ ...call, body: { text: "grün" } })).toContain("5 bytes in UTF-8");
    expect(textOf({ ...call, body: { base64: "/w==" } })).toContain("Not text: 1 byte.");
    expect(textOf({ ...call, body: null })).toContain("No body.");
  });

  it("offers no tree for what is no JSON, and none for a single value", () => {
    expect(textOf({ ...call, body: { text: "{half" } })).not.toContain("Tree");
    expect(textOf({ ...call, body: { text: "12" } })).not.toContain("Tree");
  });

  it("shows an answer in the character set it is sent in", () => {
    const answer = (charset: string, body: string): Effect => ({
      kind: "answer",
      status: 202,
      headers: [["content-type", `text/plain; charset=${charset}`]],
      body,
    });
    expect(textOf(answer("iso-8859-1", "grün"))).toMatch(/202 to the sender of the event.*4 bytes in ISO-8859-1 grün/);
    expect(textOf(answer("iso-8859-1", "5 €"))).toContain("5 bytes in UTF-8");
    expect(textOf(answer("utf-8", ""))).toContain("No body.");
  });

  it("shows a mail with everybody who gets it, its Message-ID, its forms and the way it goes", () => {
    const effect: Effect = {
      kind: "email",
      connectionId: "c1",
      messageId: "<key@hooks.test>",
      envelope: { from: "hooks@acme.dev", to: ["ada@example.com", "hidden@example.com"] },
      subject: "Order 1",
      message: "Subject: Order 1\r\n\r\nHello\r\n",
    };
    const parts = {
      from: "Acme <hooks@acme.dev>",
      to: "ada@example.com",
      cc: "",
      text: "Hello\n",
      html: "<b>Hello</b>",
    };
    const view = viewEffect(effect, { parts, connectionName: "Our server" });
    const html = renderToStaticMarkup(createElement(EffectView, { effect: view }));
    for (const part of ["Order 1", "Acme", "2 recipients on the wire", "ada@example.com, hidden@example.com"])
      expect(html).toContain(part);
    for (const part of ["key@hooks.test", "Our server", "Rendered", "Text", "Source"]) expect(html).toContain(part);
    expect(html).toContain('sandbox=""');
    expect(html).not.toContain(">Cc<");
    expect(textOf({ ...effect, connectionId: null })).toContain("the Outbox: kept here, not sent");
  });

  it("shows a value with every digit", () => {
    expect(textOf({ kind: "value", output: { id: new JsonText("9007199254740993") } })).toContain("9007199254740993");
    expect(textOf({ kind: "value", output: new JsonText("1.0") })).toContain("1.0");
  });
});

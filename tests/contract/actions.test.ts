import { describe, expect, it } from "vitest";
import { z } from "zod";
import { listActions } from "#lib/actions/registry.generated.ts";
import type { Json } from "#lib/core/json.ts";
import { readWritten } from "#lib/core/json-text.ts";
import type { Action, ConnectionView, PlanContext } from "#lib/engine/action.ts";
import { findConnectionKind } from "#lib/engine/connections/connection-kinds.ts";
import type { TemplateValue } from "#lib/engine/template/encode.ts";
import { readInputFields } from "#lib/engine/template/input-fields.ts";
import { listExpressions, renderInput } from "#lib/engine/template/render-input.ts";

const KEY = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

const contextOf = (connection: ConnectionView | null = null): PlanContext => ({
  runId: "0199a0c0-0000-7000-8000-000000000001",
  stepPath: "step",
  idempotencyKey: KEY,
  now: new Date("2026-03-04T05:06:07.000Z"),
  connection,
  publicHost: "hooks.acme.dev",
});

const connections: Record<string, ConnectionView["config"]> = {
  smtp: { host: "mail.acme.dev", port: 587, security: "starttls", user: "", from: "hooks@acme.dev", fromName: "Acme" },
  "http.bearer": { hosts: ["*"] },
  "http.basic": { user: "ada", hosts: ["*"] },
  "http.apiKey": { header: "X-Api-Key", hosts: ["*"] },
};

/** The input with every expression replaced by a value that fits its place. */
function filled(action: Action, input: Json): Json {
  const { fields, problems } = readInputFields(action.input, input);
  expect(problems).toEqual([]);
  const values = fields.flatMap((field) =>
    field.segments
      .filter((segment) => segment.kind === "expression")
      .map(() => ({ kind: "value" as const, value: field.meta.place === "address" ? "ada@example.com" : "x1" })),
  );
  expect(values.length).toBe(listExpressions(fields).length);
  const rendering = renderInput(input, fields, values);
  if (rendering.kind === "refused") throw new Error(rendering.message);
  return readWritten(rendering.input);
}

describe.each(listActions().map((action) => [action.id, action] as const))("action %s", (_id, action) => {
  it("describes itself for people and for search", () => {
    expect(action.id).toMatch(/^[a-z]+(\.[a-z][A-Za-z]*)?$/);
    expect(action.title.length).toBeGreaterThan(3);
    expect(action.description).toMatch(/\.$/);
    expect(action.synonyms.length).toBeGreaterThanOrEqual(3);
    expect(action.icon).toMatch(/^[a-z0-9-]+$/);
    for (const kind of action.connectionKinds) expect(findConnectionKind(kind), kind).not.toBeNull();
  });

  it("has an input that becomes JSON Schema, every field labelled, so that its form can be drawn", () => {
    const schema = z.toJSONSchema(action.input, { io: "input" }) as {
      type?: string;
      properties?: Record<string, { hookline?: { label?: string; place?: string } }>;
    };
    expect(schema.type).toBe("object");
    for (const [name, property] of Object.entries(schema.properties ?? {}))
      expect(property.hookline, name).toMatchObject({ label: expect.any(String), place: expect.any(String) });
  });

  it("accepts its example and reads its blank input", () => {
    expect(action.input.safeParse(action.example.input).success).toBe(true);
    expect(readInputFields(action.input, action.blankInput).problems).toEqual([]);
  });

  it("plans the same bytes twice from the same input, without a secret, with and without each connection", () => {
    const input = action.input.parse(filled(action, action.example.input));
    const views = action.connectionKinds.map((kind, index) => ({
      id: `0199a0c0-0000-7000-8000-00000000000${index}`,
      kind,
      name: kind,
      version: 3,
      config: connections[kind] ?? {},
    }));
    for (const connection of [null, ...views]) {
      const first = action.plan(input, contextOf(connection));
      const second = action.plan(structuredClone(input), contextOf(connection));
      expect(first.kind).toBe("planned");
      expect(JSON.stringify(second)).toBe(JSON.stringify(first));
      if (connection?.kind.startsWith("http."))
        expect(JSON.stringify(first)).toContain(`"slot":{"connectionId":"${connection.id}","version":3`);
    }
  });

  it("refuses a required field that is blank, naming it, before anything is planned", () => {
    const { fields } = readInputFields(action.input, action.example.input);
    for (const field of fields.filter(
      (one) => one.meta.required === true && one.segments.length === 1 && one.segments[0]?.kind === "expression",
    )) {
      const values = fields.flatMap((one) =>
        one.segments.flatMap((segment): TemplateValue[] => {
          if (segment.kind !== "expression") return [];
          return [one === field ? { kind: "nothing" } : { kind: "value", value: "a@b.dev" }];
        }),
      );
      expect(renderInput(action.example.input, fields, values)).toMatchObject({
        kind: "refused",
        code: "blank",
        label: field.meta.label,
        message: expect.stringContaining("is empty for this event"),
      });
    }
  });

  it("declares what follows when an outcome is unknown", () => {
    expect(["retry", "ask"]).toContain(action.onUnknown);
  });
});

import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { Action } from "#lib/engine/action.ts";
import { defineAction } from "#lib/engine/action.ts";
import { checkFlow, type FlowWorld, stopsPublishing } from "#lib/engine/check-flow.ts";
import { flowDefinitionSchema } from "#lib/engine/flow-definition.ts";

const ENDPOINT = "0199a0c0-0000-7000-8000-000000000001";
const CONNECTION = "0199a0c0-0000-7000-8000-000000000002";

const shout = defineAction({
  id: "shout",
  title: "Shout",
  description: "Shouts.",
  synonyms: ["cry"],
  icon: "megaphone",
  connectionKinds: ["http.bearer"],
  connectionRequired: false,
  input: z.strictObject({ word: z.string().meta({ hookline: { label: "Word", place: "text" } }) }),
  blankInput: { word: "" },
  onUnknown: "retry",
  example: { input: { word: "hey" }, output: null },
  plan: () => ({ kind: "refused", code: "never", field: "word", message: "never" }),
  problems(input, { connection, senderWaits, writtenText }) {
    const written = writtenText(input.word);
    const code = `${connection?.name ?? "nobody"}-${senderWaits}`;
    if (written === null) return [];
    return [
      { path: ["word"], code, message: `"${written}" is not loud.`, data: { written } },
      { path: [], code: "hint", severity: "warning", message: "Shouting is rude." },
    ];
  },
}) as unknown as Action;

const world: FlowWorld = {
  now: new Date(0),
  getAction: (id) => (id === "shout" ? shout : null),
  findConnection: (id) => (id === CONNECTION ? { id, kind: "http.bearer", name: "megaphone", config: {} } : null),
  findEndpoint: (id) => (id === ENDPOINT ? { senderWaits: true } : null),
};

const flowOf = (word: string) =>
  flowDefinitionSchema.parse({
    schema: 1,
    trigger: { endpointId: ENDPOINT, eventTypes: [], filter: null },
    runName: "",
    steps: [{ kind: "action", id: "s", name: "Say", action: "shout", connectionId: CONNECTION, input: { word } }],
  });

describe("a connection", () => {
  const toFlow = (url: string) =>
    flowDefinitionSchema.parse({
      schema: 1,
      trigger: { endpointId: ENDPOINT, eventTypes: [], filter: null },
      runName: "",
      steps: [{ kind: "action", id: "s", name: "Say", action: "shout", connectionId: CONNECTION, input: { url } }],
    });
  const bound: FlowWorld = {
    ...world,
    findConnection: (id) => ({
      id,
      kind: "http.bearer",
      name: "CRM",
      config: { hosts: ["api.acme.dev", "*.acme.io"] },
    }),
  };
  const others = (url: string) =>
    checkFlow(toFlow(url), bound)
      .problems.filter(({ code }) => code === "other-host")
      .map(({ severity, message }) => `${severity}: ${message}`);

  it("that may not be used with a written host is told before publishing, and stops nothing", () => {
    expect(others("https://api.acme.com/{{ trigger.body.id }}")).toEqual([
      'warning: Say: the connection "CRM" may not be used with api.acme.com, so this waits until an admin allows it.',
    ]);
  });

  it.each(["https://api.acme.dev:8443/x", "https://eu.acme.io/x", "https://{{ trigger.body.host }}/x", ""])(
    "is right for %s, or only an event tells",
    (url) => expect(others(url)).toEqual([]),
  );
});

describe("an action's own problems", () => {
  it("are told with the step, the place, and whether they stop publishing", () => {
    const { problems } = checkFlow(flowOf("psst \\{{"), world);
    expect(problems).toEqual([
      {
        path: ["steps", 0, "input", "word"],
        stepId: "s",
        code: "megaphone-true",
        severity: "error",
        message: 'Say: "psst {{" is not loud.',
        data: { written: "psst {{" },
      },
      {
        path: ["steps", 0, "input"],
        stepId: "s",
        code: "hint",
        severity: "warning",
        message: "Say: Shouting is rude.",
      },
    ]);
    expect(problems.map(stopsPublishing)).toEqual([true, false]);
  });

  it("say nothing about what only an event can tell", () => {
    expect(checkFlow(flowOf("{{ trigger.body.word }}"), world).problems).toEqual([]);
  });
});

describe("an address that no value can make one", () => {
  const target = defineAction({
    id: "shout",
    title: "Call",
    description: "Calls.",
    synonyms: ["call"],
    icon: "megaphone",
    connectionKinds: [],
    connectionRequired: false,
    input: z.strictObject({
      url: z.string().meta({ hookline: { label: "URL", place: "url" } }),
      headers: z
        .array(
          z.strictObject({
            name: z.string().meta({ hookline: { label: "Name", place: "name" } }),
            value: z.string().meta({ hookline: { label: "Value", place: "header", placeBy: "header name" } }),
          }),
        )
        .default([]),
    }),
    blankInput: { url: "" },
    onUnknown: "retry",
    example: { input: { url: "https://a.dev/" }, output: null },
    plan: () => ({ kind: "refused", code: "never", field: "url", message: "never" }),
  }) as unknown as Action;
  const codes = (input: Record<string, unknown>) => {
    const flow = flowOf("x");
    const steps = flow.steps.map((step) => ({ ...step, connectionId: null, input }));
    return checkFlow({ ...flow, steps } as typeof flow, { ...world, getAction: () => target }).problems.map(
      ({ code, path }) => `${code} at ${path.slice(3).join(".")}`,
    );
  };

  it.each(["api.acme.dev/{{ a }}", "htp://acme.dev/{{ a }}", "http{{ a }}://acme.dev/", "/orders/{{ a }}"])(
    "is told: %s",
    (url) => expect(codes({ url })).toEqual(["not-a-url at url"]),
  );

  it.each(["https://acme.dev/{{ a }}", "{{ a }}/orders", " {{ a }}", " HTTP://{{ a }}/"])("or may be one: %s", (url) =>
    expect(codes({ url })).toEqual([]),
  );

  it("is told of a header that holds an address, and of no other", () => {
    const url = "https://acme.dev/";
    const value = "/thanks/{{ a }}";
    expect(codes({ url, headers: [{ name: "Location", value }] })).toEqual(["not-a-url at headers.0.value"]);
    expect(codes({ url, headers: [{ name: "X-Path", value }] })).toEqual([]);
  });
});

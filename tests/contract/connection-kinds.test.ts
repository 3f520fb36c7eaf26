import { describe, expect, test } from "vitest";
import { z } from "zod";
import { listActions } from "#lib/actions/registry.generated.ts";
import { hostsOf } from "#lib/engine/connections/allowed-hosts.ts";
import {
  connectionKinds,
  credentialHeader,
  findConnectionKind,
  secretHints,
  secretTexts,
  slotTexts,
  summarizeConnection,
} from "#lib/engine/connections/connection-kinds.ts";

const SECRET = "s3cret-value-0815";
const samples: Record<string, { config: Record<string, unknown>; secrets: Record<string, string> }> = {
  smtp: { config: { host: "mail.acme.dev", from: "hooks@acme.dev", user: "ada" }, secrets: { password: SECRET } },
  "http.basic": { config: { user: "ada", hosts: ["api.acme.dev"] }, secrets: { password: SECRET } },
  "http.bearer": { config: { hosts: ["*"] }, secrets: { token: SECRET } },
  "http.apiKey": { config: { header: "X-Api-Key", hosts: ["*.acme.dev"] }, secrets: { key: SECRET } },
  outbox: { config: {}, secrets: {} },
};

/** Settings a form would begin with and suggest: defaults, and placeholders where there are none. */
function suggested(schema: z.ZodObject): Record<string, unknown> {
  type Field = { type?: string; default?: unknown; hookline?: { placeholder?: string } };
  const { properties = {} } = z.toJSONSchema(schema, { io: "input" }) as { properties?: Record<string, Field> };
  return Object.fromEntries(
    Object.entries(properties).map(([field, { type, default: preset, hookline }]) => [
      field,
      preset ?? (type === "array" ? [hookline?.placeholder] : hookline?.placeholder),
    ]),
  );
}

describe.each(connectionKinds.map((kind) => [kind.id, kind] as const))("the connection kind %s", (id, kind) => {
  const sample = samples[id] ?? {
    config: suggested(kind.config),
    secrets: Object.fromEntries(Object.keys(kind.secrets.shape).map((field) => [field, SECRET])),
  };
  const config = kind.config.parse(sample.config);
  const open = { id: "c", kind: id, name: "x", version: 1, config: config as never, secrets: sample.secrets };

  test("has an example, a title, and a form with a label for every field", () => {
    expect(kind.secrets.safeParse(sample.secrets).success).toBe(true);
    expect(kind.title).not.toBe("");
    for (const schema of [kind.config, kind.secrets])
      for (const [field, property] of Object.entries(
        (z.toJSONSchema(schema) as { properties?: Record<string, { hookline?: { label?: string } }> }).properties ?? {},
      ))
        expect(property.hookline?.label, `${id}.${field}`).toBeTruthy();
  });

  test("refuses fields it does not know", () => {
    expect(kind.config.safeParse({ ...sample.config, nonsense: 1 }).success).toBe(false);
    expect(kind.secrets.safeParse({ ...sample.secrets, nonsense: "1" }).success).toBe(false);
  });

  test("shows no secret in its summary or hints, and names every text to take out", () => {
    expect(summarizeConnection(id, config as never)).not.toContain(SECRET);
    for (const hint of Object.values(secretHints(sample.secrets)))
      expect(SECRET.endsWith(hint) && hint.length <= 4).toBe(true);
    for (const text of Object.values(slotTexts(open))) if (text !== "") expect(secretTexts(open)).toContain(text);
  });

  test("carries a header that names its secret and never shows it, where it says that a call tries it", () => {
    const header = credentialHeader(open);
    expect(header !== null).toBe(kind.trial.kind === "call");
    if (header === null) return;
    expect(JSON.stringify(header)).not.toContain(SECRET);
    expect(Object.keys(slotTexts(open))).toContain(kind.carries?.(open.config).slot);
  });

  test("names the hosts calls may carry its secret to, and asks for the secret again for others", () => {
    if (kind.carries === undefined) return;
    expect(hostsOf(open.config)).not.toEqual([]);
    expect(kind.boundFields).toContain("hosts");
  });

  test("depends on fields it has", () => {
    for (const field of [...kind.frozenFields, ...kind.boundFields])
      expect(Object.keys(kind.config.shape)).toContain(field);
  });
});

test("every kind that an action names exists", () => {
  for (const action of listActions())
    for (const kind of action.connectionKinds) expect(findConnectionKind(kind), `${action.id}: ${kind}`).not.toBeNull();
});

test("makes the token of basic auth as RFC 7617 says, for any script", () => {
  const open = {
    id: "c",
    kind: "http.basic",
    name: "",
    version: 1,
    config: { user: "Aladdin", hosts: ["api.acme.dev"] },
    secrets: { password: "open sesame £" },
  };
  expect(slotTexts(open).basic).toBe(Buffer.from("Aladdin:open sesame £").toString("base64"));
});

test("shows no part of a short secret", () => {
  expect(secretHints({ a: "short", b: "twelve-chars" })).toEqual({ a: "", b: "hars" });
});

import { beforeAll, expect, test } from "vitest";
import { createApi } from "#lib/api/create-api.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { makeTenant, type Tenant } from "./tenant.ts";

useTestDatabase();
const api = createApi();
let ours: Tenant;
beforeAll(async () => {
  ours = await makeTenant("ours");
});

async function call(method: string, path: string, body?: unknown) {
  const response = await api.request(`/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${ours.keys.owner}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: JSON.parse(await response.text()) };
}
const patch = (settings: object) => call("PATCH", `/endpoints/${ours.ids.endpointId}`, { settings });

test("repeats can be told by chosen fields over the API, for 7 days unless it says otherwise", async () => {
  const fields = [
    { from: "body", path: "data.id" },
    { from: "header", name: "X-Tenant" },
  ];
  const patched = await patch({ dedupe: { kind: "fields", fields } });
  expect(patched).toMatchObject({
    status: 200,
    body: {
      settings: {
        dedupe: { kind: "fields", fields: [fields[0], { from: "header", name: "x-tenant" }], windowSeconds: 604_800 },
      },
    },
  });
  expect(await patch({ dedupe: { kind: "body" } })).toMatchObject({
    body: { settings: { dedupe: { kind: "body", windowSeconds: 604_800 } } },
  });
  expect(await patch({ dedupe: { kind: "fields", fields: [], windowSeconds: 3_000_000 } })).toMatchObject({
    status: 422,
    body: {
      errors: [
        { field: "settings.dedupe.fields", message: expect.stringContaining("at least one field") },
        { field: "settings.dedupe.windowSeconds", message: expect.stringContaining("at most 30 days") },
      ],
    },
  });
});

test("the fallback of a computed answer takes headers over the API", async () => {
  const fallback = {
    status: 202,
    contentType: "text/plain",
    body: "later",
    headers: [{ name: "Retry-After", value: "30" }],
  };
  expect(await patch({ answer: { kind: "flow", deadlineMs: 500, fallback } })).toMatchObject({
    status: 200,
    body: { settings: { answer: { fallback } } },
  });
});

test("the API's description names both", async () => {
  const text = JSON.stringify((await call("GET", "/openapi.json")).body);
  expect(text).toContain('"enum":["fields"]');
  expect(text).toContain("How long a repeat is recognised, in seconds; 7 days unless given.");
  expect(text).toContain("one without any of them is always new");
});

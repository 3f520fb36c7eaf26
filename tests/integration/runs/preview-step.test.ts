import { afterAll, expect, it } from "vitest";
import { createEndpoint } from "#lib/commands/endpoints/create-endpoint.ts";
import { createFlow } from "#lib/commands/flows/create-flow.ts";
import { previewStep } from "#lib/commands/flows/preview-step.ts";
import type { Actor } from "#lib/core/actor.ts";
import { newId } from "#lib/core/ids.ts";
import { insertUser } from "#lib/db/users.ts";
import { insertWorkspace } from "#lib/db/workspaces.ts";
import { closeSandbox } from "#lib/sandbox/sandbox.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";

useTestDatabase();
afterAll(closeSandbox);

const BODY = '{"id": 9007199254740993, "rate": 1.0, "lines": [{"n": 12345678901234567890}]}';

async function previewOf(stepId: string, step: object, more: { cards?: boolean } = {}) {
  const userId = newId();
  await insertUser({ id: userId, email: `${userId}@example.com`, passwordHash: null });
  const workspaceId = await insertWorkspace({ name: "Acme", firstMember: { userId, role: "owner" } });
  const owner: Actor = { kind: "user", id: userId, workspaceId, role: "owner" };
  const { id: endpointId } = await createEndpoint(owner, {});
  const trigger = { endpointId, eventTypes: [], filter: null };
  const keep = { kind: "action", id: "keep", name: "keep", action: "transform", input: { value: "trigger.body" } };
  const definition = { schema: 1, trigger, runName: "{{ trigger.body.id }}", steps: [keep, step] };
  const flow = await createFlow(owner, { definition });
  const sample = { kind: "pasted", body: BODY, contentType: "application/json", eventType: null };
  const wants = { scope: true, cards: false, effect: true, ...more };
  return previewStep(owner, flow.id, { definition, sample, stepId, wants });
}

it("shows fields, data and effect of a sample with the digits that would be sent", async () => {
  const answer = await previewOf("call", {
    kind: "action",
    id: "call",
    name: "call",
    action: "http.request",
    input: {
      method: "POST",
      url: "https://crm.example/{{ trigger.body.id }}",
      body: { kind: "json", json: '{"id": {{ trigger.body.id }}, "lines": {{ steps.keep.lines }}}' },
    },
  });
  expect(answer.fields["input.url"]?.outcome).toMatchObject({
    kind: "value",
    json: '"https://crm.example/9007199254740993"',
  });
  const sent = '{"id": 9007199254740993, "lines": [{"n": 12345678901234567890}]}';
  expect(answer.fields["input.body.json"]?.outcome).toMatchObject({ kind: "value", json: JSON.stringify(sent) });
  expect(answer.scope?.trigger).toContain(`"body":${BODY}`);
  expect(answer.scope?.steps).toEqual([{ id: "keep", name: "keep", json: BODY, provenance: "computed" }]);
  expect(answer.effect).toMatchObject({
    kind: "planned",
    held: null,
    effect: { kind: "http", body: { kind: "text", text: sent, charset: "utf-8", bytes: sent.length } },
  });
});

it("shows a value and the first item of a loop with their digits", async () => {
  const value = {
    kind: "action",
    id: "one",
    name: "one",
    action: "transform",
    input: { value: "[item.n, trigger.body.rate]" },
  };
  const answer = await previewOf("one", {
    kind: "forEach",
    id: "each",
    name: "each",
    items: "trigger.body.lines",
    concurrency: 1,
    onItemError: "stop",
    steps: [value],
  });
  const written = "[12345678901234567890,1.0]";
  expect(answer.fields["input.value"]?.outcome).toMatchObject({ kind: "value", json: written, bytes: written.length });
  expect(answer.scope?.item).toEqual({ json: '{"n": 12345678901234567890}', of: 1, name: "each" });
  expect(answer.effect).toEqual({ kind: "planned", held: null, effect: { kind: "value", json: written } });
});

it("shows a mail as its message has it, and who gets it besides", async () => {
  const answer = await previewOf("mail", {
    kind: "action",
    id: "mail",
    name: "mail",
    action: "email.send",
    input: { to: "ada@example.com", bcc: "bob@example.com", subject: "Nr. {{ trigger.body.id }}", text: "Hello" },
  });
  expect(answer.effect).toMatchObject({
    kind: "planned",
    effect: {
      kind: "email",
      subject: "Nr. 9007199254740993",
      to: "ada@example.com",
      recipients: ["ada@example.com", "bob@example.com"],
      through: "the Outbox: kept here, not sent",
    },
  });
});

it("goes through conditions, error paths and branches side by side, and shows an error path an example", async () => {
  const call = (id: string, more: object = {}) => ({
    kind: "action",
    id,
    name: id,
    action: "http.request",
    input: { method: "POST", url: "https://crm.example/{{ error.code }}", body: { kind: "none" } },
    ...more,
  });
  const parallel = {
    kind: "parallel",
    id: "both",
    name: "both",
    branches: [
      { id: "way_1", name: "One", steps: [call("skipped", { when: "trigger.body.rate > 5" })] },
      { id: "way_2", name: "Two", steps: [call("odd", { when: "$number(trigger.body.lines)" })] },
    ],
    when: "trigger.body.rate = 1",
    settings: { onError: "path" },
    errorSteps: [call("tell")],
  };
  const answer = await previewOf("tell", parallel, { cards: true });
  expect(answer.fields["input.url"]?.outcome).toMatchObject({ kind: "value", json: '"https://crm.example/http-503"' });
  expect(answer.scope?.error).toMatchObject({ name: "both" });
  expect(JSON.parse(answer.scope?.error?.json ?? "null")).toMatchObject({ step: "both", status: 503 });
  const cards = (await previewOf("keep", parallel, { cards: true })).cards;
  expect(cards).toMatchObject({
    both: { line: "2 branches at once", problem: null },
    skipped: { line: "skipped: its condition is not met", problem: null },
    tell: { line: "POST crm.example/http-503" },
  });
  expect(cards?.["odd"]?.line).toBe("its condition failed");
  expect(cards?.["odd"]?.problem).toBeTruthy();
  const asked = await previewOf("both", parallel, {});
  expect(asked.fields["when"]?.outcome).toMatchObject({ kind: "value", json: "true" });
});

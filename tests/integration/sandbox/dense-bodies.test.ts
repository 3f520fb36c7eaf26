import { afterAll, describe, expect, test } from "vitest";
import { JsonText } from "#lib/core/json-text.ts";
import { BODY_BYTES_MAX } from "#lib/core/size-limits.ts";
import { readAnswer } from "#lib/effects/read-answer.ts";
import { triggerNeeds } from "#lib/engine/trigger-needs.ts";
import { readTrigger } from "#lib/preview/read-trigger.ts";
import { closeSandbox } from "#lib/sandbox/sandbox.ts";

afterAll(() => closeSandbox());

const dense = (piece: string, bytesMax: number) =>
  `[${Array.from({ length: Math.floor((bytesMax - 1) / (piece.length + 1)) }, () => piece).join(",")}]`;

async function readBody(body: string, contentType: string, definition = "") {
  const scope = await readTrigger(
    {
      headers: JSON.stringify([["content-type", contentType]]),
      contentType,
      body: Buffer.from(body),
      query: "",
      method: "POST",
      path: "/in/x",
      eventType: null,
      deliveryId: null,
      receivedAt: new Date(0),
      item: null,
    },
    triggerNeeds(definition),
  );
  return scope;
}

describe("JSON of the largest size stays JSON, however dense it is", () => {
  // As values, each takes a multiple of what a sandbox process may have.
  test.each([
    ["empty lists", "[]"],
    ["objects with more keys than are made values of", '{"id":1}'],
    ["numbers that lose digits", "12345678901234567890"],
  ])("%s", { timeout: 120_000 }, async (_, piece) => {
    const text = dense(piece, BODY_BYTES_MAX);
    const { body } = await readBody(text, "application/json");
    expect(body).toBeInstanceOf(JsonText);
    expect((body as JsonText).text === text).toBe(true);
  });

  test("as data of a CloudEvent, and in an answer", { timeout: 120_000 }, async () => {
    const data = dense('{"id":1}', 3_000_000);
    const event = `{"specversion":"1.0","id":"e1","type":"t","source":"/s","data":${data}}`;
    const { cloudEvent } = await readBody(event, "application/cloudevents+json", "cloudEvent");
    expect(cloudEvent).toMatchObject({ mode: "structured", attributes: { id: "e1", type: "t", source: "/s" } });
    const found = (cloudEvent as { data: unknown }).data;
    expect(found instanceof JsonText && found.text === data).toBe(true);
    const answer = await readAnswer(Buffer.from(data), "application/json");
    expect(answer.body instanceof JsonText && answer.body.text === data).toBe(true);
  });

  test("while what is no JSON is told where it breaks", { timeout: 120_000 }, async () => {
    const { body, notes } = await readBody(`${dense("[]", 1_000_000).slice(0, -1)},]`, "application/json");
    expect(typeof body).toBe("string");
    expect(notes).toMatchObject([{ kind: "parse-error", line: 1 }]);
  });
});

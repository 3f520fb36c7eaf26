import { expect, test } from "vitest";
import { loadRepeats } from "#lib/loaders/repeats.ts";
import { flushRecords } from "#lib/reception/record-request.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { makeEndpoint, makeWorkspace, useFastDoor } from "#tests/support/receiving.ts";
import { eventually } from "#tests/support/running-app.ts";
import { sendRaw } from "#tests/support/send-raw.ts";

useTestDatabase();
const door = useFastDoor();

const send = async (path: string, body: string, times: number) => {
  for (let i = 0; i < times; i += 1)
    await sendRaw(door.url, {
      method: "POST",
      target: path,
      headers: [["content-type", "application/json"]],
      body: Buffer.from(body),
    });
};

test("a sender that sends four deliveries three times over is noticed, recognised or not", async () => {
  const actor = await makeWorkspace();
  const known = await makeEndpoint(actor, { settings: { dedupe: { kind: "body" } } });
  const unknown = await makeEndpoint(actor);
  for (const { path } of [known, unknown]) for (let n = 0; n < 4; n += 1) await send(path, `{"n":${n}}`, 3);
  const told = await eventually("the repeats", async () => {
    await flushRecords();
    return loadRepeats(actor, known.id);
  });
  expect(told).toMatchObject({ kind: "known", count: 4, most: 3, answer: "202", wants: null });
  expect(await loadRepeats(actor, unknown.id)).toMatchObject({ kind: "unknown", count: 4 });
  expect(await loadRepeats(await makeWorkspace("Other"), known.id)).toBeNull();
});

import { beforeAll, describe, expect, it } from "vitest";
import { updateEndpoint } from "#lib/commands/endpoints/update-endpoint.ts";
import type { Actor } from "#lib/core/actor.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { makeEndpoint, makeWorkspace, type OpenDoor, useFastDoor } from "#tests/support/receiving.ts";
import { useRouteDoor } from "#tests/support/route-door.ts";
import { headerOf, sendRaw } from "#tests/support/send-raw.ts";

useTestDatabase();
const doors: ReadonlyArray<readonly [string, OpenDoor]> = [
  ["the fast door", useFastDoor()],
  ["the route's handler", useRouteDoor({ rawHeads: true })],
];
let actor: Actor;
beforeAll(async () => {
  actor = await makeWorkspace();
});

const answer = (headers: unknown) => ({
  answer: {
    kind: "flow",
    deadlineMs: 200,
    fallback: { status: 503, contentType: "text/plain", body: "later", headers },
  },
});

describe.each(doors)("%s", (_name, door) => {
  it("gives the fallback of a computed answer its own headers, on top of those that keep our origin safe", async () => {
    const headers = [
      { name: "Retry-After", value: "30" },
      { name: "X-Receiver", value: "hookline" },
    ];
    const endpoint = await makeEndpoint(actor, { settings: answer(headers) });
    const told = await sendRaw(door.url, {
      method: "POST",
      target: endpoint.path,
      headers: [],
      body: Buffer.from("{}"),
    });
    expect([told.status, told.body.toString(), headerOf(told, "retry-after"), headerOf(told, "x-receiver")]).toEqual([
      503,
      "later",
      "30",
      "hookline",
    ]);
    expect(headerOf(told, "content-security-policy")).toBe("sandbox; default-src 'none'");
  });
});

it.each([
  ["one of our own", [{ name: "Set-Cookie", value: "a=b" }], "may not be set"],
  ["a line break", [{ name: "X-A", value: "a\r\nb: c" }], "line break"],
  ["21 of them", Array.from({ length: 21 }, (_, n) => ({ name: `X-${n}`, value: "1" })), "20"],
])("refuses %s among the fallback's headers", async (_what, headers, words) => {
  const endpoint = await makeEndpoint(actor);
  await expect(updateEndpoint(actor, endpoint.id, { settings: answer(headers) })).rejects.toMatchObject({
    problems: [
      { field: expect.stringContaining("settings.answer.fallback.headers"), message: expect.stringContaining(words) },
    ],
  });
});

it("keeps answers that were saved before they could have headers", async () => {
  const endpoint = await makeEndpoint(actor, { settings: answer(undefined) });
  const told = await sendRaw(doors[0]?.[1].url ?? "", {
    method: "POST",
    target: endpoint.path,
    headers: [],
    body: Buffer.from("{}"),
  });
  expect([told.status, told.body.toString()]).toEqual([503, "later"]);
});

import { createHmac } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import type { Actor } from "#lib/core/actor.ts";
import { prisma } from "#lib/db/prisma.ts";
import { flushRecords } from "#lib/reception/record-request.ts";
import { makeEndpoint, makeWorkspace, type OpenDoor } from "#tests/support/receiving.ts";
import { sendRaw } from "#tests/support/send-raw.ts";

const escaped = (text: string, upper: boolean): string => {
  const hex = (at: number) => text.charCodeAt(at).toString(16);
  const first = `%${upper ? hex(0).toUpperCase() : hex(0)}`;
  return `${first}${text.slice(1)}`;
};

/** Spellings of one path that mean the same, by RFC 3986 or as programs and people write them. */
const SPELLINGS: ReadonlyArray<readonly [what: string, spell: (token: string) => string]> = [
  ["as it was given", (token) => `/in/${token}`],
  ["with an empty query", (token) => `/in/${token}?`],
  ["with a slash at the end", (token) => `/in/${token}/`],
  ["with two slashes at the end and a query", (token) => `/in/${token}//?a=1&b=%20`],
  ["with an escaped letter, lower case", (token) => `/in/${escaped(token, false)}`],
  ["with an escaped letter, upper case", (token) => `/in/${escaped(token, true)}?a=1`],
  ["with every letter escaped", (token) => `/in/${[...token].map((letter) => escaped(letter, true)).join("")}`],
  ["with an escaped door", (token) => `/%69n/${token}`],
  ["with an escaped slash after the door", (token) => `/in%2f${token}`],
  ["with two slashes in front", (token) => `//in/${token}`],
  ["with two slashes between", (token) => `/in//${token}`],
  ["with dot segments", (token) => `/./x/../in/./${token}`],
  ["with escaped dot segments", (token) => `/in/%2e%2E/in/${token}`],
  ["in absolute form", (token) => `http://hooks.example.com/in/${token}?a=1`],
  ["in absolute form of another scheme", (token) => `wss://hooks.example.com/in/${token}`],
  ["in absolute form, in capitals and with a slash", (token) => `HTTPS://Other.Example:8443/in/${token}/`],
];

/** Every spelling of an address that means the same is taken at `door`. Needs `useTestDatabase()` before it. */
export function describeSpellings(name: string, door: OpenDoor): void {
  describe(name, () => {
    let actor: Actor;
    beforeAll(async () => {
      actor = await makeWorkspace();
    });

    it.each(SPELLINGS)("takes its address %s", async (_what, spell) => {
      const endpoint = await makeEndpoint(actor);
      const target = spell(endpoint.token);
      const answer = await sendRaw(door.url, { method: "POST", target, headers: [], body: Buffer.from("{}") });
      expect([name, answer.status]).toEqual([name, 202]);
      const { event } = JSON.parse(answer.body.toString()) as { event: string };
      const payload = await prisma().eventPayload.findUniqueOrThrow({ where: { eventId: event } });
      const sent = target.replace(/^\w+:\/\/[^/]*/i, "");
      expect([payload.path, payload.query]).toEqual([sent.split("?")[0], sent.split("?")[1] ?? ""]);
    });

    it("believes a signature over the address as it was sent, and over the address as it was given", async () => {
      const endpoint = await makeEndpoint(actor, { provider: "twilio", secrets: ["key"] });
      const sign = (url: string) => createHmac("sha1", "key").update(url).digest("base64");
      const body = Buffer.from("");
      const type = ["content-type", "application/x-www-form-urlencoded"] as const;
      for (const [signed, isBelieved] of [
        [`${endpoint.url}/?a=1`, true],
        [`${endpoint.url}?a=1`, true],
        [`${endpoint.url}//?a=1`, false],
      ] as const) {
        const headers = [type, ["x-twilio-signature", sign(signed)]] as const;
        const answer = await sendRaw(door.url, { method: "POST", target: `${endpoint.path}/?a=1`, headers, body });
        expect([signed, answer.status !== 401]).toEqual([signed, isBelieved]);
      }
    });

    it.each(["/IN/", "/In/", "/%49n/", "/IN%2f"])(
      "refuses %s before the token with 404 and writes it down",
      async (shouted) => {
        const endpoint = await makeEndpoint(actor);
        const target = `${shouted}${endpoint.token}`;
        const answer = await sendRaw(door.url, { method: "POST", target, headers: [], body: Buffer.from("{}") });
        expect(answer.status).toBe(404);
        await flushRecords();
        const row = await prisma().request.findFirstOrThrow({ where: { endpointId: endpoint.id } });
        expect([row.verdict, row.reason, row.status]).toEqual(["refused", "path-case", 404]);
      },
    );

    it.each(["/x", "/_bulk?a=1", ";x=1", "%2f", "%00"])(
      "refuses %s after the token with 404 and writes it down",
      async (appended) => {
        const endpoint = await makeEndpoint(actor);
        const target = endpoint.path + appended;
        const answer = await sendRaw(door.url, { method: "POST", target, headers: [], body: Buffer.from("{}") });
        expect(answer.status).toBe(404);
        await flushRecords();
        const row = await prisma().request.findFirstOrThrow({ where: { endpointId: endpoint.id } });
        expect([row.verdict, row.reason, row.status, row.path]).toEqual([
          "refused",
          "path-appended",
          404,
          target.split("?")[0],
        ]);
      },
    );
  });
}

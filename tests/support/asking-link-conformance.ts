import { beforeAll, describe, expect, it } from "vitest";
import type { Actor } from "#lib/core/actor.ts";
import { prisma } from "#lib/db/prisma.ts";
import { listRequests } from "#lib/db/requests.ts";
import { makeEndpoint, makeLiveFlow, makeWorkspace } from "#tests/support/receiving.ts";
import { headerOf, type RawAnswer, sendRaw } from "#tests/support/send-raw.ts";
import { until } from "#tests/support/until.ts";

const BROWSER = [
  ["accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"],
  ["sec-fetch-mode", "navigate"],
] as const;
const FORM = ["content-type", "application/x-www-form-urlencoded"] as const;

/** What both doors do for links that ask first. Needs `useTestDatabase()` before it. */
export function describeAskingLinks(name: string, door: { readonly url: string }): void {
  const send = (
    method: string,
    target: string,
    headers: ReadonlyArray<readonly [string, string]>,
    body = "",
  ): Promise<RawAnswer> => sendRaw(door.url, { method, target, headers, body: Buffer.from(body) });

  describe(`${name}: links that ask first`, () => {
    let actor: Actor;
    beforeAll(async () => {
      actor = await makeWorkspace();
    });
    const asking = async (more: object = {}) => {
      const endpoint = await makeEndpoint(actor, { settings: { methods: ["GET"], confirmGet: true, ...more } });
      await makeLiveFlow(actor, endpoint.id);
      return endpoint;
    };
    const runs = (endpointId: string) => prisma().run.count({ where: { endpointId } });
    const field = (answer: RawAnswer) =>
      /name="hookline_confirm" value="([^"]+)"/.exec(answer.body.toString())?.[1] ?? "";
    const press = (path: string, value: string) =>
      send("POST", path, [FORM, ...BROWSER], new URLSearchParams({ hookline_confirm: value }).toString());

    it("shows a page that cannot be framed and runs no script, and starts nothing", async () => {
      const endpoint = await asking();
      const page = await send("GET", `${endpoint.path}?order=7`, BROWSER);
      expect(page.status).toBe(200);
      expect(page.body.toString()).not.toContain("order=7");
      const policy = headerOf(page, "content-security-policy") ?? "";
      for (const rule of ["sandbox allow-forms;", "default-src 'none'", "frame-ancestors 'none'", "form-action 'self'"])
        expect(policy).toContain(rule);
      expect(policy).not.toMatch(/allow-scripts|unsafe|allow-same-origin/);
      expect(await runs(endpoint.id)).toBe(0);
      const found = await until(
        () => listRequests(actor.workspaceId, endpoint.id, { limit: 5 }),
        (list) => list.length > 0,
      );
      expect(found).toMatchObject([{ verdict: "handshake", reason: "asked-first" }]);
    });

    it("acts once when the button is pressed, with the query of the link, however often it is pressed", async () => {
      const endpoint = await asking();
      const path = `${endpoint.path}?order=7&x=a%20b`;
      const token = field(await send("GET", path, BROWSER));
      const pressed = await press(path, token);
      expect([pressed.status, pressed.body.toString().includes("Thank you")]).toEqual([200, true]);
      const again = await press(path, token);
      expect(again.status).toBe(200);
      expect(await runs(endpoint.id)).toBe(1);
      const event = await prisma().event.findFirstOrThrow({ where: { endpointId: endpoint.id } });
      expect(event.method).toBe("POST");
      const payload = await prisma().eventPayload.findFirstOrThrow({ where: { eventId: event.id } });
      expect(new URLSearchParams(payload.query).get("order")).toBe("7");
    });

    it("asks again when the confirmation is forged, of another link, of another endpoint, or expired", async () => {
      const endpoint = await asking();
      const other = await asking();
      const path = `${endpoint.path}?order=7`;
      const token = field(await send("GET", path, BROWSER));
      const [until = "", nonce = "", mac = ""] = token.split(".");
      const earlier = (Number.parseInt(until, 36) - 3_600_000).toString(36);
      const wrong = ["", "x", `${until}.${nonce}.${mac.slice(1)}`, `${earlier}.${nonce}.${mac}`, "a".repeat(400)];
      for (const [target, value] of [
        ...wrong.map((one) => [path, one] as const),
        [`${endpoint.path}?order=8`, token],
        [`${other.path}?order=7`, token],
      ] as const) {
        const page = await press(target, value);
        expect([value, page.status, page.body.toString().includes("nothing has happened")]).toEqual([value, 409, true]);
      }
      expect([await runs(endpoint.id), await runs(other.id)]).toEqual([0, 0]);
    });

    it("never acts on HEAD, and refuses other posts where only GET is allowed", async () => {
      const endpoint = await asking();
      const head = await send("HEAD", endpoint.path, []);
      expect([head.status, head.body.byteLength]).toEqual([200, 0]);
      const post = await send("POST", endpoint.path, [["content-type", "application/json"]], "{}");
      expect([post.status, headerOf(post, "allow")]).toEqual([405, "GET"]);
      const both = await asking({ methods: ["GET", "POST"] });
      expect((await send("POST", both.path, [["content-type", "application/json"]], "{}")).status).toBe(202);
      expect([await runs(endpoint.id), await runs(both.id)]).toEqual([0, 1]);
    });

    it("lets the button follow to the page that the owner chose", async () => {
      const endpoint = await asking({ answer: { kind: "redirect", url: "https://shop.example/done" } });
      const page = await send("GET", endpoint.path, BROWSER);
      expect(headerOf(page, "content-security-policy")).toContain("form-action 'self' https://shop.example");
      const pressed = await press(endpoint.path, field(page));
      expect([pressed.status, headerOf(pressed, "location")]).toEqual([303, "https://shop.example/done"]);
    });
  });
}

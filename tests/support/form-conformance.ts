import { beforeAll, describe, expect, it } from "vitest";
import type { Actor } from "#lib/core/actor.ts";
import { prisma } from "#lib/db/prisma.ts";
import { listRequests, type RequestRow } from "#lib/db/requests.ts";
import { loadRequest } from "#lib/loaders/inspector.ts";
import { makeEndpoint, makeLiveFlow, makeWorkspace } from "#tests/support/receiving.ts";
import { headerOf, type RawAnswer, sendRaw } from "#tests/support/send-raw.ts";
import { until } from "#tests/support/until.ts";

const PAGE = "https://shop.example";
const BROWSER = [
  ["accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"],
  ["sec-fetch-mode", "navigate"],
] as const;
const SCRIPT = [
  ["accept", "*/*"],
  ["origin", PAGE],
  ["sec-fetch-mode", "cors"],
] as const;
const FORM = ["content-type", "application/x-www-form-urlencoded"] as const;

const part = (disposition: string, value: string): string =>
  `--XyZ\r\ncontent-disposition: form-data; ${disposition}\r\n\r\n${value}\r\n`;

type Headers = ReadonlyArray<readonly [string, string]>;

/** What both doors do for forms on web pages. Needs `useTestDatabase()` before it. */
export function describeForms(name: string, door: { readonly url: string }): void {
  const send = (method: string, target: string, headers: Headers, body = ""): Promise<RawAnswer> =>
    sendRaw(door.url, { method, target, headers, body: Buffer.from(body) });

  describe(`${name}: forms`, () => {
    let actor: Actor;
    beforeAll(async () => {
      actor = await makeWorkspace();
    });
    const rows = async (endpointId: string, count: number): Promise<RequestRow[]> =>
      until(
        () => listRequests(actor.workspaceId, endpointId, { limit: 20 }),
        (found) => found.length >= count,
      );
    const preflight = (path: string, origin: string, more: Headers = []) =>
      send("OPTIONS", path, [
        ["origin", origin],
        ["access-control-request-method", "POST"],
        ["access-control-request-headers", "content-type, x-form"],
        ...more,
      ]);

    it("answers a preflight of an allowed origin with 204 and what may be sent, and stores nothing", async () => {
      const endpoint = await makeEndpoint(actor, { settings: { form: { origins: [PAGE] }, methods: ["POST", "PUT"] } });
      const answer = await preflight(endpoint.path, PAGE);
      expect(answer.status).toBe(204);
      expect(answer.body.byteLength).toBe(0);
      expect(headerOf(answer, "content-length")).toBeUndefined();
      expect(headerOf(answer, "access-control-allow-origin")).toBe(PAGE);
      expect(headerOf(answer, "access-control-allow-methods")).toBe("POST, PUT");
      expect(headerOf(answer, "access-control-allow-headers")).toBe("content-type, x-form");
      expect(headerOf(answer, "access-control-max-age")).toBe("600");
      // Next adds a Vary header of its own.
      const varies = answer.headers
        .filter(([name]) => name.toLowerCase() === "vary")
        .map(([, value]) => value.toLowerCase());
      expect(varies.join(", ")).toContain("origin");
      expect(headerOf(answer, "access-control-allow-credentials")).toBeUndefined();
      await send("POST", endpoint.path, SCRIPT, "a");
      const found = await rows(endpoint.id, 1);
      expect(found.map((row) => row.method)).toEqual(["POST"]);
    });

    it("gives other origins' preflights no CORS header, and tells the owner which origin asked", async () => {
      const endpoint = await makeEndpoint(actor, { settings: { form: { origins: [PAGE] } } });
      const answer = await preflight(endpoint.path, "https://evil.example");
      expect(answer.status).toBe(403);
      expect(headerOf(answer, "access-control-allow-origin")).toBeUndefined();
      // Next adds a Vary header of its own.
      const varies = answer.headers
        .filter(([name]) => name.toLowerCase() === "vary")
        .map(([, value]) => value.toLowerCase());
      expect(varies.join(", ")).toContain("origin");
      expect((await rows(endpoint.id, 1))[0]).toMatchObject({ verdict: "refused", reason: "origin-not-allowed" });
    });

    it("answers a preflight 405 as ever where no origin is named", async () => {
      const endpoint = await makeEndpoint(actor);
      const answer = await preflight(endpoint.path, PAGE);
      expect(answer.status).toBe(405);
      expect(answer.headers.some(([header]) => header.startsWith("access-control") || header === "vary")).toBe(false);
    });

    it("leaves CloudEvents' OPTIONS handshake to its provider", async () => {
      const endpoint = await makeEndpoint(actor, { provider: "cloudevents", settings: { form: { origins: [PAGE] } } });
      const answer = await send("OPTIONS", endpoint.path, [
        ["webhook-request-origin", "eventemitter.example.com"],
        ["origin", PAGE],
        ["access-control-request-method", "POST"],
      ]);
      expect([answer.status, headerOf(answer, "webhook-allowed-origin")]).toEqual([200, "eventemitter.example.com"]);
    });

    it("lets an allowed page read every answer, refusals too, and any page where * is named", async () => {
      const endpoint = await makeEndpoint(actor, { settings: { form: { origins: [PAGE] }, bodyBytesMax: 10 } });
      for (const [body, status] of [
        ["short", 202],
        ["much too long", 413],
      ] as const) {
        const answer = await send("POST", endpoint.path, SCRIPT, body);
        expect([answer.status, headerOf(answer, "access-control-allow-origin")]).toEqual([status, PAGE]);
        expect(headerOf(answer, "access-control-expose-headers")).toContain("retry-after");
      }
      const everybody = await makeEndpoint(actor, { settings: { form: { origins: ["*"] } } });
      expect(headerOf(await send("POST", everybody.path, SCRIPT, "a"), "access-control-allow-origin")).toBe("*");
      expect(headerOf(await send("POST", everybody.path, [], "a"), "access-control-allow-origin")).toBeUndefined();
    });

    it("tells a script where to go instead of redirecting it, and redirects a browser", async () => {
      const endpoint = await makeEndpoint(actor, {
        settings: { answer: { kind: "redirect", url: "https://shop.example/thanks" } },
      });
      const script = await send("POST", endpoint.path, [FORM, ...SCRIPT], "a=1");
      expect(script.status).toBe(202);
      expect(JSON.parse(script.body.toString())).toMatchObject({
        redirect: "https://shop.example/thanks",
        event: expect.any(String),
      });
      const json = await send("POST", endpoint.path, [FORM, ["accept", "application/json, text/plain, */*"]], "a=1");
      expect(json.status).toBe(202);
      const browser = await send("POST", endpoint.path, [FORM, ...BROWSER], "a=1");
      expect([browser.status, headerOf(browser, "location")]).toEqual([303, "https://shop.example/thanks"]);
    });

    it("thanks a browser that posts a form with a page that can run nothing", async () => {
      const endpoint = await makeEndpoint(actor);
      const page = await send("POST", endpoint.path, [FORM, ...BROWSER], "a=1");
      expect([page.status, headerOf(page, "content-type")]).toEqual([200, "text/html; charset=utf-8"]);
      expect(page.body.toString()).toContain("<h1>Thank you</h1>");
      const policy = headerOf(page, "content-security-policy") ?? "";
      expect(policy).toMatch(/^sandbox; default-src 'none'; style-src 'sha256-/);
      expect(headerOf(page, "x-content-type-options")).toBe("nosniff");
      const json = await send("POST", endpoint.path, [["content-type", "application/json"], ...BROWSER], "{}");
      expect(json.status).toBe(202);
    });

    const bodies: ReadonlyArray<readonly [string, string, (fields: Record<string, string>) => string]> = [
      ["urlencoded", "application/x-www-form-urlencoded", (fields) => new URLSearchParams(fields).toString()],
      ["JSON", "application/json", (fields) => JSON.stringify(fields)],
      [
        "multipart with a file of 900 kB",
        "multipart/form-data; boundary=XyZ",
        (fields) =>
          [
            part('name="file"; filename="a.bin"', "x".repeat(900_000)),
            ...Object.entries(fields).map(([field, value]) => part(`name="${field}"`, value)),
            "--XyZ--\r\n",
          ].join(""),
      ],
    ];
    describe.each(bodies)("%s", (_kind, type, write) => {
      const settings = { form: { honeypot: "website", minimumSeconds: 3 } };
      const post = async (fields: Record<string, string>) => {
        const endpoint = await makeEndpoint(actor, { settings });
        await makeLiveFlow(actor, endpoint.id);
        const answer = await send(
          "POST",
          endpoint.path,
          [["content-type", type]],
          write({ email: "ada@example.com", ...fields }),
        );
        const [row] = await rows(endpoint.id, 1);
        const runs = await prisma().run.count({ where: { endpointId: endpoint.id } });
        return { endpoint, answer, row, runs };
      };

      it("keeps a program out that fills the hidden field, and does not tell it", async () => {
        const { endpoint, answer, row, runs } = await post({
          website: "https://spam.example",
          hookline_open_ms: "9000",
        });
        expect(answer.status).toBe(202);
        expect(Object.keys(JSON.parse(answer.body.toString()) as object)).toEqual(["event"]);
        expect(row).toMatchObject({ kind: "request", verdict: "refused", reason: "honeypot-filled" });
        expect(runs).toBe(0);
        expect(endpoint.id).not.toBe("");
      });

      it("keeps out what was sent too fast, and takes what took its time", async () => {
        const fast = await post({ website: "", hookline_open_ms: "2999" });
        expect([fast.answer.status, fast.row?.reason, fast.runs]).toEqual([202, "sent-too-fast", 0]);
        const slow = await post({ website: " ", hookline_open_ms: "3000" });
        expect([slow.row?.verdict, slow.runs]).toEqual(["accepted", 1]);
      });

      it("never loses a person without JavaScript: a missing time is a failed check of an accepted event", async () => {
        for (const open of [[], ["hookline_open_ms", ""], ["hookline_open_ms", "soon"], ["hookline_open_ms", "-5"]]) {
          const { endpoint, row, runs } = await post({
            website: "",
            ...(open[0] === undefined ? {} : { [open[0]]: open[1] ?? "" }),
          });
          expect([row?.verdict, runs]).toEqual(["accepted", 1]);
          const detail = await loadRequest(actor, endpoint.id, row?.id ?? "");
          expect(detail?.checks).toContainEqual(expect.objectContaining({ id: "open-time", status: "failed" }));
        }
      });
    });

    it("shows the owner both the refusal and what the program was told", async () => {
      const settings = {
        form: { honeypot: "website" },
        answer: { kind: "redirect", url: "https://shop.example/thanks" },
      };
      const endpoint = await makeEndpoint(actor, { settings });
      const answer = await send("POST", endpoint.path, [FORM, ...BROWSER], "website=x");
      expect(answer.status).toBe(303);
      const [row] = await rows(endpoint.id, 1);
      const detail = await loadRequest(actor, endpoint.id, row?.id ?? "");
      expect(detail).toMatchObject({
        reason: "honeypot-filled",
        answer: { status: 303, note: expect.stringMatching(/^The usual answer/) },
      });
      expect(detail?.sentence).toContain("website");
    });

    it("accepts with a failed check what is neither a form nor JSON", async () => {
      const endpoint = await makeEndpoint(actor, { settings: { form: { honeypot: "website" } } });
      expect((await send("POST", endpoint.path, [["content-type", "text/plain"]], "hello")).status).toBe(202);
      const [row] = await rows(endpoint.id, 1);
      const detail = await loadRequest(actor, endpoint.id, row?.id ?? "");
      expect(detail?.checks).toContainEqual(expect.objectContaining({ id: "form", status: "failed" }));
    });
  });
}

import { createHmac } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { pauseEndpoint } from "#lib/commands/endpoints/pause-endpoint.ts";
import type { Actor } from "#lib/core/actor.ts";
import { prisma } from "#lib/db/prisma.ts";
import { listRequests, type RequestRow } from "#lib/db/requests.ts";
import { handshakeVariants } from "#tests/support/handshake-variants.ts";
import { makeEndpoint, makeLiveFlow, makeWorkspace } from "#tests/support/receiving.ts";
import {
  certificates,
  clockOf,
  found,
  handshakes,
  type RecordedHandshake,
  requestOf,
  setUp,
  specOf,
} from "#tests/support/recorded-handshakes.ts";
import { headerOf, type RawAnswer, type RawRequest, sendRaw } from "#tests/support/send-raw.ts";

/** A running door, and the way to the clock and the certificates of its process. */
export type HandshakeDoor = {
  readonly url: string;
  /** Sets the clock (null: the real one) and what the addresses of certificates serve. */
  setWorld(nowMs: number | null, certificates: Record<string, string>): Promise<void> | void;
};

type Handshake = readonly [
  what: string,
  provider: string,
  setup: { readonly secrets?: string[] },
  request: { method: string; query: string; headers?: RawRequest["headers"]; body?: string },
  expected: { status: number; body: string; header?: readonly [name: string, value: string] },
];
const TEXT = ["content-type", "text/plain"] as const;
const JSON_TYPE = ["content-type", "application/json"] as const;
const macOf = (key: string, text: string): string =>
  `sha256=${createHmac("sha256", key).update(text).digest("base64")}`;

/** Handshakes that are documented, not recorded. Challenges that look like code come back as text that nothing runs. */
const MORE: readonly Handshake[] = [
  [
    "Dropbox's challenge",
    "dropbox",
    {},
    { method: "GET", query: "?challenge=%3Cscript%3E" },
    { status: 200, body: "<script>", header: TEXT },
  ],
  [
    "Microsoft Graph's token",
    "microsoft-graph",
    {},
    { method: "POST", query: "?validationToken=Validation%3A%20a%2Bb+c%3Cb%3E" },
    { status: 200, body: "Validation: a+b c<b>", header: TEXT },
  ],
  [
    "X's challenge",
    "x-twitter",
    { secrets: ["consumer-secret"] },
    { method: "GET", query: "?crc_token=abc&nonce=x" },
    { status: 200, body: JSON.stringify({ response_token: macOf("consumer-secret", "abc") }), header: JSON_TYPE },
  ],
  [
    "Okta's challenge",
    "okta",
    {},
    { method: "GET", query: "", headers: [["X-Okta-Verification-Challenge", "my verification challenge"]] },
    { status: 200, body: '{"verification":"my verification challenge"}', header: JSON_TYPE },
  ],
  [
    "Asana's secret",
    "asana",
    {},
    { method: "POST", query: "", headers: [["X-Hook-Secret", "b537207f20cbfa02357cf448134da559"]] },
    { status: 200, body: "", header: ["x-hook-secret", "b537207f20cbfa02357cf448134da559"] },
  ],
  [
    "monday's challenge",
    "monday",
    {},
    { method: "POST", query: "", headers: [JSON_TYPE], body: '{"challenge":"3eZbrw1aBm2rZgRNFdxV2595"}' },
    { status: 200, body: '{"challenge":"3eZbrw1aBm2rZgRNFdxV2595"}', header: JSON_TYPE },
  ],
  ["Trello's HEAD", "trello", {}, { method: "HEAD", query: "" }, { status: 200, body: "" }],
  ["Mandrill's HEAD", "mandrill", {}, { method: "HEAD", query: "" }, { status: 200, body: "" }],
];

/** Every recorded handshake over the wire, against `door` (read inside tests). Needs `useTestDatabase()` before it. */
export function describeHandshakes(name: string, door: HandshakeDoor): void {
  describe(name, () => {
    let actor: Actor;
    beforeAll(async () => {
      actor = await makeWorkspace();
    });

    const shake = async (recorded: RecordedHandshake, over: Partial<RawRequest> = {}, paused = false) => {
      const { provider, secrets, options } = setUp(recorded);
      const endpoint = await makeEndpoint(actor, { provider: provider.id, secrets, settings: { options } });
      await makeLiveFlow(actor, endpoint.id);
      if (paused) await pauseEndpoint(actor, endpoint.id);
      const request = requestOf(recorded, endpoint.path);
      await door.setWorld(clockOf(recorded), certificates());
      try {
        return { endpoint, answer: await sendRaw(door.url, { ...request, ...over }) };
      } finally {
        await door.setWorld(null, {});
      }
    };
    const nothingStarted = async (endpointId: string): Promise<void> => {
      expect(await prisma().event.count({ where: { endpointId } }), "events").toBe(0);
      expect(await prisma().run.count({ where: { endpointId } }), "runs").toBe(0);
    };
    const onlyRow = async (endpointId: string): Promise<RequestRow | undefined> => {
      const deadlineMs = performance.now() + 5_000;
      for (;;) {
        const rows = await listRequests(actor.workspaceId, endpointId, { limit: 10 });
        if (rows.length > 0 || performance.now() > deadlineMs) {
          expect(rows).toHaveLength(1);
          return rows[0];
        }
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    };
    const expectRefused = async (
      { endpoint, answer }: Awaited<ReturnType<typeof shake>>,
      status: number,
    ): Promise<void> => {
      expect([answer.status, answer.body.toString()]).toEqual([status, expect.any(String)]);
      expect(await onlyRow(endpoint.id)).toMatchObject({ kind: "request", verdict: "refused" });
      await nothingStarted(endpoint.id);
    };

    it.each(handshakes.map((each) => [each.id, each] as const))(
      "answers %s byte for byte and starts nothing",
      async (_id, recorded) => {
        const { endpoint, answer } = await shake(recorded);
        expectRecorded(answer, recorded);
        expect(await onlyRow(endpoint.id)).toMatchObject(
          recorded.response.status < 400
            ? { kind: "request", verdict: "handshake", reason: specOf(recorded).id }
            : { kind: "request", verdict: "refused", reason: "field-mismatch" },
        );
        await nothingStarted(endpoint.id);
      },
    );

    it.each(handshakes.filter((each) => specOf(each).worksWhilePaused).map((each) => [each.id, each] as const))(
      "answers %s while the endpoint is paused, and parks nothing",
      async (_id, recorded) => {
        const { endpoint, answer } = await shake(recorded, {}, true);
        expectRecorded(answer, recorded);
        expect((await onlyRow(endpoint.id))?.verdict).toBe(recorded.response.status < 400 ? "handshake" : "refused");
        await nothingStarted(endpoint.id);
      },
    );

    it.each(MORE)("answers %s as its documents say", async (_what, provider, setup, request, expected) => {
      const endpoint = await makeEndpoint(actor, { provider, settings: {}, ...setup });
      await makeLiveFlow(actor, endpoint.id);
      const { method, query, headers = [], body = "" } = request;
      const answer = await sendRaw(door.url, {
        method,
        target: endpoint.path + query,
        headers,
        body: Buffer.from(body),
      });
      expect([answer.status, answer.body.toString()]).toEqual([expected.status, expected.body]);
      if (expected.header !== undefined) expect(headerOf(answer, expected.header[0])).toBe(expected.header[1]);
      expect(headerOf(answer, "x-content-type-options")).toBe("nosniff");
      await nothingStarted(endpoint.id);
    });

    it.each(handshakeVariants())(
      "answers %s clearly and starts nothing",
      async (_what, provider, setup, request, expected) => {
        const endpoint = await makeEndpoint(actor, { provider, settings: {}, ...setup });
        const { method, query, headers = [], body = "" } = request;
        const answer = await sendRaw(door.url, {
          method,
          target: endpoint.path + query,
          headers,
          body: Buffer.from(body),
        });
        expect([answer.status, answer.body.toString()]).toEqual([expected.status, expected.body ?? expect.any(String)]);
        if (expected.header !== undefined) expect(headerOf(answer, expected.header[0])).toBe(expected.header[1]);
        await nothingStarted(endpoint.id);
      },
    );

    const signed = handshakes.filter((each) => each.verifyFirst === true);
    it.each(signed.map((each) => [each.id, each] as const))(
      "refuses %s when one byte of it changed",
      async (_id, recorded) => {
        const text = requestOf(recorded, "/").body.toString();
        // SNS does not sign its last field, the address of its certificate.
        const body = Buffer.from(
          recorded.provider === "aws-sns"
            ? text.replace('"Message":"', "$&_")
            : text.replace(/(?=[^{}[\]"\s]"?\W*$)/, "1"),
        );
        const shaken = await shake(recorded, { body });
        await expectRefused(shaken, 401);
        expect(shaken.answer.body.toString()).not.toMatch(/challenge|plainToken|3eZbrw1a|qgg8vlvZ/);
      },
    );

    it.each(signed.map((each) => [each.id, each] as const))(
      "refuses %s without its signature",
      async (_id, recorded) => {
        const request = requestOf(recorded, "/");
        const headers = request.headers.filter(([header]) => !/signature/i.test(header));
        const body = Buffer.from(request.body.toString().replace(/"Signature":"[^"]*"/, '"Signature":""'));
        await expectRefused(await shake(recorded, { headers, body }), 401);
      },
    );

    it.each(["slack/url_verification", "zoom/endpoint.url_validation"])(
      "refuses a challenge of %s that is 301 s old",
      async (id) => {
        const recorded = found(id);
        await expectRefused(await shake({ ...recorded, now: (recorded.now ?? 0) + 301 }), 401);
      },
    );

    it("refuses the right verify token when the endpoint has none", async () => {
      const { verifyToken: _none, ...recorded } = found("meta-whatsapp/hub.challenge");
      await expectRefused(await shake(recorded), 403);
    });

    it("refuses a subscription to another topic than the configured one", async () => {
      const recorded = found("aws-sns/SubscriptionConfirmation");
      const { body } = requestOf(recorded, "/");
      await expectRefused(
        await shake(recorded, { body: Buffer.from(body.toString().replaceAll("MyTopic", "Another")) }),
        401,
      );
    });

    it("keeps the secret that Notion offers once, and takes no other in its place", async () => {
      const recorded = found("notion/verification_token");
      const { endpoint } = await shake(recorded);
      const secrets = () => prisma().endpointSecret.count({ where: { endpointId: endpoint.id } });
      const deadlineMs = performance.now() + 5_000;
      while ((await secrets()) === 0 && performance.now() < deadlineMs)
        await new Promise((resolve) => setTimeout(resolve, 25));
      expect(await secrets()).toBe(1);
      const again = await sendRaw(door.url, {
        ...requestOf(recorded, endpoint.path),
        body: Buffer.from('{"verification_token":"secret_evil"}'),
      });
      expect(again.status).not.toBe(200);
      expect(await secrets()).toBe(1);
    });
  });
}

function expectRecorded(answer: RawAnswer, { response }: RecordedHandshake): void {
  expect(answer.status).toBe(response.status);
  if (response.contentType !== undefined) expect(headerOf(answer, "content-type")).toBe(response.contentType);
  for (const [name, value] of Object.entries(response.headers ?? {})) expect(headerOf(answer, name)).toBe(value);
  const expected = response.json === undefined ? response.body : JSON.stringify(response.json);
  if (expected !== undefined) expect(answer.body.equals(Buffer.from(expected))).toBe(true);
  else if (response.status < 400) expect(answer.body.byteLength).toBe(0);
  expect(headerOf(answer, "content-security-policy")).toContain("sandbox");
}

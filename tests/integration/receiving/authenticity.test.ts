import { createHmac, generateKeyPairSync, sign as signWithKey } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { beforeAll, describe, expect, it } from "vitest";
import type { Actor } from "#lib/core/actor.ts";
import { pool } from "#lib/db/pool.ts";
import { prisma } from "#lib/db/prisma.ts";
import {
  BODY,
  githubSignature,
  guardedEndpoint,
  hmacOf,
  postTo,
  SECRET,
  stripeSignature,
} from "#tests/support/guarded-endpoint.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import type { ProviderPackage } from "#tests/support/provider-package.ts";
import { listJobPayloads, makeWorkspace, useFastDoor } from "#tests/support/receiving.ts";
import type { RawRequest } from "#tests/support/send-raw.ts";
import { SIGNING_PACKAGES } from "#tests/support/signing-packages.ts";

useTestDatabase();
const door = useFastDoor();
let actor: Actor;
beforeAll(async () => {
  actor = await makeWorkspace();
});

type Headers = RawRequest["headers"];
const post = (target: string, headers: Headers, body: Buffer | string) => postTo(door.url, target, headers, body);
const guarded = (provider: string, secrets: string[], settings: object = {}) =>
  guardedEndpoint(actor, provider, secrets, settings);
const seconds = (): number => Math.floor(Date.now() / 1_000);

const WHSEC = `whsec_${Buffer.from("0123456789abcdef0123456789abcdef").toString("base64")}`;

describe("W-01: good signatures", () => {
  it.each(SIGNING_PACKAGES.filter(({ sign }) => sign !== undefined).map((each) => [each.name, each] as const))(
    "of %s are accepted by the running door, and not when a byte of the body changes",
    async (_name, sender) => {
      const settings = { verification: "required", ...(sender.scheme === undefined ? {} : { scheme: sender.scheme }) };
      const endpoint = await guarded(
        sender.provider,
        ["another-secret-that-is-older", sender.secret].toReversed(),
        settings,
      );
      const { target, headers, body } = await signedAt(sender, endpoint.url, endpoint.path);
      if (sender.bodyNotCovered !== true) {
        expect((await post(target, headers, body.replace(/[a-z0-9](?=[^a-z0-9]*$)/, "_"))).status).toBe(401);
        await endpoint.nothingQueued();
      }
      expect((await post(target, headers, body)).status).toBeLessThan(300);
      expect(await prisma().event.findFirstOrThrow({ where: { endpointId: endpoint.id } })).toMatchObject({
        verification: "verified",
      });
    },
  );

  it("of Shopify, Slack and Standard Webhooks with Ed25519 are accepted", async () => {
    const shopify = await guarded("shopify", [SECRET]);
    expect(
      (await post(shopify.path, [["X-Shopify-Hmac-Sha256", hmacOf(SECRET, BODY).toString("base64")]], BODY)).status,
    ).toBeLessThan(300);
    const slack = await guarded("slack", [SECRET]);
    const slackTime = String(seconds());
    const slackHeaders: Headers = [
      ["X-Slack-Request-Timestamp", slackTime],
      ["X-Slack-Signature", `v0=${hmacOf(SECRET, `v0:${slackTime}:${BODY}`).toString("hex")}`],
    ];
    expect((await post(slack.path, slackHeaders, BODY)).status).toBeLessThan(300);
    const { publicKey, privateKey } = generateKeyPairSync("ed25519");
    const whpk = `whpk_${publicKey.export({ format: "der", type: "spki" }).subarray(-32).toString("base64")}`;
    const standard = await guarded("standard-webhooks", [whpk]);
    const time = seconds();
    const signature = signWithKey(null, Buffer.from(`msg_1.${time}.${BODY}`), privateKey).toString("base64");
    const headers: Headers = [
      ["webhook-id", "msg_1"],
      ["webhook-timestamp", String(time)],
      ["webhook-signature", `v1a,${signature}`],
    ];
    const answer = await post(standard.path, headers, BODY);
    expect([answer.status, answer.body.toString()]).toEqual([202, expect.any(String)]);
  });

  it("made with either of two secrets are accepted while they rotate, and the one that fitted is named", async () => {
    const endpoint = await guarded("github", ["the-secret-new1", "the-secret-old2"]);
    for (const [secret, id] of [
      ["the-secret-new1", "1"],
      ["the-secret-old2", "2"],
    ] as const)
      expect(
        (
          await post(
            endpoint.path,
            [
              ["X-Hub-Signature-256", githubSignature(BODY, secret)],
              ["X-GitHub-Delivery", id],
            ],
            BODY,
          )
        ).status,
      ).toBe(202);
    expect(
      (
        await post(
          endpoint.path,
          [
            ["X-Hub-Signature-256", githubSignature(BODY, "a-third")],
            ["X-GitHub-Delivery", "3"],
          ],
          BODY,
        )
      ).status,
    ).toBe(401);
    const { rows } = await pool().query<{ checks: string }>(
      "SELECT checks FROM event_payload p JOIN event e ON e.id = p.event_id WHERE e.endpoint_id = $1",
      [endpoint.id],
    );
    const named = rows.map(
      ({ checks }) =>
        (JSON.parse(checks) as Array<{ id: string; message: string }>).find(({ id }) => id === "secret-used")?.message,
    );
    expect(new Set(named).size).toBe(2);
  });
});

describe("W-02: bad signatures", () => {
  const right = githubSignature().slice("sha256=".length);
  const CASES: ReadonlyArray<readonly [string, Headers]> = [
    ["none", []],
    ["an empty one", [["X-Hub-Signature-256", ""]]],
    ["a prefix alone", [["X-Hub-Signature-256", "sha256="]]],
    ["one cut short", [["X-Hub-Signature-256", `sha256=${right.slice(0, 40)}`]]],
    ["one byte only", [["X-Hub-Signature-256", `sha256=${right.slice(0, 2)}`]]],
    ["one made longer", [["X-Hub-Signature-256", `sha256=${right}00`]]],
    ["15 KB", [["X-Hub-Signature-256", `sha256=${"0".repeat(15_000)}`]]],
    ["another algorithm", [["X-Hub-Signature-256", `sha1=${createHmac("sha1", SECRET).update(BODY).digest("hex")}`]]],
    [
      "another algorithm under this name",
      [["X-Hub-Signature-256", `sha256=${createHmac("sha1", SECRET).update(BODY).digest("hex")}`]],
    ],
    ["another encoding", [["X-Hub-Signature-256", `sha256=${Buffer.from(right, "hex").toString("base64")}`]]],
    ["no prefix", [["X-Hub-Signature-256", right]]],
    [
      "a list of 300",
      [["X-Hub-Signature-256", Array.from({ length: 200 }, () => `sha256=${"0".repeat(64)}`).join(",")]],
    ],
    [
      "the right one twice",
      [
        ["X-Hub-Signature-256", githubSignature()],
        ["X-Hub-Signature-256", githubSignature()],
      ],
    ],
    [
      "the right one after a wrong one",
      [
        ["X-Hub-Signature-256", `sha256=${"0".repeat(64)}`],
        ["X-Hub-Signature-256", githubSignature()],
      ],
    ],
    ["the right one in another header", [["X-Signature", githubSignature()]]],
    ["another secret", [["X-Hub-Signature-256", githubSignature(BODY, "another")]]],
    ["an empty secret", [["X-Hub-Signature-256", githubSignature(BODY, "")]]],
    ["zeros", [["X-Hub-Signature-256", `sha256=${"0".repeat(64)}`]]],
    ["letters that are no digits", [["X-Hub-Signature-256", `sha256=${"g".repeat(64)}`]]],
  ];
  it.each(CASES)("%s is 401, queues nothing and gives nothing away", async (_what, headers) => {
    const endpoint = await guarded("github", [SECRET]);
    const jobs = (await listJobPayloads()).length;
    const answer = await post(endpoint.path, headers, BODY);
    expect(answer.status).toBe(401);
    expect(answer.body.byteLength).toBeLessThan(300);
    expect(answer.body.toString()).not.toContain(right.slice(0, 8));
    expect(answer.body.toString()).not.toContain(SECRET);
    await endpoint.nothingQueued();
    expect((await listJobPayloads()).length).toBe(jobs);
  });

  it.each([
    ["v1 alone", "v1,"],
    ["no version", hmacOf(Buffer.from("0123456789abcdef0123456789abcdef"), `msg_1.1.${BODY}`).toString("base64")],
    ["a version nobody knows", `v9,${"A".repeat(43)}=`],
    ["a list without the right one", Array.from({ length: 200 }, () => `v1,${"A".repeat(43)}=`).join(" ")],
  ])("of Standard Webhooks with %s are 401", async (_what, signature) => {
    const endpoint = await guarded("standard-webhooks", [WHSEC]);
    const headers: Headers = [
      ["webhook-id", "msg_1"],
      ["webhook-timestamp", String(seconds())],
      ["webhook-signature", signature],
    ];
    expect((await post(endpoint.path, headers, BODY)).status).toBe(401);
    await endpoint.nothingQueued();
  });
});

describe("W-03: old, early and repeated", () => {
  it.each([
    ["301 s old", () => seconds() - 302],
    ["301 s early", () => seconds() + 305],
    ["in milliseconds", () => Date.now()],
    ["negative", () => -seconds()],
    ["no number", () => "NaN"],
    ["empty", () => ""],
    ["infinite", () => "Infinity"],
    ["in hex", () => `0x${seconds().toString(16)}`],
    ["with a fraction", () => `${seconds()}.5`],
  ])("a rightly signed delivery whose time is %s is 401", async (_what, time) => {
    const endpoint = await guarded("stripe", [SECRET]);
    const at = time();
    expect((await post(endpoint.path, [["Stripe-Signature", stripeSignature(BODY, at)]], BODY)).status).toBe(401);
    const standard = await guarded("standard-webhooks", [WHSEC]);
    const key = Buffer.from("0123456789abcdef0123456789abcdef");
    const headers: Headers = [
      ["webhook-id", "msg_1"],
      ["webhook-timestamp", String(at)],
      ["webhook-signature", `v1,${hmacOf(key, `msg_1.${at}.${BODY}`).toString("base64")}`],
    ];
    expect((await post(standard.path, headers, BODY)).status).toBe(401);
    await endpoint.nothingQueued();
    await standard.nothingQueued();
  });

  it("a delivery that is sent again with a fresh signature is a duplicate and starts nothing", async () => {
    const endpoint = await guarded("standard-webhooks", [WHSEC]);
    const send = () => {
      const at = new Date();
      const headers: Headers = [
        ["webhook-id", "msg_again"],
        ["webhook-timestamp", String(Math.floor(at.getTime() / 1_000))],
        ["webhook-signature", new Webhook(WHSEC).sign("msg_again", at, BODY)],
      ];
      return post(endpoint.path, headers, BODY);
    };
    expect([(await send()).status, (await send()).status, (await send()).status]).toEqual([202, 200, 200]);
    expect(await prisma().run.count({ where: { endpointId: endpoint.id } })).toBe(1);
  });
});

describe("W-08: the signature is over the bytes", () => {
  it.each([
    ["spaces added", '{"id": "evt_1", "type": "invoice.paid", "amount": 1}'],
    ["keys reordered", '{"type":"invoice.paid","id":"evt_1","amount":1}'],
    ["a number written otherwise", '{"id":"evt_1","type":"invoice.paid","amount":1.0}'],
    ["an escape written otherwise", '{"id":"evt\\u005f1","type":"invoice.paid","amount":1}'],
    ["a line break at the end", `${BODY}\n`],
    ["a byte order mark", `\ufeff${BODY}`],
    ["a repeated key", '{"id":"evt_1","type":"invoice.paid","amount":1,"amount":1}'],
  ])("a body with %s under the old signature is 401", async (_what, body) => {
    expect(JSON.parse(body.replace(/^\ufeff/, ""))).toEqual(JSON.parse(BODY));
    const one = await guarded("github", [SECRET]);
    expect((await post(one.path, [["X-Hub-Signature-256", githubSignature(BODY)]], body)).status).toBe(401);
    await one.nothingQueued();
    const other = await guarded("stripe", [SECRET]);
    expect((await post(other.path, [["Stripe-Signature", stripeSignature(BODY)]], body)).status).toBe(401);
    await other.nothingQueued();
  });
});

/** What a sender's own package signs for an endpoint's address now. */
async function signedAt(
  sender: ProviderPackage,
  url: string,
  path: string,
): Promise<{ target: string; headers: Headers; body: string }> {
  const body = sender.body ?? (sender.scheme === "payment" ? ADYEN : BODY);
  const made = await sender.sign?.({ body, url, at: new Date(), secret: sender.secret });
  return {
    target: path + (made?.url === undefined ? "" : made.url.slice(url.length)),
    headers: [...(sender.headers ?? [["Content-Type", "application/json"] as const]), ...(made?.headers ?? [])],
    body: made?.body ?? body,
  };
}

const ADYEN = JSON.stringify({
  live: "false",
  notificationItems: [
    {
      NotificationRequestItem: {
        pspReference: "7914073381342284",
        originalReference: "",
        merchantAccountCode: "TestMerchant",
        merchantReference: "TestPayment-1407325143704",
        amount: { value: 1130, currency: "EUR" },
        eventCode: "AUTHORISATION",
        eventDate: "2026-01-01T00:00:00+00:00",
        paymentMethod: "visa",
        reason: "",
        success: "true",
        additionalData: {},
      },
    },
  ],
});

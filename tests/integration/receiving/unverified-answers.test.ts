import { beforeAll, expect, it } from "vitest";
import type { Actor } from "#lib/core/actor.ts";
import { prisma } from "#lib/db/prisma.ts";
import { UNVERIFIED_WORDS } from "#lib/door/sender-answers.ts";
import type { Provider } from "#lib/webhooks/provider-types.ts";
import { getProvider, listProviders } from "#lib/webhooks/providers/registry.generated.ts";
import { sampleRequest, signDelivery } from "#lib/webhooks/sign-delivery.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";
import { badCredentials } from "#tests/support/bad-credentials.ts";
import { type GuardedEndpoint, guardedEndpoint } from "#tests/support/guarded-endpoint.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { type SenderSetup, senderSetup } from "#tests/support/provider-keys.ts";
import { makeWorkspace, type OpenDoor, useFastDoor } from "#tests/support/receiving.ts";
import { useRouteDoor } from "#tests/support/route-door.ts";
import { type RawAnswer, sendRaw } from "#tests/support/send-raw.ts";

useTestDatabase();
const doors: ReadonlyArray<readonly [string, OpenDoor]> = [
  ["the fast door", useFastDoor()],
  ["the route's handler", useRouteDoor({ rawHeads: true })],
];
let actor: Actor;
beforeAll(async () => {
  actor = await makeWorkspace();
});

/** Senders that verify by what is pasted here alone: no key server, no certificate. */
const SENDERS = listProviders().filter(
  ({ schemes: [scheme] }) => scheme.kind === "hmac" || scheme.kind === "token" || scheme.kind === "asymmetric",
);
const OF_EVERY_KIND = [
  "github",
  "stripe",
  "shopify",
  "slack",
  "standard-webhooks",
  "discord",
  "gitlab",
  "generic-basic",
  "generic-bearer",
];

it.each(doors)(
  "%s answers every wrong credential of every sender alike, to the byte, and queues nothing",
  async (_name, door) => {
    const answers = new Map<string, string[]>();
    for (const provider of SENDERS) {
      const setup = senderSetup(provider, provider.schemes[0]);
      const endpoint = await guard(provider, setup);
      const unsigned = sampleRequest(provider, endpoint.path);
      for (const { what, request } of badCredentials(unsigned, await signed(provider, setup, unsigned, endpoint.url)))
        note(answers, challenged(await send(door, request), provider), `${provider.id}: ${what}`);
      await endpoint.nothingQueued();
    }
    expect([...answers].map(([answer, cases]) => [answer, cases.slice(0, 5)])).toHaveLength(1);
    const [[answer = "", cases = []] = []] = answers;
    expect(cases.length).toBeGreaterThan(1_000);
    expect(JSON.parse(answer)).toMatchObject({ status: 401, body: `${UNVERIFIED_WORDS}\n` });
  },
);

it.each(doors)(
  "%s answers another secret, an old signature, an unknown key and a lost secret alike",
  async (_name, door) => {
    const answers = new Map<string, string[]>();
    for (const provider of OF_EVERY_KIND.map(getProvider)) {
      const [setup, other] = [
        senderSetup(provider, provider.schemes[0]),
        senderSetup(provider, provider.schemes[0], true),
      ];
      const [endpoint, strange, keyless] = [
        await guard(provider, setup),
        await guard(provider, other),
        await guard(provider, setup),
      ];
      await prisma().endpointSecret.updateMany({ where: { endpointId: keyless.id }, data: { retiredAt: new Date() } });
      for (const [what, at, sentAt] of [
        ["another secret", strange, new Date()],
        ["no secret left", keyless, new Date()],
        ["an old signature", endpoint, new Date(Date.now() - 3_600_000)],
      ] as const) {
        const request = await signed(provider, setup, sampleRequest(provider, at.path), at.url, sentAt);
        const answer = await send(door, request);
        // Only schemes with a time know an old signature.
        if (what !== "an old signature" || answer.status === 401)
          note(answers, challenged(answer, provider), `${provider.id}: ${what}`);
      }
      await strange.nothingQueued();
      await keyless.nothingQueued();
    }
    const jwt = await guardedEndpoint(actor, "generic-jwt", ["a-secret-of-thirty-two-characters"], {
      verification: "required",
    });
    for (const token of [
      "Bearer a.b.c",
      `Bearer ${Buffer.from('{"alg":"HS256","kid":"?"}').toString("base64url")}.e30.AA`,
      "Bearer",
    ])
      note(
        answers,
        await send(door, {
          method: "POST",
          url: jwt.path,
          headers: [["Authorization", token]],
          body: Buffer.from("{}"),
        }),
        token,
      );
    expect([...answers].map(([, cases]) => cases.slice(0, 5))).toHaveLength(1);
  },
);

it("both doors say the same", async () => {
  const provider = getProvider("github");
  const endpoint = await guard(provider, senderSetup(provider, provider.schemes[0]));
  const told = await Promise.all(doors.map(([, door]) => send(door, sampleRequest(provider, endpoint.path))));
  const own = told.map(({ status, headers, body }) => [
    status,
    Object.fromEntries(
      headers.map(([name, value]) => [name.toLowerCase(), value]).filter(([name]) => OWN.includes(name ?? "")),
    ),
    body.toString(),
  ]);
  expect(own[0]).toEqual(own[1]);
});

function guard(provider: Provider, { settings }: SenderSetup): Promise<GuardedEndpoint> {
  const known = new Set(provider.optionFields.map(({ id }) => id));
  const options = Object.fromEntries(Object.entries(settings.options ?? {}).filter(([id]) => known.has(id)));
  return guardedEndpoint(actor, provider.id, [...settings.secrets], {
    verification: "required",
    options,
    methods: ["POST", "GET", "PUT"],
  });
}

async function signed(
  provider: Provider,
  { keys, settings }: SenderSetup,
  unsigned: WebhookRequest,
  publicUrl: string,
  now = new Date(),
): Promise<WebhookRequest> {
  const made = await signDelivery(provider, unsigned, keys, { ...settings, publicUrl }, now);
  if (made.kind !== "signed") throw new Error(`${provider.id}: ${made.message}`);
  return made.request;
}

function send(door: OpenDoor, { method, url, headers, body }: WebhookRequest): Promise<RawAnswer> {
  return sendRaw(door.url, { method, target: url, headers, body });
}

/** The answer with its challenge, which must be the one of this sender's kind of credential, made equal for all. */
function challenged(answer: RawAnswer, { id, schemes: [scheme] }: Provider): RawAnswer {
  const isBasic = scheme.kind === "token" && scheme.prefix === "basic";
  const headers = answer.headers.map(([name, value]) => {
    if (name.toLowerCase() !== "www-authenticate") return [name, value] as const;
    expect(value, id).toBe(isBasic ? 'Basic realm="Webhook", charset="UTF-8"' : "Webhook");
    return [name, "Webhook"] as const;
  });
  return { ...answer, headers };
}

const OWN = [
  "www-authenticate",
  "content-type",
  "cache-control",
  "content-security-policy",
  "x-content-type-options",
  "referrer-policy",
];

/** Collects by everything but the time of day and the request's own number. */
function note(answers: Map<string, string[]>, { status, headers, body }: RawAnswer, what: string): void {
  const kept = headers.filter(([name]) => !/^(?:date|x-request-id)$/i.test(name));
  const text = JSON.stringify({ status, headers: kept, body: body.toString("latin1") });
  answers.set(text, [...(answers.get(text) ?? []), what]);
}

import { createHmac } from "node:crypto";
import { createRequire } from "node:module";
import { beforeAll, expect, it } from "vitest";
import type { Actor } from "#lib/core/actor.ts";
import { prisma } from "#lib/db/prisma.ts";
import { findRequest, listRequests, type StoredRequest } from "#lib/db/requests.ts";
import { judgeWhole } from "#lib/door/judge-request.ts";
import { TokenBuckets } from "#lib/door/token-bucket.ts";
import type { Verdict } from "#lib/door/verdict.ts";
import { storedPorts } from "#lib/reception/door-ports.ts";
import { loadReceiver } from "#lib/reception/load-receiver.ts";
import { flushRecords } from "#lib/reception/record-request.ts";
import { storedPassingWithBody } from "#lib/reception/stored-passing.ts";
import { type HostileRequest, hostileRequests } from "#tests/support/hostile-requests.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { makeEndpoint, makeWorkspace, useFastDoor } from "#tests/support/receiving.ts";
import { sendRaw } from "#tests/support/send-raw.ts";

useTestDatabase();
const door = useFastDoor();
let actor: Actor;
beforeAll(async () => {
  actor = await makeWorkspace();
});

const SECRET = "It's a Secret to Everybody";
const METHODS = ["POST", "PUT"];

type Endpoint = { readonly id: string; readonly token: string; readonly path: string };

/** Everything the door kept of an endpoint's requests, in the order of arrival. */
async function storedOf(endpoint: Endpoint): Promise<StoredRequest[]> {
  await flushRecords();
  const rows = (await listRequests(actor.workspaceId, endpoint.id, { limit: 10_000 })).toReversed();
  const found = await Promise.all(rows.map(({ id }) => findRequest(actor.workspaceId, endpoint.id, id)));
  return found.filter((one) => one !== null);
}

async function rejudge(endpoint: Endpoint, stored: StoredRequest): Promise<Verdict> {
  const receiver = await loadReceiver(endpoint.token);
  if (receiver === null) throw new Error("the endpoint is there");
  const ports = storedPorts(new TokenBuckets(), stored.receivedAt);
  return judgeWhole(storedPassingWithBody(receiver, stored, { token: endpoint.token, ports }));
}

/** What the door wrote down at the time and what it says now, in the same terms; null: the data says why not. */
async function compare(endpoint: Endpoint, stored: StoredRequest): Promise<[then: object, now: object] | string> {
  const verdict = await rejudge(endpoint, stored);
  if (verdict.kind === "uncertain") return verdict.why.kind;
  const { kind, verdict: was, reason, eventType, verification } = stored;
  switch (verdict.kind) {
    case "accepted": {
      const event = kind === "event" ? await prisma().event.findUniqueOrThrow({ where: { id: stored.id } }) : null;
      const split = verdict.split.kind === "items" ? verdict.split.items.length : null;
      return [
        {
          taken: kind === "event" || was === "duplicate",
          eventType,
          verification,
          key: event?.dedupeKey ?? null,
          items: event?.itemCount ?? null,
          deliveryId: event?.deliveryId ?? null,
          checks: kind === "event" ? idsOf(stored.checks) : null,
        },
        {
          taken: true,
          eventType: verdict.eventType,
          verification: verdict.verification,
          key: event === null ? null : shortKey(verdict.delivery.key, event.dedupeKey),
          items: event === null ? null : split,
          deliveryId: event === null ? null : verdict.delivery.deliveryId,
          checks:
            kind === "event"
              ? [...verdict.checks, verdict.delivery.check].map(({ id, status }) => `${id} ${status}`)
              : null,
        },
      ];
    }
    case "refused":
    case "turned-away":
      return [
        { was, reason },
        { was: "refused", reason: verdict.refusal.reason },
      ];
    case "handshake":
      return [
        { was, reason },
        { was: "handshake", reason: verdict.handshake.id },
      ];
    case "asked":
    case "preflight":
      return [{ was, reason }, { kind: verdict.kind }];
  }
}

/** Keys longer than the index takes are stored as their hash. */
function shortKey(now: string, stored: string): string {
  return Buffer.byteLength(now) > 200 ? stored : now;
}

function idsOf(checks: string): string[] {
  return (JSON.parse(checks) as Array<{ id: string; status: string }>)
    .filter(({ id }) => id !== "removed")
    .map(({ id, status }) => `${id} ${status}`);
}

async function sendAll(endpoint: Endpoint, requests: readonly HostileRequest[]): Promise<void> {
  for (const { method, query, headers, body } of requests)
    await sendRaw(door.url, { method, target: endpoint.path + query, headers, body });
}

/** Counts what was compared by its verdict, and what could not be told by its reason. */
async function compareAll(endpoint: Endpoint): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const stored of await storedOf(endpoint)) {
    const outcome = await compare(endpoint, stored);
    if (typeof outcome !== "string") expect({ at: stored.id, ...outcome[1] }).toEqual({ at: stored.id, ...outcome[0] });
    const key = typeof outcome === "string" ? outcome : stored.verdict;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

const SETTINGS: ReadonlyArray<readonly [what: string, settings: object]> = [
  ["everything is taken", { dedupe: { kind: "off" }, methods: ["POST", "PUT", "PATCH", "DELETE"] }],
  ["names and ids come from headers", { eventType: { from: "header", name: "X-Event" } }],
  ["repeats are known by content", { dedupe: { kind: "body", windowSeconds: 86_400 } }],
  ["batches are split", { dedupe: { kind: "off" }, split: { kind: "path", path: "" }, bodyBytesMax: 200 }],
  ["a schema refuses", { schema: { text: '{"type":"object"}', misfit: "refuse" } }],
  ["forms are checked", { form: { origins: ["https://a.example"], honeypot: "a", minimumSeconds: null } }],
];

it.each(SETTINGS)(
  "says of 150 odd bodies what it said when they came, where %s",
  async (_what, settings) => {
    const endpoint = await makeEndpoint(actor, { settings: { methods: METHODS, ...settings } });
    await sendAll(endpoint, hostileRequests(150, 20_261_123));
    const counts = await compareAll(endpoint);
    expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(150);
    // Bodies that were never read, and those of which only the beginning is kept, are all that cannot be told.
    expect(Object.keys(counts).filter((key) => !KNOWN.includes(key))).toEqual([]);
  },
  120_000,
);

const KNOWN = ["accepted", "no flow", "duplicate", "refused", "handshake", "body-not-read", "body-cut"];

it("says of GitHub's own payloads, signed, tampered with and sent again, what it said when they came", async () => {
  const endpoint = await makeEndpoint(actor, { provider: "github", secrets: [SECRET] });
  const genuine = githubRequests();
  const tampered = genuine
    .slice(0, 60)
    .map((each) => ({ ...each, body: Buffer.concat([each.body, Buffer.from(" ")]) }));
  await sendAll(endpoint, [...genuine, ...genuine.slice(0, 40), ...tampered]);
  const counts = await compareAll(endpoint);
  expect(counts).toEqual({ "no flow": 325, handshake: 4, duplicate: 40, refused: 60 });
}, 120_000);

it("says that a removed credential cannot be told, and nothing else of such a request", async () => {
  const endpoint = await makeEndpoint(actor, { provider: "generic-basic", secrets: ["user:password"] });
  const right = ["authorization", `Basic ${Buffer.from("user:password").toString("base64")}`] as const;
  const wrong = ["authorization", `Basic ${Buffer.from("user:guess").toString("base64")}`] as const;
  const body = Buffer.from("{}");
  for (const headers of [[right], [wrong], []])
    await sendRaw(door.url, { method: "POST", target: endpoint.path, headers, body });
  expect(await compareAll(endpoint)).toEqual({ "credential-removed": 2, refused: 1 });
});

function githubRequests(): HostileRequest[] {
  const examples = createRequire(import.meta.url)("@octokit/webhooks-examples") as ReadonlyArray<{
    name: string;
    examples: readonly unknown[];
  }>;
  return examples
    .flatMap(({ name, examples: list }) => list.map((payload) => ({ name, text: JSON.stringify(payload) })))
    .map(({ name, text }, n) => ({
      method: "POST",
      query: "",
      headers: [
        ["Content-Type", "application/json"],
        ["X-GitHub-Event", name],
        ["X-GitHub-Delivery", `72d3162e-cc78-11e3-81ab-${String(n).padStart(12, "0")}`],
        ["X-Hub-Signature-256", `sha256=${createHmac("sha256", SECRET).update(text).digest("hex")}`],
      ],
      body: Buffer.from(text),
    }));
}

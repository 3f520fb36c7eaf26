import { createHmac } from "node:crypto";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { rehearseSettings } from "#lib/commands/endpoints/rehearse-settings.ts";
import type { Actor } from "#lib/core/actor.ts";
import { prisma } from "#lib/db/prisma.ts";
import { listRequests, type RequestRow } from "#lib/db/requests.ts";
import { flushRecords } from "#lib/reception/record-request.ts";
import type { ProofPart } from "#lib/views/settings-proof.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { makeEndpoint, makeLiveFlow, makeWorkspace, useFastDoor } from "#tests/support/receiving.ts";

// The door believes this test's proxy headers, so that requests can come from anywhere and over HTTPS.
process.env["HOOKLINE_TRUSTED_PROXIES"] = "127.0.0.1";
useTestDatabase();
const door = useFastDoor();
let actor: Actor;

const SECRET = "whsec_the secret of everybody";

type Wire = { method: string; query: string; headers: Record<string, string>; body: Buffer<ArrayBuffer> | undefined };

function wire(at: number): Wire {
  const pick = <T>(values: readonly T[], salt: number): T =>
    values[(at * 7 + salt * 13 + Math.floor((at * salt) / 3)) % values.length] as T;
  const bodies: Array<[string, string]> = [
    [
      "application/json",
      JSON.stringify({ id: at % 5, type: pick(["a.b", "c"], 1), total: pick([1, 1.5, "x", null], 2) }),
    ],
    ["application/json", JSON.stringify([{ id: at % 3, type: "item" }, { id: at }])],
    ["application/json", '{"broken":'],
    ["application/x-www-form-urlencoded", `id=${at % 4}&type=form&trap=${at % 2 === 0 ? "" : "x"}`],
    ["application/xml", `<order><id>${at}</id></order>`],
    ["text/plain", "words"],
    ["application/json", JSON.stringify({ type: "big", fill: "x".repeat(600) })],
  ];
  const [contentType, text] = bodies[at % bodies.length] ?? ["", ""];
  const method = pick(["POST", "POST", "POST", "PUT", "GET"], 3);
  const gzip = at % 9 === 4 && method !== "GET";
  const body = method === "GET" ? undefined : Buffer.from(gzip ? gzipSync(text) : text);
  const mac = (secret: string, ...parts: Array<string | Buffer>) => {
    const hmac = createHmac("sha256", secret);
    for (const part of parts) hmac.update(part);
    return hmac.digest("hex");
  };
  const seconds = String(Math.floor(Date.now() / 1_000) - pick([0, 0, 2_000], 4));
  const key = pick([SECRET, SECRET, "another"], 5);
  const bytes = body ?? Buffer.alloc(0);
  return {
    method,
    query: at % 6 === 0 ? `?type=q${at}` : "",
    headers: {
      ...(body === undefined ? {} : { "content-type": contentType }),
      ...(gzip ? { "content-encoding": "gzip" } : {}),
      ...(at % 4 === 0 ? {} : { "x-hub-signature-256": `sha256=${mac(key, bytes)}` }),
      ...(at % 5 === 0 ? {} : { "stripe-signature": `t=${seconds},v1=${mac(key, `${seconds}.`, bytes)}` }),
      ...(at % 3 === 0 ? {} : { authorization: `Basic ${Buffer.from(`user:${key}`).toString("base64")}` }),
      "x-github-event": pick(["push", "pull_request"], 6),
      "x-github-delivery": `d-${at % 8}`,
      "x-forwarded-for": pick(["203.0.113.9", "198.51.100.1", "2001:db8::5"], 7),
      "x-forwarded-proto": pick(["https", "http"], 8),
    },
    body,
  };
}

const REQUESTS = Array.from({ length: 24 }, (_, at) => wire(at));
let source: { id: string; path: string };
let stored: RequestRow[];
/**
 * Flows that listen to the source, by what they listen to; the same listen to every endpoint that is compared with it.
 */
const LISTENED = [[], ["a"], ["item", "push"]];
let flowIds: string[];

async function listen(endpointId: string): Promise<string[]> {
  const ids = [];
  for (const eventTypes of LISTENED) ids.push((await makeLiveFlow(actor, endpointId, eventTypes)).flowId);
  return ids;
}

async function sendAll(path: string): Promise<number[]> {
  const statuses = [];
  for (const { method, query, headers, body } of REQUESTS) {
    const response = await fetch(`${door.url}${path}${query}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
    });
    await response.arrayBuffer();
    statuses.push(response.status);
    // The next one comes in another millisecond: ids of one millisecond are in no order.
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await flushRecords();
  return statuses;
}

const everything = ["POST", "PUT", "PATCH", "GET", "DELETE"];

beforeAll(async () => {
  actor = await makeWorkspace();
  source = await makeEndpoint(actor, { settings: { methods: everything, dedupe: { kind: "off" } } });
  expect(new Set(await sendAll(source.path))).toEqual(new Set([202]));
  stored = (await listRequests(actor.workspaceId, source.id, { limit: 100 })).toReversed();
  expect(stored).toHaveLength(REQUESTS.length);
  flowIds = await listen(source.id);
});

const own = fc.oneof(
  fc.constantFrom("type", "id", "0.id", "order.id", "nothing").map((path) => ({ from: "body", path })),
  fc.constantFrom("x-github-event", "x-github-delivery").map((name) => ({ from: "header", name })),
  fc.constant({ from: "query", name: "type" }),
);
const settings = fc.record(
  {
    methods: fc.subarray(everything, { minLength: 1 }),
    allowedAddresses: fc.subarray(["203.0.113.0/24", "198.51.100.1", "2001:db8::/32"]),
    httpsRequired: fc.boolean(),
    bodyBytesMax: fc.constantFrom(null, 30, 300),
    toleranceSeconds: fc.constantFrom(null, 60, 10_000),
    eventType: fc.option(own),
    dedupe: fc.oneof(
      fc.constantFrom({ kind: "preset" }, { kind: "off" }, { kind: "body", windowSeconds: 86_400 }),
      own.map((one) => ({ kind: "source", source: one })),
      fc
        .uniqueArray(own, { minLength: 1, maxLength: 3, selector: (one) => JSON.stringify(one) })
        .map((fields) => ({ kind: "fields", fields })),
    ),
    split: fc.constantFrom({ kind: "off" }, { kind: "path", path: "" }),
    schema: fc.option(
      fc.record({
        text: fc.constantFrom(
          '{"type":"object"}',
          '{"required":["id"],"properties":{"total":{"type":"number"}},"type":"object"}',
          '{"not":{"required":["broken"]},"maxProperties":3}',
        ),
        misfit: fc.constantFrom("refuse", "mark"),
      }),
    ),
    form: fc.constantFrom(
      { origins: [], honeypot: null, minimumSeconds: null },
      { origins: [], honeypot: "trap", minimumSeconds: null },
      { origins: [], honeypot: null, minimumSeconds: 3 },
    ),
  },
  { requiredKeys: [] },
);
const sender = fc.constantFrom(
  {},
  { provider: "github", secret: SECRET },
  { provider: "stripe", secret: SECRET },
  { provider: "generic-basic", secret: `user:${SECRET}` },
);

it("a rehearsal says of every request what the door then does with it", { timeout: 240_000 }, async () => {
  const seen = { refused: 0, merged: 0, accepted: 0, uncertain: 0, renamed: 0, runs: 0 };
  await fc.assert(
    fc.asyncProperty(
      settings,
      sender,
      async (changes, { provider, secret }: { provider?: string; secret?: string }) => {
        const input = {
          settings: { methods: everything, dedupe: { kind: "off" }, ...changes },
          ...(provider === undefined ? {} : { provider, secret }),
        };
        const proof = await rehearseSettings(actor, source.id, input, { budgetMs: 20_000 });
        expect(proof.checked).toBe(REQUESTS.length);
        const real = await makeEndpoint(actor, {
          ...(provider === undefined ? {} : { provider, secrets: [secret] }),
          settings: input.settings,
        });
        const realFlowIds = await listen(real.id);
        const statuses = await sendAll(real.path);
        const events = (await listRequests(actor.workspaceId, real.id, { limit: 100 })).toReversed();
        expect(events).toHaveLength(REQUESTS.length);

        const [refused, merged, uncertain, named] = [proof.refused, proof.merged, proof.uncertain, proof.renamed].map(
          idsOf,
        );
        const nameless = idsOf(proof.nameless);
        if (proof.uncertain.count === 0) {
          const said = flowIds.map((id) => proof.flows.find(({ flowId }) => flowId === id)?.after);
          expect(said).toEqual(
            await Promise.all(realFlowIds.map((flowId) => prisma().run.count({ where: { flowId } }))),
          );
          seen.runs += said.reduce<number>((sum, count) => sum + (count ?? 0), 0);
        }
        for (const [at, { id, eventType }] of stored.entries()) {
          const really = events[at];
          const said = uncertain?.has(id)
            ? "uncertain"
            : refused?.has(id)
              ? "refused"
              : merged?.has(id)
                ? "duplicate"
                : "accepted";
          seen[said === "duplicate" ? "merged" : said] += 1;
          if (said === "uncertain") {
            expect([provider, REQUESTS[at]?.headers["authorization"] !== undefined]).toEqual(["generic-basic", true]);
            continue;
          }
          // A first delivery that cannot be told makes the later ones untellable too, so that only what was told is
          // compared.
          if (said === "accepted" && provider === "generic-basic") continue;
          const verdict = really?.kind === "event" ? "accepted" : really?.verdict;
          expect([at, said, really?.reason ?? null]).toEqual([at, verdict, really?.reason ?? null]);
          expect(said === "refused").toBe(
            (statuses[at] ?? 0) >= 400 || really?.reason === "honeypot-filled" || really?.reason === "sent-too-fast",
          );
          if (said !== "accepted") continue;
          expect([at, named?.has(id) === true || nameless.has(id)]).toEqual([at, really?.eventType !== eventType]);
          if (really?.eventType !== eventType) seen.renamed += 1;
        }
      },
    ),
    { seed: 20_261_123, numRuns: 60, endOnFailure: true },
  );
  // A comparison in which nothing ever differs would prove nothing.
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(10);
});

function idsOf(part: ProofPart): Set<string> {
  return new Set(part.groups.flatMap(({ requests }) => requests.map(({ id }) => id)));
}

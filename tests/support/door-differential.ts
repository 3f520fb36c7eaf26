import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { sign } from "@octokit/webhooks-methods";
import { beforeAll, describe, expect, it } from "vitest";
import type { Actor } from "#lib/core/actor.ts";
import { findRequest, listRequests, type StoredRequest } from "#lib/db/requests.ts";
import { flushRecords } from "#lib/reception/record-request.ts";
import { type HostileRequest, hostileRequests } from "#tests/support/hostile-requests.ts";
import { makeEndpoint, makeWorkspace } from "#tests/support/receiving.ts";
import { headerOf, type RawAnswer, sendRaw } from "#tests/support/send-raw.ts";

type Door = { readonly url: string };
type Endpoint = { readonly id: string; readonly path: string };
/** What one door made of a request: the answer without ids, and everything that was stored. */
type Made = { answer: object; stored: object };

const SECRET = "It's a Secret to Everybody";
const SETTINGS: ReadonlyArray<readonly [what: string, settings: object]> = [
  ["every request is an event", { dedupe: { kind: "off" }, methods: ["POST", "PUT", "PATCH", "DELETE"] }],
  [
    "names and ids come from headers",
    {
      eventType: { from: "header", name: "X-Event" },
      dedupe: { kind: "source", source: { from: "header", name: "X-Delivery" } },
    },
  ],
  [
    "names come from the body, repeats by content",
    { eventType: { from: "body", path: "type" }, dedupe: { kind: "body", windowSeconds: 86_400 } },
  ],
  [
    "repeats are known by chosen fields",
    {
      dedupe: {
        kind: "fields",
        fields: [
          { from: "body", path: "id" },
          { from: "header", name: "X-Delivery" },
          { from: "query", name: "a" },
        ],
      },
    },
  ],
  ["names come from the query, bodies up to 200 bytes", { eventType: { from: "query", name: "a" }, bodyBytesMax: 200 }],
];
const METHODS = ["POST", "PUT"];
const WRITTEN_AT_ONCE = 40;

/**
 * Sends the same bytes through two doors and compares all that is kept of them. Needs `useTestDatabase()` before it.
 */
export function describeDifferential(name: string, fast: Door, route: Door): void {
  describe(name, () => {
    let actor: Actor;
    let batches = 0;
    beforeAll(async () => {
      actor = await makeWorkspace();
    });

    it.each(SETTINGS)(
      "keeps and judges 300 odd bodies alike where %s",
      async (_what, settings) => {
        const endpoints = await pair({ settings: { methods: METHODS, ...settings } });
        const requests = hostileRequests(300, 20_261_123);
        expect(requests).toHaveLength(300);
        const verdicts = await compareAll(endpoints, requests);
        expect(Object.keys(verdicts).length, JSON.stringify(verdicts)).toBeGreaterThan(1);
      },
      120_000,
    );

    it("keeps and judges alike the 329 payloads of GitHub, signed and tampered with, once and again", async () => {
      const endpoints = await pair({ provider: "github", secrets: [SECRET] });
      const genuine = await githubRequests();
      expect(genuine).toHaveLength(329);
      expect(await compareAll(endpoints, genuine)).toEqual({
        "202 no flow verified": 325,
        "200 handshake verified": 4,
      });
      expect(await compareAll(endpoints, genuine.slice(0, 40))).toEqual({ "200 duplicate verified": 40 });
      const tampered = genuine.map((each) => ({ ...each, body: Buffer.concat([each.body, Buffer.from(" ")]) }));
      expect(await compareAll(endpoints, tampered)).toEqual({ "401 refused not verified": 329 });
    }, 120_000);

    async function pair(input: object): Promise<[Endpoint, Endpoint]> {
      return [
        await makeEndpoint(actor, { name: "fast", ...input }),
        await makeEndpoint(actor, { name: "route", ...input }),
      ];
    }

    /** Counts per status, verdict and verification; fails at the first difference. */
    async function compareAll(
      [one, other]: [Endpoint, Endpoint],
      requests: readonly HostileRequest[],
    ): Promise<Record<string, number>> {
      const counts: Record<string, number> = {};
      const batch = `batch-${(batches += 1)}`;
      const answers: Array<readonly [RawAnswer, RawAnswer]> = [];
      const [readHere, readThere] = [rowsOf(one, batch), rowsOf(other, batch)];
      let [here, there] = [await readHere(0), await readThere(0)];
      for (const [index, request] of requests.entries()) {
        const marked = { ...request, headers: [...request.headers, ["X-Case", `${batch}/${index}`] as const] };
        answers.push(await Promise.all([through(fast, one, marked), through(route, other, marked)]));
        // Of a hundred alike that wait to be written the middle ones are only counted: these are let through before.
        if (answers.length % WRITTEN_AT_ONCE === 0 || answers.length === requests.length)
          [here, there] = [await readHere(answers.length), await readThere(answers.length)];
      }
      for (const [index, request] of requests.entries()) {
        const [answer, otherAnswer] = answers[index] ?? [];
        const [kept, otherKept] = [here.get(index), there.get(index)];
        if (answer === undefined || otherAnswer === undefined || kept === undefined || otherKept === undefined)
          throw new Error(`request ${index} was not recorded at both doors within 10 s`);
        const made: Made = { answer: shown(answer), stored: seen(one, kept, request) };
        expect({ index, ...made }).toEqual({
          index,
          answer: shown(otherAnswer),
          stored: seen(other, otherKept, request),
        });
        const key = `${answer.status} ${kept.verdict} ${kept.verification}`;
        counts[key] = (counts[key] ?? 0) + 1;
      }
      return counts;
    }

    /**
     * The stored requests of a batch by their place; those without an event are written a moment after their answer.
     * Gives up when no further one came for 10 s: reading hundreds of them takes a busy machine longer than that.
     */
    function rowsOf(endpoint: Endpoint, batch: string): (count: number) => Promise<Map<number, StoredRequest>> {
      const found = new Map<number, StoredRequest>();
      const known = new Set<string>();
      return async (count) => {
        for (let untilMs = performance.now() + 10_000; found.size < count && performance.now() < untilMs; ) {
          await flushRecords();
          for (const { id } of await listRequests(actor.workspaceId, endpoint.id, { limit: 10_000 })) {
            if (known.has(id)) continue;
            known.add(id);
            const stored = await findRequest(actor.workspaceId, endpoint.id, id);
            const place = new RegExp(`"${batch}/(\\d+)"`).exec(stored?.headers ?? "")?.[1];
            if (stored === null || place === undefined) continue;
            found.set(Number(place), stored);
            untilMs = performance.now() + 10_000;
          }
          if (found.size < count) await new Promise((resolve) => setTimeout(resolve, 50));
        }
        return found;
      };
    }

    /** What is kept of a request, without what differs by nature: ids and the door's own address. */
    function seen(endpoint: Endpoint, stored: StoredRequest, request: HostileRequest): object {
      // What is stored is what was sent, whichever door it took. Refused bodies may not have been read at all.
      if (stored.kind === "event" || stored.bodySha256 !== null) {
        expect(stored.body.equals(request.body)).toBe(true);
        expect(stored.bodySha256?.equals(createHash("sha256").update(request.body).digest())).toBe(true);
      }
      const {
        verdict,
        verification,
        reason,
        message,
        status,
        method,
        eventType,
        contentType,
        deliveryId,
        bodyBytes,
        clientIp,
      } = stored;
      return {
        ...{
          verdict,
          verification,
          reason,
          message,
          status,
          method,
          eventType,
          contentType,
          deliveryId,
          bodyBytes,
          clientIp,
        },
        sha256: stored.bodySha256?.toString("hex") ?? null,
        body: stored.body.toString("hex"),
        headers: stored.headers,
        query: stored.query,
        path: stored.path.replace(endpoint.path, "/in/…"),
        // Each endpoint's secret has a number of its own.
        checks: stored.checks.replaceAll(/no\. [0-9a-f]{6}|"secretId":"[0-9a-f-]{36}"/g, "…"),
      };
    }
  });
}

function through(door: Door, endpoint: Endpoint, { method, query, headers, body }: HostileRequest): Promise<RawAnswer> {
  return sendRaw(door.url, { method, target: endpoint.path + query, headers, body });
}

/** An answer without what differs by nature: ids. Nothing a sender does may be answered 5xx. */
function shown(answer: RawAnswer): object {
  expect(answer.status).toBeLessThan(500);
  const headers = [
    "content-type",
    "content-security-policy",
    "x-content-type-options",
    "cache-control",
    "retry-after",
    "allow",
    "accept-encoding",
  ];
  return {
    status: answer.status,
    headers: headers.map((header) => headerOf(answer, header)),
    body: answer.body.toString().replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}/g, "an id"),
  };
}

async function githubRequests(): Promise<HostileRequest[]> {
  const examples = createRequire(import.meta.url)("@octokit/webhooks-examples") as ReadonlyArray<{
    name: string;
    examples: readonly unknown[];
  }>;
  const payloads = examples.flatMap(({ name, examples: list }) =>
    list.map((payload) => ({ name, text: JSON.stringify(payload) })),
  );
  return Promise.all(
    payloads.map(async ({ name, text }, n) => ({
      method: "POST",
      query: "",
      headers: [
        ["Content-Type", "application/json"],
        ["User-Agent", "GitHub-Hookshot/044aadd"],
        ["X-GitHub-Event", name],
        ["X-GitHub-Delivery", `72d3162e-cc78-11e3-81ab-${String(n).padStart(12, "0")}`],
        ["X-Hub-Signature-256", await sign(SECRET, text)],
      ],
      body: Buffer.from(text),
    })),
  );
}

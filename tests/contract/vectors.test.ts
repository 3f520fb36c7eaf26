import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { readVector, verifyVector } from "#lib/webhooks/verify-vector.ts";
import { run } from "../../bin/commands/verify.ts";

type Recorded = {
  readonly id: string;
  readonly class: string;
  readonly expect: "accept" | "reject";
  readonly why: string;
};

const vectors = JSON.parse(readFileSync("tests/fixtures/vectors.json", "utf8")) as Recorded[];

/** Vectors where our answer differs from the recorded one, with the reason. Only class "policy" may ever stand here. */
const DIFFERENCES: ReadonlyMap<string, string> = new Map();

test.each(vectors.map((vector) => [vector.id, vector] as const))("%s", async (_, vector) => {
  const reading = readVector(vector, new Date(0));
  if (reading.kind === "invalid") throw new Error(reading.message);
  const accepted = (await verifyVector(reading.vector)).kind === "verified";
  expect(accepted, vector.why).toBe((vector.expect === "accept") !== DIFFERENCES.has(vector.id));
});

test("no difference from the recorded answers is about security", () => {
  expect(
    [...DIFFERENCES.keys()].filter((id) => vectors.find((vector) => vector.id === id)?.class !== "policy"),
  ).toEqual([]);
});

test("the command line gives the same answers, one line each, in order", async () => {
  const lines: string[] = [];
  const stdin = Readable.from(vectors.map((vector) => `${JSON.stringify(vector)}\n`));
  expect(await run([], { stdin, write: (line) => lines.push(line), now: () => new Date(0) })).toBe(0);
  const answers = lines.map((line) => JSON.parse(line) as { id: string; ok: boolean; reason: string });
  expect(answers.map(({ id }) => id)).toEqual(vectors.map(({ id }) => id));
  expect(answers.filter(({ ok }, index) => ok !== (vectors[index]?.expect === "accept")).map(({ id }) => id)).toEqual(
    [],
  );
  expect(answers.every(({ reason }) => /^[a-z-]+$/.test(reason))).toBe(true);
});

test("an unreadable line is answered in its place and turns the exit code to 1", async () => {
  const lines: string[] = [];
  const good = vectors.find(({ expect: wanted }) => wanted === "accept");
  const stdin = Readable.from([
    `not json\n{"id":"a","provider":"no-such-sender"}\n\n` +
      `{"id":"b","provider":"github","headers":{"x":5}}\n${JSON.stringify(good)}`,
  ]);
  expect(await run([], { stdin, write: (line) => lines.push(line), now: () => new Date(0) })).toBe(1);
  expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
    { id: null, ok: false, reason: "invalid-input" },
    { id: "a", ok: false, reason: "unknown-provider" },
    { id: "b", ok: false, reason: "invalid-input" },
    { id: good?.id, ok: true, reason: "verified" },
  ]);
});

test("--explain adds the checks and a diagnosis", async () => {
  const lines: string[] = [];
  const broken = vectors.find(({ id }) => id === "stripe/wrong-algorithm");
  await run(["--explain"], {
    stdin: Readable.from([JSON.stringify(broken)]),
    write: (line) => lines.push(line),
    now: () => new Date(0),
  });
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({
    ok: false,
    reason: "signature-mismatch",
    diagnosis: { kind: "would-match", mistake: "algorithm" },
  });
});

test("a vector's clock may be seconds, milliseconds or ISO 8601, and nothing else", () => {
  const line = { id: "x", provider: "github", headers: {}, rawBody: "{}" };
  const clockOf = (now: unknown): number | string => {
    const reading = readVector({ ...line, now }, new Date(5));
    return reading.kind === "vector" ? reading.vector.ports.now.getTime() : reading.reason;
  };
  expect([1767225600, 1767225600000, "2026-01-01T00:00:00Z"].map(clockOf)).toEqual([
    1767225600000, 1767225600000, 1767225600000,
  ]);
  expect([undefined, null].map(clockOf)).toEqual([5, 5]);
  expect(["soon", true, {}, Number.POSITIVE_INFINITY].map(clockOf)).toEqual(Array(4).fill("invalid-input"));
});

test.each([
  ["cloudevents", { authorization: "Bearer t0ken" }, "", true],
  ["cloudevents", {}, "?access_token=t0ken", true],
  ["cloudevents", {}, "", false],
  ["cloudevents", { authorization: "Bearer other" }, "", false],
  ["mailchimp", {}, "?secret=t0ken", true],
  ["jotform", {}, "?secret=other", false],
  ["html-forms", { authorization: "Bearer t0ken" }, "", true],
  ["salesforce-outbound-message", {}, "?secret=t0ken", true],
  ["salesforce-outbound-message", {}, "", false],
  ["generic-bearer", { "x-api-key": "t0ken" }, "", true],
  ["generic-bearer", {}, "?key=t0ken", true],
  ["generic-bearer", { authorization: "Basic dDBrZW4=" }, "", false],
  ["aws-eventbridge", { authorization: "Bearer t0ken" }, "", true],
  ["aws-eventbridge", { authorization: "t0ken" }, "", false],
  ["azure-event-grid", { "x-webhook-key": "t0ken" }, "", true],
  ["okta", { authorization: "t0ken" }, "", true],
  ["okta", { authorization: "Bearer t0ken" }, "", false],
] as const)(
  "a recorded secret of %s is what proves the delivery: %j %s",
  async (provider, headers, query, verifies) => {
    const vector = {
      id: "x",
      provider,
      secret: "t0ken",
      url: `https://hooks.example.com/in/abc${query}`,
      headers,
      rawBody: "{}",
      now: 1767225600,
    };
    const reading = readVector(vector, new Date(0));
    if (reading.kind === "invalid") throw new Error(reading.message);
    expect((await verifyVector(reading.vector)).kind === "verified").toBe(verifies);
  },
);

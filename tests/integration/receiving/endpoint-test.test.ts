import { expect, test } from "vitest";
import { runChaos } from "#lib/commands/endpoints/run-chaos.ts";
import { updateEndpoint } from "#lib/commands/endpoints/update-endpoint.ts";
import { type Actor, ForbiddenError } from "#lib/core/actor.ts";
import { ConflictError, InvalidInputError, NotFoundError } from "#lib/core/errors.ts";
import { findRequest } from "#lib/db/requests.ts";
import { isTestMark, TEST_MARK_HEADER } from "#lib/platform/test-mark.ts";
import { CHAOS_CHOICES, type ChaosChoice, type ChaosNews, type ChaosResult } from "#lib/views/chaos-views.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { listJobPayloads, makeEndpoint, makeLiveFlow, makeWorkspace, useFastDoor } from "#tests/support/receiving.ts";

useTestDatabase();
useFastDoor();
const ALL: ChaosChoice[] = CHAOS_CHOICES.map(({ id }) => id);
const FAST = ALL.filter((id) => id !== "slow" && id !== "oversized");

async function runTest(actor: Actor, endpointId: string, variants: ChaosChoice[] = FAST, seed = 5) {
  const news: ChaosNews[] = [];
  for await (const one of await runChaos(actor, endpointId, { variants, seed }, new AbortController().signal))
    news.push(one);
  const results = news.flatMap((one) => (one.kind === "result" ? [one.result] : []));
  const skipped = news.flatMap((one) => (one.kind === "planned" ? one.skipped : []));
  return { news, results, skipped };
}
const surprises = (results: readonly ChaosResult[]) => results.filter(({ outcome }) => outcome !== "as-expected");

test.each([
  ["stripe", "whsec_5f2c8a9b"],
  ["github", "It's a Secret to Everybody"],
  ["shopify", "hush"],
  ["slack", "8f742231b10e8888abcd99yyyzzz85a5"],
  ["paddle", "pdl_ntfset_x"],
  ["standard-webhooks", "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="],
  ["twilio", "12345"],
  ["square", "asdf1234"],
  ["linear", "lin_wh_abc"],
  ["gitlab", "a-secret-token"],
  ["typeform", "tf"],
  ["zoom", "zoomtoken"],
  ["generic-bearer", "tok_Abc123"],
])("the door does what a good receiver does with every delivery of %s", async (provider, secret) => {
  const actor = await makeWorkspace();
  const { id } = await makeEndpoint(actor, { provider, secrets: [secret] });
  const { news, results, skipped } = await runTest(actor, id);
  expect(skipped).toEqual([]);
  expect(news.at(-1)).toEqual({ kind: "done" });
  expect(surprises(results).filter(({ note }) => note === null)).toEqual([]);
  expect(results.every(({ request, ms }) => request !== null && ms !== null)).toBe(true);
  expect(
    results
      .filter(({ variant }) => variant === "tampered" || variant === "unsigned")
      .map(({ outcome, request }) => [outcome, request?.verdict]),
  ).toEqual([
    ["as-expected", provider === "gitlab" || provider === "generic-bearer" ? "no flow" : "refused"],
    ["as-expected", "refused"],
  ]);
});

test("waits for a slow sender, refuses a too large body, and shows each in the inspector with its mark", async () => {
  const actor = await makeWorkspace();
  const { id } = await makeEndpoint(actor, {
    provider: "github",
    secrets: ["s3cret"],
    settings: { bodyBytesMax: 20_000 },
  });
  const { results } = await runTest(actor, id, ["slow", "oversized"]);
  expect(results.map(({ variant, outcome, status }) => [variant, outcome, status])).toEqual([
    ["slow", "as-expected", 202],
    ["oversized", "as-expected", 413],
  ]);
  for (const { request } of results) {
    const stored = await findRequest(actor.workspaceId, id, request?.id ?? "");
    const headers = JSON.parse(stored?.headers ?? "[]") as Array<[string, string]>;
    const mark = headers.find(([name]) => name === TEST_MARK_HEADER)?.[1] ?? "";
    expect(isTestMark(id, mark)).toBe(true);
  }
});

test("a duplicate starts one run, and what is accepted runs like any other event", async () => {
  const actor = await makeWorkspace();
  const { id } = await makeEndpoint(actor, { provider: "stripe", secrets: ["whsec_x"] });
  await makeLiveFlow(actor, id);
  const before = (await listJobPayloads()).length;
  const { results } = await runTest(actor, id, ["duplicate", "tampered"]);
  expect(results.map(({ request }) => request?.verdict)).toEqual(["accepted", "duplicate", "refused"]);
  expect((await listJobPayloads()).length - before).toBe(1);
});

test("the verdict counts, not an answer the owner made up", async () => {
  const actor = await makeWorkspace();
  const { id } = await makeEndpoint(actor, {
    provider: "stripe",
    secrets: ["whsec_x"],
    settings: { answer: { kind: "redirect", url: "https://example.com/thanks" } },
  });
  const { results } = await runTest(actor, id, ["valid"]);
  expect(results.map(({ outcome, status }) => [outcome, status])).toEqual([["as-expected", 303]]);
});

test.each(["none", "stripe", "discord"])(
  "without a signature check everything of %s is accepted, and that is what is expected",
  async (provider) => {
    const actor = await makeWorkspace();
    const { id } = await makeEndpoint(actor, { provider, settings: { verification: "off" } });
    const { results } = await runTest(actor, id);
    expect(surprises(results).filter(({ note }) => note === null)).toEqual([]);
    expect(results.find(({ variant }) => variant === "tampered")?.expected).toBe("accepted");
  },
);

test("another rule of the endpoint that stops the test is named, and nothing is proved by it", async () => {
  const actor = await makeWorkspace();
  const { id } = await makeEndpoint(actor, { provider: "stripe", secrets: ["whsec_x"] });
  await updateEndpoint(actor, id, { settings: { allowedAddresses: ["203.0.113.0/24"] } });
  const { results } = await runTest(actor, id, ["valid", "tampered"]);
  expect(results.map(({ outcome, request }) => [outcome, request?.reason])).toEqual([
    ["stopped", "address-not-allowed"],
    ["stopped", "address-not-allowed"],
  ]);
  expect(results[0]?.note).toContain("127.0.0.1");
});

test("a sender whose private key only it has says so, and what needs no signature is sent", async () => {
  const actor = await makeWorkspace();
  const { id } = await makeEndpoint(actor, { provider: "discord", secrets: ["ab".repeat(32)] });
  const { results, skipped } = await runTest(actor, id, [...FAST, "oversized"]);
  expect(skipped.map(({ variant }) => variant)).toEqual(FAST.filter((variant) => variant !== "unsigned"));
  expect(skipped[0]?.why).toMatch(/private key/);
  expect(results.map(({ variant, outcome }) => [variant, outcome]).sort()).toEqual([
    ["oversized", "as-expected"],
    ["unsigned", "as-expected"],
  ]);
});

test("without a secret no genuine delivery can be made, and the person is told what to add", async () => {
  const actor = await makeWorkspace();
  const { id } = await makeEndpoint(actor, { provider: "stripe", settings: { verification: "required" } });
  const { results, skipped } = await runTest(actor, id, ["valid", "unsigned"]);
  expect(skipped).toEqual([{ variant: "valid", why: expect.stringContaining("no signing secret yet") }]);
  expect(results.map(({ variant, outcome }) => [variant, outcome])).toEqual([["unsigned", "as-expected"]]);
});

test("one test at a time, only by those who may send samples, only to their own endpoint", async () => {
  const actor = await makeWorkspace();
  const { id } = await makeEndpoint(actor, { provider: "github", secrets: ["s3cret"] });
  const order = { variants: ["valid"], seed: 1 };
  const never = new AbortController().signal;
  const running = await runChaos(actor, id, order, never);
  await expect(runChaos(actor, id, order, never)).rejects.toThrow(ConflictError);
  for await (const _ of running);
  for await (const _ of await runChaos(actor, id, order, never));
  await expect(runChaos({ ...actor, role: "viewer" }, id, order, never)).rejects.toThrow(ForbiddenError);
  await expect(runChaos(await makeWorkspace("Other"), id, order, never)).rejects.toThrow(NotFoundError);
  for (const bad of [
    { variants: [], seed: 1 },
    { variants: ["nuke"], seed: 1 },
    { variants: ["valid"], seed: 1.5 },
    { variants: ["valid"] },
    null,
  ])
    await expect(runChaos(actor, id, bad, never)).rejects.toThrow(InvalidInputError);
});

test("a test that is stopped sends nothing more", async () => {
  const actor = await makeWorkspace();
  const { id } = await makeEndpoint(actor, { provider: "github", secrets: ["s3cret"] });
  const stop = new AbortController();
  const seen: ChaosNews[] = [];
  for await (const one of await runChaos(actor, id, { variants: FAST, seed: 2 }, stop.signal)) {
    seen.push(one);
    if (one.kind === "result") stop.abort();
  }
  expect(seen.map(({ kind }) => kind)).toEqual(["planned", "sending", "result"]);
});

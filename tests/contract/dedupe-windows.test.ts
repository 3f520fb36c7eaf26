import { describe, expect, it } from "vitest";
import { freshSample } from "#lib/door/sample-deliveries.ts";
import { dedupeKey } from "#lib/webhooks/dedupe-key.ts";
import type { Provider, ValueSource } from "#lib/webhooks/provider-types.ts";
import { listProviders } from "#lib/webhooks/providers/registry.generated.ts";
import { sampleRequest } from "#lib/webhooks/sign-delivery.ts";

const SEVEN_DAYS = 7 * 86_400;
const named = (providers: readonly Provider[]) => providers.map((provider) => [provider.id, provider] as const);
const byContent = listProviders().filter(({ dedupe }) => dedupe.fallback !== null);

it("some senders are known by content", () => {
  expect(byContent.length).toBeGreaterThan(8);
});

describe.each(named(byContent))("%s is known by its content", (_id, provider) => {
  const { fallback } = provider.dedupe;
  const sample = sampleRequest(provider, "/in/x");

  it("for 7 days at least, and only where a required field tells a repeat from a new event", () => {
    if (fallback?.reminders === undefined) expect(fallback?.windowSeconds).toBeGreaterThanOrEqual(SEVEN_DAYS);
    // A reminder is the same to the byte and a new event all the same: the window ends before it.
    else expect(fallback).toMatchObject({ reminders: expect.stringMatching(/^[A-Z].{20,160}\.$/), wholeBody: true });
    expect(fallback?.fields.some(({ required }) => required)).toBe(true);
    expect(fallback?.fields.flatMap(leavesOf).filter(({ from }) => from === "constant")).toEqual([]);
  });

  it("so its sample has a key, the same again for the same bytes", () => {
    const key = dedupeKey(provider.dedupe, sample);
    expect(key).toMatchObject({ kind: "content", windowSeconds: fallback?.windowSeconds });
    expect(dedupeKey(provider.dedupe, { ...sample, body: Buffer.from(sample.body) })).toEqual(key);
  });

  it("so an event at another time has another key", () => {
    const keys = ["00aa11bb22cc", "11bb22cc33dd", "22cc33dd44ee"].map((unique) =>
      dedupeKey(provider.dedupe, freshSample(provider.id, "/in/x", unique)),
    );
    expect(new Set(keys.map((key) => JSON.stringify(key))).size).toBe(3);
    for (const key of keys) expect(key.kind).toBe("content");
  });

  it("so content without what tells events apart has no key, however often it comes", () => {
    for (const text of ["{}", '{"a":1}', "[]", "a=1", ""]) {
      const bare = { ...sample, body: Buffer.from(text) };
      expect(dedupeKey(provider.dedupe, bare).kind, text).toBe("none");
    }
  });
});

it.each(named(listProviders().filter(({ dedupe }) => dedupe.advice !== undefined)))(
  "%s says why a repeat is not recognised, in one sentence",
  (_id, { dedupe, sample }) => {
    expect(dedupe.fallback).toBeNull();
    expect(dedupe.advice?.why).toMatch(/^[A-Z].{20,160}\.$/);
    const texts = `${sample.body} ${sample.headers.map(([name]) => name.toLowerCase()).join(" ")}`;
    // What an owner is offered stands in the sender's own sample, times of change apart.
    for (const field of dedupe.advice?.fields ?? []) {
      const place = field.from === "body" ? (field.path.split(".").at(-1) ?? "") : field.name;
      if (place !== "updated_at") expect(texts).toContain(place);
    }
  },
);

it("every sender without an id either has content that tells events apart, or says why not", () => {
  const silent = listProviders().filter(
    ({ dedupe }) => dedupe.sources.length === 0 && dedupe.fallback === null && dedupe.advice === undefined,
  );
  expect(silent.map(({ id }) => id)).toEqual([]);
});

function leavesOf(source: ValueSource): readonly ValueSource[] {
  return source.from === "join" || source.from === "each" ? source.parts.flatMap(leavesOf) : [source];
}

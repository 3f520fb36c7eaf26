import { describe, expect, test } from "vitest";
import { diagnose, VARIANTS_MAX } from "#lib/webhooks/diagnose.ts";
import { getProvider } from "#lib/webhooks/providers/registry.generated.ts";
import type { HeaderList, VerificationSettings } from "#lib/webhooks/types.ts";
import { verify } from "#lib/webhooks/verify.ts";
import { BROKEN_BODIES } from "#tests/support/broken-bodies.ts";
import { BROKEN_PASTES } from "#tests/support/broken-pastes.ts";
import { BROKEN_SECRETS } from "#tests/support/broken-secrets.ts";
import {
  github,
  JSON_BODY,
  JSON_TYPE,
  mac,
  NOW,
  SECONDS,
  SECRET,
  slack,
  stripe,
  URL_HERE,
} from "#tests/support/broken-setup.ts";
import { BROKEN_TEXTS } from "#tests/support/broken-texts.ts";

describe("the doctor names the mistake, and the request stays refused", () => {
  test.each(
    [...BROKEN_SECRETS, ...BROKEN_PASTES, ...BROKEN_TEXTS, ...BROKEN_BODIES].map((each) => [each.what, each] as const),
  )("%s", async (_, { provider: id, headers, body = JSON_BODY, settings, url = URL_HERE, hints, finds }) => {
    const provider = getProvider(id);
    const request = { method: "POST", url, headers, body: Buffer.from(body) };
    const own: VerificationSettings = { secrets: [SECRET], publicUrl: URL_HERE, ...settings };
    const diagnosis = await diagnose(provider, request, own, { now: NOW }, hints);
    expect(diagnosis).toMatchObject({ kind: "would-match", mistake: finds });
    if (diagnosis.kind === "would-match") {
      expect(diagnosis.tried).toBeLessThanOrEqual(VARIANTS_MAX);
      expect(`${diagnosis.message} ${diagnosis.advice}`).not.toContain(SECRET);
    }
    expect((await verify(provider, request, own, { now: NOW })).kind).toBe("rejected");
  });
});

test.each(
  [...BROKEN_SECRETS, ...BROKEN_PASTES, ...BROKEN_TEXTS, ...BROKEN_BODIES].map((each) => [each.what, each] as const),
)(
  "%s: also found while a newer secret is configured in front",
  async (_, { provider: id, headers, body = JSON_BODY, settings, url = URL_HERE, hints, finds }) => {
    const request = { method: "POST", url, headers, body: Buffer.from(body) };
    const own = {
      publicUrl: URL_HERE,
      ...settings,
      secrets: ["quite-another-secret-0123", ...(settings?.secrets ?? [SECRET])],
    };
    expect(await diagnose(getProvider(id), request, own, { now: NOW }, hints)).toMatchObject({
      kind: "would-match",
      mistake: finds,
    });
  },
);

const webflow = (at: string): HeaderList => [
  JSON_TYPE,
  ["x-webflow-timestamp", at],
  ["x-webflow-signature", mac(`${at}:${JSON_BODY}`)],
];

test.each([
  ["algorithm", "vercel", [JSON_TYPE, ["x-vercel-signature", mac(JSON_BODY)]]],
  ["timestamp-place", "stripe", stripe(JSON_BODY)],
  [
    "url",
    "square",
    [JSON_TYPE, ["x-square-hmacsha256-signature", mac(`${URL_HERE}/${JSON_BODY}`, SECRET, "sha256", "base64")]],
  ],
] as const)("a mistake of the kind %s is found with the older of two secrets, too", async (finds, id, headers) => {
  const request = { method: "POST", url: URL_HERE, headers, body: Buffer.from(JSON_BODY) };
  const settings = { secrets: ["a-newer-secret", SECRET], publicUrl: URL_HERE };
  expect(await diagnose(getProvider(id), request, settings, { now: NOW })).toMatchObject({
    kind: "would-match",
    mistake: finds,
  });
});

describe("the doctor explains what needs no guess", () => {
  test.each([
    [
      "a late delivery",
      "stripe",
      stripe(`1767220000.${JSON_BODY}`, "1767220000"),
      "timestamp-too-old",
      /clock|replayed/,
    ],
    [
      "milliseconds for seconds",
      "stripe",
      stripe(`1767225600000.${JSON_BODY}`, "1767225600000"),
      "timestamp-in-future",
      /milliseconds/,
    ],
    ["seconds for milliseconds", "webflow", webflow(SECONDS), "timestamp-too-old", /seconds where milliseconds/],
    ["a missing signature", "github", [JSON_TYPE], "signature-missing", /secret at the sender/],
    ["a garbled timestamp", "slack", slack("00", "1767225600x"), "timestamp-malformed", /unit or format/],
  ] as const)("%s", async (_, id, headers, reason, advice) => {
    const diagnosis = await diagnose(
      getProvider(id),
      { method: "POST", url: URL_HERE, headers, body: Buffer.from(JSON_BODY) },
      { secrets: [SECRET] },
      { now: NOW },
    );
    expect(diagnosis).toMatchObject({ kind: "explained", reason });
    if (diagnosis.kind === "explained") expect(`${diagnosis.message} ${diagnosis.advice}`).toMatch(advice);
  });

  test("a body that arrived empty is named", async () => {
    const request = {
      method: "POST",
      url: URL_HERE,
      headers: github(`sha256=${mac(JSON_BODY)}`),
      body: new Uint8Array(0),
    };
    const diagnosis = await diagnose(getProvider("github"), request, { secrets: [SECRET] }, { now: NOW });
    expect(diagnosis).toMatchObject({
      kind: "explained",
      reason: "signature-mismatch",
      advice: expect.stringMatching(/arrived empty/),
    });
  });

  test("a missing public URL is named", async () => {
    const headers: HeaderList = [JSON_TYPE, ["x-square-hmacsha256-signature", "x"]];
    expect(
      await diagnose(
        getProvider("square"),
        { method: "POST", url: "/in/abc", headers, body: Buffer.from(JSON_BODY) },
        { secrets: [SECRET] },
        { now: NOW },
      ),
    ).toMatchObject({ kind: "explained", reason: "setting-missing" });
  });
});

test("a foreign signature stays unknown after at most 64 tries, also with a large body and many headers", async () => {
  const headers: HeaderList = [
    ...github(`sha256=${mac("something else", "another secret")}`),
    ...Array.from({ length: 60 }, (_, index) => [`X-Signature-${index}`, mac(String(index))] as const),
  ];
  const body = Buffer.from(JSON.stringify({ text: "x".repeat(200_000) }));
  const started = performance.now();
  const diagnosis = await diagnose(
    getProvider("github"),
    { method: "POST", url: URL_HERE, headers, body },
    { secrets: [SECRET, `${SECRET}2`] },
    { now: NOW },
  );
  expect(diagnosis.kind).toBe("unknown");
  if (diagnosis.kind === "unknown") expect(diagnosis.tried).toBeLessThanOrEqual(VARIANTS_MAX);
  expect(performance.now() - started).toBeLessThan(2_000);
});

test("a request that verifies needs no doctor", async () => {
  expect(
    await diagnose(
      getProvider("github"),
      { method: "POST", url: URL_HERE, headers: github(`sha256=${mac(JSON_BODY)}`), body: Buffer.from(JSON_BODY) },
      { secrets: [SECRET] },
      { now: NOW },
    ),
  ).toEqual({ kind: "verifies" });
});

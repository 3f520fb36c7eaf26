import { describe, expect, test } from "vitest";
import { getProvider } from "#lib/webhooks/providers/registry.generated.ts";
import { sampleRequest, signDelivery } from "#lib/webhooks/sign-delivery.ts";
import type { VerificationSettings, WebhookRequest } from "#lib/webhooks/types.ts";
import { findScheme, verify } from "#lib/webhooks/verify.ts";
import { PUBLIC_URL, senderSetup } from "#tests/support/provider-keys.ts";
import type { ProviderPackage } from "#tests/support/provider-package.ts";
import { SIGNING_PACKAGES } from "#tests/support/signing-packages.ts";
import { VERIFYING_PACKAGES } from "#tests/support/verifying-packages.ts";

const signers = SIGNING_PACKAGES;
const verifiers = [...SIGNING_PACKAGES, ...VERIFYING_PACKAGES].filter((each) => each.verify !== undefined);

/** Bodies that only verify as the raw bytes they are. */
const RAW_BODIES = [
  '{ "a": 1.0, "b": "caf\u00e9 \\u00e9", "c": 12345678901234567890 }',
  '{"a":1}\r\n',
  '{\n  "a": "<&>\u2028"\n}',
];

describe.each(signers.map((each) => [each.name, each] as const))("what %s signs", (_, signer) => {
  test("verifies, and not when a byte of it changes or another secret is configured", async () => {
    const { request, settings, now } = await signedByPackage(signer, bodyOf(signer));
    expect(await verdict(signer, request, settings, now)).toBe("verified");
    expect(await verdict(signer, { ...request, body: changed(request.body) }, settings, now)).toBe("rejected");
    expect(await verdict(signer, request, { ...settings, secrets: [`${signer.secret}x`] }, now)).toBe("rejected");
    expect(await verdict(signer, request, { ...settings, secrets: [`${signer.secret}x`, signer.secret] }, now)).toBe(
      "verified",
    );
  });

  if (signer.body !== undefined || signer.scheme === "payment") return;
  test("verifies as raw bytes", async () => {
    for (const body of RAW_BODIES) {
      const { request, settings, now } = await signedByPackage(signer, body);
      expect(await verdict(signer, request, settings, now), body).toBe("verified");
    }
  });
});

describe.each(verifiers.map((each) => [each.name, each] as const))("what we sign for %s", (_, verifier) => {
  test("verifies there, and not when a byte of it changes", async () => {
    const provider = getProvider(verifier.provider);
    const scheme = verifier.scheme === undefined ? provider.schemes[0] : findScheme(provider, verifier.scheme);
    if (scheme === null) throw new Error(`no scheme ${verifier.scheme}`);
    const setup = senderSetup(provider, scheme);
    const own =
      verifier.secret === ""
        ? setup
        : { ...setup, keys: { secret: verifier.secret }, settings: { ...setup.settings, secrets: [verifier.secret] } };
    const sample = {
      ...sampleRequest(provider, PUBLIC_URL),
      ...(verifier.body === undefined ? {} : { body: Buffer.from(verifier.body) }),
      ...(verifier.headers === undefined ? {} : { headers: verifier.headers }),
    };
    const unsigned =
      verifier.name === "twilio (JSON)"
        ? { ...sample, headers: [["Content-Type", "application/json"] as const] }
        : sample;
    const delivery = await signDelivery(
      provider,
      unsigned,
      own.keys,
      own.settings,
      verifier.realClock ? new Date() : new Date("2026-01-01T00:00:00Z"),
    );
    if (delivery.kind === "cannot-sign") throw new Error(delivery.message);
    expect(await verifier.verify?.(delivery.request, own)).toBe(true);
    if (!verifier.bodyNotCovered)
      expect(await verifier.verify?.({ ...delivery.request, body: changed(delivery.request.body) }, own)).toBe(false);
  });
});

async function signedByPackage(
  signer: ProviderPackage,
  body: string,
): Promise<{ request: WebhookRequest; settings: VerificationSettings; now: Date }> {
  const now = signer.realClock ? new Date() : new Date("2026-01-01T00:00:00Z");
  const made = await signer.sign?.({ body, url: PUBLIC_URL, at: now, secret: signer.secret });
  const request = {
    method: "POST",
    url: made?.url ?? PUBLIC_URL,
    headers: [...(signer.headers ?? [["Content-Type", "application/json"] as const]), ...(made?.headers ?? [])],
    body: Buffer.from(made?.body ?? body),
  };
  return {
    request,
    settings: {
      ...(signer.scheme === undefined ? {} : { scheme: signer.scheme }),
      secrets: [signer.secret],
      publicUrl: PUBLIC_URL,
    },
    now,
  };
}

async function verdict(
  signer: ProviderPackage,
  request: WebhookRequest,
  settings: VerificationSettings,
  now: Date,
): Promise<string> {
  return (await verify(getProvider(signer.provider), request, settings, { now })).kind;
}

function bodyOf(signer: ProviderPackage): string {
  return signer.body ?? getProvider(signer.provider).sample.body;
}

/** The body with its last letter changed. */
function changed(body: Uint8Array): Uint8Array {
  const copy = Buffer.from(body);
  for (let i = copy.length - 1; i >= 0; i -= 1) {
    const byte = copy[i] ?? 0;
    if (byte >= 0x61 && byte < 0x7a) {
      copy[i] = byte + 1;
      return copy;
    }
  }
  return copy;
}

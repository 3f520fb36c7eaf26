import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { getProvider } from "#lib/webhooks/providers/registry.generated.ts";
import { sampleRequest, signDelivery } from "#lib/webhooks/sign-delivery.ts";
import type { FetchTextResult } from "#lib/webhooks/types.ts";
import { verify } from "#lib/webhooks/verify.ts";
import { PUBLIC_URL, senderSetup } from "#tests/support/provider-keys.ts";

const file = (name: string): string => readFileSync(`tests/fixtures/sender/${name}`, "utf8");
const IN_TIME = new Date("2027-01-01T00:00:00Z");
const TOO_EARLY = new Date("2026-01-01T00:00:00Z");
const TOO_LATE = new Date("2200-01-01T00:00:00Z");

/** A delivery signed with the fixture's key, checked against what the certificate's address serves. */
async function judge(id: "paypal" | "aws-sns", served: Extract<FetchTextResult, { kind: "ok" }>, now: Date) {
  const provider = getProvider(id);
  const { keys, settings } = senderSetup(provider, provider.schemes[0]);
  const delivery = await signDelivery(provider, sampleRequest(provider, PUBLIC_URL), keys, settings, now);
  if (delivery.kind === "cannot-sign") throw new Error(delivery.message);
  return verify(provider, delivery.request, settings, { now, fetchText: async () => served });
}

test.each([
  ["PayPal's own certificate", "paypal", "paypal.cert.pem", IN_TIME, "verified"],
  ["a certificate for another name", "paypal", "paypal-other-name.cert.pem", IN_TIME, "certificate-not-trusted"],
  ["a certificate that signed itself", "paypal", "paypal-self-signed.cert.pem", IN_TIME, "certificate-not-trusted"],
  ["a certificate of PayPal that is not valid yet", "paypal", "paypal.cert.pem", TOO_EARLY, "certificate-not-trusted"],
  ["a certificate of PayPal that has expired", "paypal", "paypal.cert.pem", TOO_LATE, "certificate-not-trusted"],
  ["a bare key where a certificate belongs", "paypal", "rsa.key.pem", IN_TIME, "certificate-unavailable"],
  ["SNS's certificate", "aws-sns", "rsa.cert.pem", IN_TIME, "verified"],
  ["a certificate of SNS that is not valid yet", "aws-sns", "rsa.cert.pem", TOO_EARLY, "certificate-not-trusted"],
  ["a certificate of SNS that has expired", "aws-sns", "rsa.cert.pem", TOO_LATE, "certificate-not-trusted"],
] as const)("%s", async (_, id, name, now, expected) => {
  const result = await judge(id, { kind: "ok", text: file(name) }, now);
  expect("reason" in result ? result.reason : result.kind).toBe(expected);
});

test("a recorded delivery's certificate may begin after the recording's clock, but not end before it", async () => {
  for (const id of ["paypal", "aws-sns"] as const) {
    expect((await judge(id, { kind: "ok", text: file("rsa.cert.pem"), pinned: true }, TOO_EARLY)).kind).toBe(
      "verified",
    );
    expect((await judge(id, { kind: "ok", text: file("rsa.cert.pem"), pinned: true }, TOO_LATE)).kind).toBe("rejected");
  }
});

import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { getProvider } from "#lib/webhooks/providers/registry.generated.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";
import { verifySignature } from "#lib/webhooks/verify-signature.ts";
import { verifyToken } from "#lib/webhooks/verify-token.ts";
import { tellsLeadingBytes } from "#tests/support/time-guesses.ts";

/** Of each kind in a round; HOOKLINE_TIMING_TRIALS changes it. */
const TRIALS = Number(process.env["HOOKLINE_TIMING_TRIALS"] ?? 20_000);
const SECRET = "a-secret-of-thirty-two-letters-ok";
const BODY = Buffer.from('{"id":"evt_1","type":"invoice.paid","amount":1}');
const digest = createHmac("sha256", SECRET).update(BODY).digest();
const settings = { secrets: [SECRET] };
const now = new Date();

const hex = (bytes: Buffer): string => bytes.toString("hex");
const request = (name: string, value: string): WebhookRequest => ({
  method: "POST",
  url: "/in/x",
  headers: [[name, value]],
  body: BODY,
});

describe("W-04: how near a guess came cannot be told by the time of its refusal", () => {
  it("of a signature in hex, 0 against 31 right leading bytes", () => {
    const scheme = schemeOf("github", "hmac");
    const check = (guess: string) =>
      verifySignature(scheme, request("x-hub-signature-256", `sha256=${guess}`), settings, now);
    expect(check(hex(digest)).kind).toBe("verified");
    expect(tellsLeadingBytes(digest, hex, check, TRIALS)).toBe(false);
  });

  it("of a signature in base64, 0 against 31 right leading bytes", () => {
    const scheme = schemeOf("shopify", "hmac");
    const toText = (bytes: Buffer) => bytes.toString("base64");
    const check = (guess: string) => verifySignature(scheme, request("x-shopify-hmac-sha256", guess), settings, now);
    expect(check(toText(digest)).kind).toBe("verified");
    expect(tellsLeadingBytes(digest, toText, check, TRIALS)).toBe(false);
  });

  it("of a token, 0 against 31 right leading letters", () => {
    const scheme = schemeOf("generic-bearer", "token");
    const token = Buffer.from("Abcdefghijklmnopqrstuvwxyz012345");
    const letters = (bytes: Buffer) => Array.from(bytes, (byte) => String.fromCharCode(0x21 + (byte % 94))).join("");
    const known = { secrets: [letters(token)] };
    const check = (guess: string) => verifyToken(scheme, request("authorization", `Bearer ${guess}`), known);
    expect(check(letters(token)).kind).toBe("verified");
    expect(tellsLeadingBytes(token, letters, check, TRIALS)).toBe(false);
  });

  it("and would be told of a comparison that stops at the first wrong letter", () => {
    const leaky = (guess: string) => {
      const expected = createHmac("sha256", SECRET).update(BODY).digest("hex");
      for (let at = 0; at < expected.length; at += 1)
        if (Buffer.from(guess)[at] !== expected.charCodeAt(at)) return false;
      return true;
    };
    expect(leaky(hex(digest))).toBe(true);
    expect(tellsLeadingBytes(digest, hex, leaky, TRIALS)).toBe(true);
  });
});

function schemeOf<Kind extends "hmac" | "token">(provider: string, kind: Kind) {
  const scheme = getProvider(provider).schemes.find((one) => one.kind === kind);
  if (scheme === undefined) throw new Error(`${provider} has no ${kind}`);
  return scheme as Extract<typeof scheme, { kind: Kind }>;
}

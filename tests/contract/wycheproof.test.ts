import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { getProvider } from "#lib/webhooks/providers/registry.generated.ts";
import type { AsymmetricScheme } from "#lib/webhooks/scheme-types.ts";
import type { VerificationSettings, WebhookRequest } from "#lib/webhooks/types.ts";
import { verify } from "#lib/webhooks/verify.ts";

type MacCase = {
  id: number;
  comment: string;
  key: string;
  message: string;
  tag: string;
  result: string;
  tagBits: number;
};
type SignatureCase = {
  id: number;
  comment: string;
  publicKey: string;
  message: string;
  signature: string;
  result: string;
};

const casesOf = <Case>(name: string): Case[] =>
  (JSON.parse(readFileSync(`tests/fixtures/wycheproof/${name}.json`, "utf8")) as { cases: Case[] }).cases;
const signed = (message: string, signature: string): WebhookRequest => ({
  method: "POST",
  url: "/in/abc",
  headers: [["X-Signature", signature]],
  body: Buffer.from(message, "hex"),
});
const now = new Date("2026-01-01T00:00:00Z");

describe("Project Wycheproof", () => {
  test("174 HMAC-SHA256 cases: a whole tag that is right verifies, a wrong or truncated one never does", async () => {
    const cases = casesOf<MacCase>("hmac-sha256");
    expect(cases).toHaveLength(174);
    const counts = { verified: 0, rejected: 0 };
    for (const encoding of ["hex", "base64"] as const)
      for (const { id, comment, key, message, tag, result, tagBits } of cases) {
        const settings: VerificationSettings = { secrets: [key], options: { secretEncoding: "hex", encoding } };
        const written = encoding === "hex" ? tag : Buffer.from(tag, "hex").toString("base64");
        const { kind } = await verify(getProvider("generic-hmac"), signed(message, written), settings, { now });
        expect([id, comment, kind]).toEqual([
          id,
          comment,
          result === "valid" && tagBits === 256 ? "verified" : "rejected",
        ]);
        counts[kind as "verified" | "rejected"] += 1;
      }
    expect(counts).toEqual({ verified: 66, rejected: 282 });
  });

  test("151 Ed25519 cases: malleable, truncated and padded signatures never verify", async () => {
    const scheme: AsymmetricScheme = {
      kind: "asymmetric",
      id: "ed25519",
      label: "Ed25519",
      algorithm: "ed25519",
      encoding: "hex",
      publicKey: "raw-hex",
      signature: { header: "x-signature" },
      template: "{body}",
    };
    const cases = casesOf<SignatureCase>("ed25519");
    expect(cases).toHaveLength(151);
    for (const { id, comment, publicKey, message, signature, result } of cases) {
      const { kind } = await verify(
        { schemes: [scheme] },
        signed(message, signature),
        { secrets: [publicKey] },
        { now },
      );
      expect([id, comment, kind]).toEqual([id, comment, result === "valid" ? "verified" : "rejected"]);
    }
  });
});

import { createHmac } from "node:crypto";
import type { DiagnoseHints } from "#lib/webhooks/diagnose/diagnosis.ts";
import type { HeaderList, VerificationSettings } from "#lib/webhooks/types.ts";

/** When every broken set-up arrives. */
export const NOW = new Date("2026-01-01T00:00:00Z");
/** The same in seconds. */
export const SECONDS = String(NOW.getTime() / 1000);
/** The secret the owner meant. */
export const SECRET = "the-secret-of-this-endpoint";
/** The body of most of them. */
export const JSON_BODY = '{"b":1,"a":"caf\u00e9/x","list":[1,2]}';
/** Where the endpoint is. */
export const URL_HERE = "https://hooks.example.com/in/abc";
/** The content type of most of them. */
export const JSON_TYPE = ["Content-Type", "application/json"] as const;

/** A set-up with one known mistake, and what the doctor must call it. */
export type BrokenSetup = {
  readonly what: string;
  readonly provider: string;
  readonly headers: HeaderList;
  readonly body?: string | Uint8Array;
  readonly settings?: Partial<VerificationSettings>;
  readonly url?: string;
  readonly hints?: DiagnoseHints;
  readonly finds: string;
};

/** An HMAC as some sender would write it. */
export const mac = (
  text: string | Uint8Array,
  key: string | Buffer = SECRET,
  algorithm = "sha256",
  encoding: "hex" | "base64" | "base64url" = "hex",
): string => createHmac(algorithm, key).update(text).digest(encoding);
/** Headers of GitHub with this signature. */
export const github = (signature: string): HeaderList => [JSON_TYPE, ["X-Hub-Signature-256", signature]];
/** Headers of Slack with this signature. */
export const slack = (signature: string, at = SECONDS): HeaderList => [
  JSON_TYPE,
  ["X-Slack-Request-Timestamp", at],
  ["X-Slack-Signature", `v0=${signature}`],
];
/** Headers of Stripe with this signature. */
export const stripe = (signed: string, at = SECONDS): HeaderList => [
  JSON_TYPE,
  ["Stripe-Signature", `t=${at},v1=${mac(signed)}`],
];

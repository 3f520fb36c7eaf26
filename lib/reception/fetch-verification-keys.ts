import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import { KIB, MINUTE, SECOND } from "#lib/core/units.ts";
import { makeDeadline } from "#lib/platform/egress/deadline.ts";
import { agentFor } from "#lib/platform/egress/http-agents.ts";
import { sendHttp } from "#lib/platform/egress/send-http.ts";
import { env } from "#lib/platform/env.ts";
import { singleton } from "#lib/platform/singleton.ts";
import type { FetchTextResult, VerifyPorts } from "#lib/webhooks/types.ts";

const HELD_MS = 10 * MINUTE;
/** A token with an unknown key id may ask for fresh keys, but no more often than this. */
const REFRESH_MS_MIN = 30 * SECOND;
const FAILED_MS = 10 * SECOND;
const ANSWER_BYTES_MAX = 256 * KIB;
const FETCH_MS_MAX = 5 * SECOND;
const ENTRIES_MAX = 1_000;

type Held = { readonly result: Promise<FetchTextResult>; readonly atMs: number; failed: boolean };

/**
 * Fetches a certificate or key set over HTTPS through the egress guard, held for ten minutes; a failure for ten
 * seconds, so that a flood of unverifiable requests cannot become a flood towards the sender.
 */
export const fetchVerificationKeys: NonNullable<VerifyPorts["fetchText"]> = (url, options) => {
  const held = singleton("verification-keys", () => new LRUCache<string, Held>({ max: ENTRIES_MAX }));
  const post = options?.post;
  const key = post === undefined ? url : `${url} ${createHash("sha256").update(post.body).digest("base64")}`;
  const known = held.get(key);
  const ageMs = known === undefined ? Infinity : performance.now() - known.atMs;
  const keptMs = known?.failed === true ? FAILED_MS : options?.refresh === true ? REFRESH_MS_MIN : HELD_MS;
  if (known !== undefined && ageMs < keptMs) return known.result;
  const entry: Held = { result: fetchText(url, post), atMs: performance.now(), failed: false };
  held.set(key, entry);
  void entry.result.then(({ kind }) => {
    entry.failed = kind === "failed";
  });
  return entry.result;
};

async function fetchText(
  url: string,
  post: { contentType: string; body: string } | undefined,
): Promise<FetchTextResult> {
  if (!url.startsWith("https://")) return { kind: "failed", message: "keys are fetched over HTTPS only" };
  const { egressAllow, egressLocked } = env();
  const sent = await sendHttp(
    agentFor({ allow: egressAllow, permissions: [], locked: egressLocked }),
    {
      method: post === undefined ? "GET" : "POST",
      url,
      headers: [
        ["accept", "application/json, text/plain, */*"],
        ...(post === undefined ? [] : [["content-type", post.contentType] as const]),
      ],
      body: post === undefined ? null : Buffer.from(post.body),
      responseBytesMax: ANSWER_BYTES_MAX,
    },
    makeDeadline(FETCH_MS_MAX),
  );
  if (sent.kind === "refused") return { kind: "failed", message: sent.refusal.message };
  if (sent.kind !== "answered") return { kind: "failed", message: sent.message };
  if (sent.status !== 200 || sent.truncated || sent.problem !== null)
    return { kind: "failed", message: `it answered ${sent.status}` };
  return { kind: "ok", text: sent.body.toString("utf8") };
}

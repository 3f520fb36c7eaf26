import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from "node:crypto";
import { MINUTE, SECOND } from "#lib/core/units.ts";
import { secretKey } from "./secret-key.ts";
import { singleton } from "./singleton.ts";

/** How long a question may be answered. */
const VALID_MS = 1 * MINUTE;
const NONCE_BYTES = 12;
const MAC_BYTES = 16;

/** What a question to one's own public address looks like where an endpoint's token would stand. */
export const REACH_QUESTION = /^reach-([A-Za-z0-9_-]{16})-([0-9a-z]{6,9})-([A-Za-z0-9_-]{22})$/;

/** What the instance says about a question that reached it. */
export type ReachAnswer = { https: boolean; ip: string | null; through: string | null };

/** A question only this instance (every process with its secret key) recognises, valid for a minute. */
export function makeReachQuestion(now: Date): string {
  const nonce = randomBytes(NONCE_BYTES).toString("base64url");
  const until = Math.ceil((now.getTime() + VALID_MS) / SECOND).toString(36);
  return `reach-${nonce}-${until}-${mac(`question:${nonce}:${until}`)}`;
}

/** The answer to a question this instance asked less than a minute ago, or null for anything else. */
export function answerReachQuestion(question: string, facts: ReachAnswer, now: Date): string | null {
  const [, nonce = "", until = "", given = ""] = REACH_QUESTION.exec(question) ?? [];
  if (nonce === "" || !isSame(given, mac(`question:${nonce}:${until}`))) return null;
  if (Number.parseInt(until, 36) * SECOND < now.getTime()) return null;
  const text = JSON.stringify(facts);
  return JSON.stringify({ facts: text, proof: mac(`answer:${question}:${text}`) });
}

/** What an answer says when it was made by this instance for this question; null when anybody else made it. */
export function readReachAnswer(question: string, body: string): ReachAnswer | null {
  try {
    const { facts, proof } = JSON.parse(body) as { facts?: unknown; proof?: unknown };
    if (typeof facts !== "string" || typeof proof !== "string" || !isSame(proof, mac(`answer:${question}:${facts}`)))
      return null;
    return JSON.parse(facts) as ReachAnswer;
  } catch {
    return null;
  }
}

function mac(text: string): string {
  const key = singleton("reach-key", () => Buffer.from(hkdfSync("sha256", secretKey(), "", "hookline reach 1", 32)));
  return createHmac("sha256", key).update(text).digest().subarray(0, MAC_BYTES).toString("base64url");
}

function isSame(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

import type { RequestVerdict } from "#lib/core/states.ts";

/** What a test of an endpoint may do, as the dialog offers it. */
export const CHAOS_CHOICES = [
  { id: "valid", label: "A genuine delivery", help: "Signed as the sender signs it." },
  { id: "tampered", label: "A tampered copy", help: "Signed, then one byte changed." },
  { id: "unsigned", label: "Without a signature", help: "What anybody who learns the address can send." },
  { id: "duplicate", label: "A duplicate", help: "The same delivery twice: stored once, run once." },
  { id: "reordered", label: "Out of order", help: "The later of two deliveries first." },
  { id: "late", label: "Three days late", help: "Refused where the sender signs the time." },
  {
    id: "replayed-signature",
    label: "A stolen signature",
    help: "The signature of one delivery on the body of another.",
  },
  { id: "slow", label: "A slow sender", help: "The body in small pieces over two seconds." },
  { id: "oversized", label: "Too large", help: "A body just above what this endpoint takes." },
] as const;

/** The name of one of them. */
export type ChaosChoice = (typeof CHAOS_CHOICES)[number]["id"];

/** How one delivery of a test ended. */
export type ChaosResult = {
  /** Its place in the plan, from 0. */
  index: number;
  variant: ChaosChoice;
  what: string;
  expected: "accepted" | "accepted-once" | "refused" | "too-large";
  /**
   * "stopped": another rule of the endpoint (its address list, HTTPS only, rate …) refused it, so it proves nothing
   * about the rest.
   */
  outcome: "as-expected" | "unexpected" | "stopped";
  /** Null when no answer came. */
  status: number | null;
  ms: number | null;
  /** What the door said, or why nothing came. */
  answer: string;
  /** A sentence where the outcome needs one. */
  note: string | null;
  /** The request in the inspector; null when it was not written there. */
  request: { id: string; verdict: RequestVerdict; reason: string | null } | null;
};

/** News of a running test, one JSON object a line. */
export type ChaosNews =
  | { kind: "planned"; total: number; seed: number; skipped: Array<{ variant: ChaosChoice; why: string }> }
  /** One is on its way: its place in the plan, from 0, and what it is. */
  | { kind: "sending"; index: number; what: string }
  | { kind: "result"; result: ChaosResult }
  | { kind: "done" }
  /** The test ended early; what was sent before is in the inspector. */
  | { kind: "failed"; message: string };

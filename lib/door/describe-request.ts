import type { RequestVerdict, Verification } from "#lib/core/states.ts";

/** What the first sentence about a request is made from. */
export type RequestFacts = {
  readonly verdict: RequestVerdict;
  readonly verification: Verification;
  readonly reason: string | null;
  readonly message: string;
  readonly providerName: string;
  /** What the check "secret-used" said, or null. */
  readonly secret: string | null;
  readonly duplicateCount: number;
  /** Runs that flows made of it, and runs by hand. */
  readonly runCount: number;
  readonly byHandCount?: number;
  /** Of a split event: how many items it has, and how many of them came before. */
  readonly items?: { readonly count: number; readonly seen: number } | null;
  readonly acceptedByHand: boolean;
};

/** One sentence that says what became of a request and why. */
export function describeRequest(facts: RequestFacts): string {
  if (facts.items) return `${taken(facts)}, ${deliveries(facts)}: ${describeItems(facts.items, facts)}.`;
  switch (facts.verdict) {
    case "accepted":
      if (facts.runCount === 0 && byHand(facts) !== "")
        return `${taken(facts)}, ${deliveries(facts)}, ${byHand(facts)}.`;
      return (
        `${taken(facts)}, ${deliveries(facts)}, started ` +
        `${facts.runCount === 1 ? "1 flow" : `${facts.runCount} flows`}.`
      );
    case "no flow":
      return (
        `${taken(facts)}, ${deliveries(facts)}; no live flow wanted it, ` +
        `${byHand(facts) === "" ? "so nothing ran" : byHand(facts)}.`
      );
    case "parked":
      return `${taken(facts)}, ${deliveries(facts)}; parked because the endpoint is paused, and runs on resume.`;
    case "duplicate":
      return `Delivered before: ${lowerFirst(facts.message)}`;
    case "handshake":
      if (facts.reason === "asked-first") return `Opened: ${lowerFirst(facts.message)}`;
      return `The sender checked the address and was answered: ${lowerFirst(facts.message)}`;
    case "refused":
      return `Refused: ${lowerFirst(facts.message)}`;
  }
}

function describeItems({ count, seen }: { count: number; seen: number }, { verdict, runCount }: RequestFacts): string {
  if (count === 0) return "an empty batch, so nothing ran";
  const items = count === 1 ? "1 item" : `${number(count)} items`;
  if (seen === count) return `${items}, seen before, so nothing ran`;
  const counted = seen === 0 ? items : `${items}, ${number(count - seen)} new and ${number(seen)} seen before`;
  if (verdict === "parked") return `${counted}; parked because the endpoint is paused, and run on resume`;
  if (verdict === "no flow")
    return `${counted}; no live flow wanted ${count - seen === 1 ? "it" : "any"}, so nothing ran`;
  return `${counted}; started ${runCount === 1 ? "1 run" : `${number(runCount)} runs`}`;
}

function byHand({ byHandCount = 0 }: RequestFacts): string {
  if (byHandCount === 0) return "";
  return byHandCount === 1 ? "run by hand" : `run by hand ${number(byHandCount)} times`;
}

function number(count: number): string {
  return count.toLocaleString("en");
}

function taken(facts: RequestFacts): string {
  if (facts.acceptedByHand) return "Accepted by hand after it was refused";
  if (facts.verification === "verified")
    return `Accepted and verified (${[facts.providerName, facts.secret].filter((part) => part !== null).join(", ")})`;
  return facts.verification === "not verified" ? "Accepted, not verified" : "Accepted without a signature check";
}

function deliveries({ duplicateCount }: RequestFacts): string {
  if (duplicateCount === 0) return "first delivery";
  return `delivered ${duplicateCount + 1} times, run once`;
}

function lowerFirst(text: string): string {
  // Names and codes keep their capitals: only a plain first word is lowered.
  return /^[A-Z][a-z' ]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}

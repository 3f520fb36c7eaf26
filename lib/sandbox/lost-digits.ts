import { keysMax } from "#lib/bodies/limits.ts";
import { scanJson } from "#lib/bodies/scan-json.ts";
import { JsonText } from "#lib/core/json-text.ts";
import { losesDigits } from "#lib/core/loses-digits.ts";
import type { Sequence } from "./plain-values.ts";
import type { Outcome } from "./protocol.ts";

/**
 * Numbers that an expression calculated with although a double cannot hold all their digits, as written; at most
 * five.
 */
export class LostDigits {
  readonly #found = new Set<string>();

  /** Notes a number as it was written; those that keep their digits are passed by. */
  note(written: string): void {
    if (this.#found.size < LOST_MAX && mayLose(written) && losesDigits(written)) this.#found.add(written.slice(0, 100));
  }

  /** The outcome with the numbers that lost digits on the way to it, where there are any. */
  markOn(outcome: Outcome): Outcome {
    return outcome.kind === "value" && this.#found.size > 0 ? { ...outcome, lost: [...this.#found] } : outcome;
  }
}

const LOST_MAX = 5;

const LONG_NUMBER = /(?<![\w"+.-])-?(?:[\d.]{16,}|\d+(?:\.\d+)?[eE])/;

/** Whether a JSON text may hold a number that loses digits; cheap, and never wrong when it says no. */
export function mayLose(text: string): boolean {
  return LONG_NUMBER.test(text);
}

/** The parsed value of what may still be text, all the way down; what loses digits by that is noted. */
export function calculable(value: unknown, lost: LostDigits): unknown {
  if (value instanceof JsonText) {
    if (value.kind === "number") lost.note(value.text);
    else if (value.kind === "object" || value.kind === "list") noteAll(value.text, lost);
    return value.value;
  }
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const list: Sequence = value.map((item: unknown) => calculable(item, lost));
    return (value as Sequence).sequence ? Object.assign(list, { sequence: true as const }) : list;
  }
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, calculable(member, lost)]));
}

function noteAll(text: string, lost: LostDigits): void {
  if (!mayLose(text)) return;
  const scan = scanJson(text, { depthMax: Number.POSITIVE_INFINITY, keysMax, findingsMax: LOST_MAX });
  if (scan.kind !== "scanned") return;
  for (const finding of scan.findings) if (finding.kind === "lossy-number") lost.note(finding.text);
}

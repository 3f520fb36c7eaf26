import { randomBytes } from "node:crypto";
import { mannWhitney, type RankTest } from "#tests/support/mann-whitney.ts";

/** Checks one guess, a text nobody used before; what takes time in it is what a forger could measure. */
export type Guess = (guess: string) => unknown;

/** Of one round: guesses without a right leading byte against guesses with all but the last right, and both kinds against themselves. */
export type Round = { readonly between: RankTest; readonly controls: readonly [RankTest, RankTest] };

/** How many bytes a secret digest has. */
const BYTES = 32;
const SIGNIFICANT_P = 0.01;
const ROUNDS_MAX = 3;

/**
 * Whether the time of checking a guess tells how many of its leading bytes are right: only when three independent rounds
 * all say so, in the same direction, and in none of them guesses of one kind differ from their own kind.
 */
export function tellsLeadingBytes(digest: Buffer, toText: (bytes: Buffer) => string, check: Guess, trials: number): boolean {
  const directions = new Set<string>();
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const { between, controls } = timeGuesses(digest, toText, check, trials);
    if (between.p > SIGNIFICANT_P || controls.some(({ p }) => p <= SIGNIFICANT_P)) return false;
    directions.add(between.larger);
  }
  return directions.size === 1;
}

/** One round of `trials` guesses of each of four kinds (two of either), in random order. */
export function timeGuesses(digest: Buffer, toText: (bytes: Buffer) => string, check: Guess, trials: number): Round {
  const kinds = [0, 0, BYTES - 1, BYTES - 1].map((right) => ({ right, times: new Float64Array(trials) }));
  for (let warm = 0; warm < 3_000; warm += 1) check(toText(guessOf(digest, warm % 2 === 0 ? 0 : BYTES - 1)));
  const order = new Uint8Array(kinds.length);
  for (let trial = 0; trial < trials; trial += 1) {
    shuffle(order);
    for (const place of order) {
      const kind = kinds[place];
      if (kind === undefined) continue;
      const guess = fresh(toText(guessOf(digest, kind.right)));
      const began = process.hrtime.bigint();
      check(guess);
      kind.times[trial] = Number(process.hrtime.bigint() - began);
    }
  }
  const [a, a2, b, b2] = kinds.map(({ times }) => times);
  if (a === undefined || a2 === undefined || b === undefined || b2 === undefined) throw new Error("four kinds are timed");
  return { between: mannWhitney(a, b), controls: [mannWhitney(a, a2), mannWhitney(b, b2)] };
}

/** The digest with the byte after the right ones wrong, and those behind it random. */
function guessOf(digest: Buffer, right: number): Buffer {
  const guess = Buffer.concat([digest.subarray(0, right), randomBytes(digest.byteLength - right)]);
  const wrong = digest[right] ?? 0;
  // Another byte, and one that stays another where bytes are written as letters.
  guess[right] = wrong ^ (1 + ((randomBytes(1)[0] ?? 0) & 15));
  return guess;
}

/** A flat string of its own: two pieces joined, or one seen before, would take their own time to read. */
function fresh(text: string): string {
  return Buffer.from(text, "latin1").toString("latin1");
}

function shuffle(order: Uint8Array): void {
  const random = randomBytes(order.length);
  for (let at = 0; at < order.length; at += 1) order[at] = at;
  for (let at = order.length - 1; at > 0; at -= 1) {
    const other = (random[at] ?? 0) % (at + 1);
    const held = order[at] ?? 0;
    order[at] = order[other] ?? 0;
    order[other] = held;
  }
}

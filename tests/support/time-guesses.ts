import { randomBytes } from "node:crypto";
import { mannWhitney, type RankTest } from "#tests/support/mann-whitney.ts";

/** Checks one guess, a text nobody used before; what takes time in it is what a forger could measure. */
export type Guess = (guess: string) => unknown;

/**
 * Of one round: guesses without a right leading byte against guesses with all but the last right, and both kinds
 * against themselves.
 */
export type Round = { readonly between: RankTest; readonly controls: readonly [RankTest, RankTest] };

const SIGNIFICANT_P = 0.01;
const ROUNDS = 3;
const ROUNDS_MAX = 9;

/**
 * Whether the time of checking a guess tells how many of its leading bytes are right: only when three independent
 * rounds all say so, in the same direction. A round in which guesses of one kind differ from their own kind says
 * nothing.
 */
export function tellsLeadingBytes(
  digest: Buffer,
  toText: (bytes: Buffer) => string,
  check: Guess,
  trials: number,
): boolean {
  const larger: string[] = [];
  for (let round = 0; round < ROUNDS_MAX && larger.length < ROUNDS; round += 1) {
    const { between, controls } = timeGuesses(digest, toText, check, trials);
    if (between.p > SIGNIFICANT_P) return false;
    if (controls.every(({ p }) => p > SIGNIFICANT_P)) larger.push(between.larger);
  }
  return larger.length === ROUNDS && new Set(larger).size === 1;
}

/** One round of `trials` guesses of each of four kinds (two of either), in random order. */
export function timeGuesses(digest: Buffer, toText: (bytes: Buffer) => string, check: Guess, trials: number): Round {
  const kinds = ([0, 0, 1, 1] as const).map((near) => ({ near, times: new Float64Array(trials) }));
  for (let warm = 0; warm < 6_000; warm += 1) check(fresh(toText(guessesOf(digest)[warm % 2 === 0 ? 0 : 1])));
  const order = new Uint8Array(kinds.length);
  for (let trial = 0; trial < trials; trial += 1) {
    shuffle(order);
    for (const place of order) {
      const kind = kinds[place];
      if (kind === undefined) continue;
      const guess = fresh(toText(guessesOf(digest)[kind.near]));
      const began = process.hrtime.bigint();
      check(guess);
      kind.times[trial] = Number(process.hrtime.bigint() - began);
    }
  }
  const [a, a2, b, b2] = kinds.map(({ times }) => times);
  if (a === undefined || a2 === undefined || b === undefined || b2 === undefined)
    throw new Error("four kinds are timed");
  return { between: mannWhitney(a, b), controls: [mannWhitney(a, a2), mannWhitney(b, b2)] };
}

/**
 * A guess with none of its leading bytes right and one with all but the last, always both, so that making them takes
 * the same.
 */
function guessesOf(digest: Buffer): readonly [far: Buffer, near: Buffer] {
  const last = digest.byteLength - 1;
  const random = randomBytes(digest.byteLength);
  const [far, near] = [Buffer.from(random), Buffer.from(digest)];
  far[0] = anotherThan(digest[0] ?? 0, random[0] ?? 0);
  near[last] = anotherThan(digest[last] ?? 0, random[last] ?? 0);
  return [far, near];
}

/** One that stays another where bytes are written as letters. */
function anotherThan(byte: number, random: number): number {
  return byte ^ (1 + (random & 15));
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

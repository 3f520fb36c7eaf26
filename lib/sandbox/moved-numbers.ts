import { losesDigits } from "#lib/core/loses-digits.ts";
import { type CalculatedNames, readCalculatedNames, readOwnNumbers } from "./calculated-names.ts";
import type { LostDigits } from "./lost-digits.ts";

/** Where a number was read: under which name, or in a list; `isAlone`: none beside it is the same double. */
export type ReadFrom = { readonly name: string; readonly inList: boolean; readonly isAlone: boolean };

/**
 * Numbers with more digits than a double that one expression read. Where it only moved them, `find` gives them back as
 * they were written; what it calculated with, and what two such numbers could be, is told to `lost`.
 */
export class MovedNumbers {
  readonly #ast: () => unknown;
  #source: { calculated: CalculatedNames; own: ReadonlySet<number> } | null = null;
  readonly #lost: LostDigits;
  readonly #read = new Map<number, { written: string | null; found: boolean }>();

  /** `ast`: the expression's syntax tree, asked for at the first number that is read. */
  constructor(ast: () => unknown, lost: LostDigits) {
    this.#ast = ast;
    this.#lost = lost;
  }

  /** Takes note of a number that was read as its nearest double; null = none is near. */
  read(written: string, nearest: number | null, from: ReadFrom): void {
    const known = nearest === null ? undefined : this.#read.get(nearest);
    if (known?.written === written) return;
    if (nearest === null || known !== undefined || !this.#isMoved(written, nearest, from)) {
      this.#lost.note(written);
      if (known?.written != null) this.#lost.note(known.written);
      if (nearest !== null) this.#read.set(nearest, { written: null, found: false });
    } else this.#read.set(nearest, { written, found: false });
  }

  /** How a number of the result was written where it came from; null where that is not known. */
  find(value: number): string | null {
    const known = this.#read.get(value);
    if (known === undefined) return null;
    known.found = true;
    return known.written;
  }

  /** To be called once the result is written: numbers that are not in it went into something else. */
  settle(): void {
    for (const { written, found } of this.#read.values()) if (written !== null && !found) this.#lost.note(written);
  }

  #isMoved(written: string, nearest: number, { name, inList, isAlone }: ReadFrom): boolean {
    this.#source ??= { calculated: readCalculatedNames(this.#ast()), own: readOwnNumbers(this.#ast()) };
    const { calculated, own } = this.#source;
    if (!isAlone || calculated === "all" || own.has(nearest)) return false;
    if (calculated === "none") return true;
    // A calculated 0.1 + 0.2 may be the same double as 0.30000000000000004 as it was sent.
    return !inList && losesDigits(written) && !calculated.has(name);
  }
}

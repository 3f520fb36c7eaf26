import { MIB } from "#lib/core/units.ts";
import type { NewRequest } from "#lib/db/insert-requests.ts";

const ROWS_MAX = 2_000;
const BYTES_MAX = 32 * MIB;

/**
 * Rows of one kind (endpoint, verdict, reason, network) that wait at once; of a flood the first and the newest stay.
 */
const ROWS_PER_KIND = 100;

/** Requests over their endpoint's rate say the least about what they are. */
const OVER_RATE_ROWS = 20;

/** Kinds of one endpoint told apart at once; requests from further networks count as from one. */
const KINDS_PER_ENDPOINT = 100;

type Kind = { readonly rows: NewRequest[] };

/**
 * Requests without an event that wait to be written, at most 2,000 of 32 MB. What there are many of makes room for what
 * there are few of: a flood keeps its first and newest requests and pushes out nobody else's.
 */
export class WaitingRequests {
  readonly #endpoints = new Map<string, Map<string, Kind>>();
  #rows = 0;
  #bytes = 0;

  get size(): number {
    return this.#rows;
  }

  add(request: NewRequest): void {
    const kinds = this.#kindsOf(request.endpointId);
    const { rows } = kindOf(kinds, request);
    const limit = request.reason === "rate-limited" ? OVER_RATE_ROWS : ROWS_PER_KIND;
    if (rows.length >= limit) this.#remove(rows, rows.length - 1);
    while (this.#rows >= ROWS_MAX || this.#bytes + bytesOf(request) > BYTES_MAX) if (!this.#makeRoom()) return;
    rows.push(request);
    this.#rows += 1;
    this.#bytes += bytesOf(request);
  }

  /** Takes out at most `count` requests: of every kind the first before the second of any. */
  take(count: number): NewRequest[] {
    const taken: NewRequest[] = [];
    while (taken.length < count && this.#rows > 0)
      for (const kinds of this.#endpoints.values())
        for (const { rows } of kinds.values())
          if (rows.length > 0 && taken.length < count) taken.push(...this.#remove(rows, 0));
    for (const [endpointId, kinds] of this.#endpoints) {
      for (const [key, { rows }] of kinds) if (rows.length === 0) kinds.delete(key);
      if (kinds.size === 0) this.#endpoints.delete(endpointId);
    }
    return taken;
  }

  #kindsOf(endpointId: string): Map<string, Kind> {
    let kinds = this.#endpoints.get(endpointId);
    if (kinds === undefined) {
      kinds = new Map();
      this.#endpoints.set(endpointId, kinds);
    }
    return kinds;
  }

  /** Drops a middle one of the kind most requests are of, at the endpoint that has most; false when nothing can go. */
  #makeRoom(): boolean {
    const endpoint = largest([...this.#endpoints.values()], (kinds) => sum([...kinds.values()].map(weightOf)));
    const kind = endpoint === null ? null : largest([...endpoint.values()], weightOf);
    if (kind === null || kind.rows.length === 0) return false;
    this.#remove(kind.rows, Math.min(1, kind.rows.length - 1));
    return true;
  }

  #remove(rows: NewRequest[], index: number): NewRequest[] {
    const removed = rows.splice(index, 1);
    this.#rows -= removed.length;
    this.#bytes -= sum(removed.map(bytesOf));
    return removed;
  }
}

/** Headers and query may be as large as a body. */
function bytesOf({ body, headers, query }: NewRequest): number {
  return body.byteLength + headers.length + query.length;
}

function kindOf(kinds: Map<string, Kind>, { verdict, reason, clientNet }: NewRequest): Kind {
  const key = JSON.stringify([verdict, reason, clientNet]);
  const known = kinds.get(key);
  if (known !== undefined) return known;
  const shared = kinds.size < KINDS_PER_ENDPOINT ? key : JSON.stringify([verdict, reason]);
  const found = kinds.get(shared) ?? { rows: [] };
  kinds.set(shared, found);
  return found;
}

/** Bytes count too, so that few large requests give way like many small ones. */
function weightOf({ rows }: Kind): number {
  return rows.length + sum(rows.map(bytesOf)) / (BYTES_MAX / ROWS_MAX);
}

function largest<Item>(items: readonly Item[], weigh: (item: Item) => number): Item | null {
  let best: { item: Item; weight: number } | null = null;
  for (const item of items) {
    const weight = weigh(item);
    if (best === null || weight > best.weight) best = { item, weight };
  }
  return best === null ? null : best.item;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

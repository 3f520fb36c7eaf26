import type { WorkspaceId } from "#lib/core/ids.ts";
import { MIB } from "#lib/core/units.ts";
import { findStoredBodies, type StoredHead } from "#lib/db/stored-requests.ts";
import type { Compared } from "#lib/rehearsal/compare-verdicts.ts";
import {
  judgeBody,
  judgeHead,
  judgeSecret,
  type Side,
  type StoredRequestHead,
  type StoredVerdict,
  toHead,
} from "#lib/rehearsal/judge-stored.ts";

const BODIES_PER_READ = 25;
const BODY_BYTES_PER_READ = 8 * MIB;

/** The two sides to compare; `alone` is the changed one with only the secret that is about to be added. */
export type Sides = {
  readonly present: Side;
  readonly changed: Side;
  readonly alone: Side | null;
  /** Nothing differs that is judged with the body, so that one verdict does for both. */
  readonly sameDeep: boolean;
};

/**
 * The verdicts of both sides in the order of arrival, and of the requests with a signature how many the new secret
 * verifies.
 */
export type AllJudged = { compared: Compared[]; secret: { signed: number; verified: number } | null };

/**
 * Judges stored requests on both sides. Heads all at once in the order of arrival, because of the rate; what needs a
 * body newest first, until `untilMs` (performance.now) has come. The door of this process goes on in between.
 */
export async function judgeAllStored(
  workspaceId: WorkspaceId,
  newestFirst: readonly StoredHead[],
  sides: Sides,
  untilMs: number,
): Promise<AllJudged> {
  const early: Early[] = [];
  for (const stored of newestFirst.toReversed()) {
    early.push(judgeEarly(stored, sides));
    if (early.length % BODIES_PER_READ === 0) await letOthersGo();
  }
  const compared: Compared[] = [];
  const secret = { signed: 0, verified: 0 };
  for (const page of pagesOf(early.toReversed())) {
    if (performance.now() > untilMs) break;
    const wanted = page.filter((one) => needsBody(one) || sides.alone !== null);
    const bodies =
      wanted.length === 0
        ? new Map<string, Buffer>()
        : await findStoredBodies(
            workspaceId,
            wanted.map(({ stored }) => stored),
          );
    for (const one of page) {
      if (performance.now() > untilMs) break;
      const body = bodies.get(one.stored.id);
      compared.push(await judgeOne(one, body, sides));
      if (sides.alone !== null && one.head !== null && body !== undefined) {
        const found = await judgeSecret(sides.alone, one.head, body);
        if (found === "verified" || found === "refused") secret.signed += 1;
        if (found === "verified") secret.verified += 1;
      }
      await letOthersGo();
    }
  }
  return { compared: compared.toReversed(), secret: sides.alone === null ? null : secret };
}

type Early = {
  readonly stored: StoredHead;
  readonly head: StoredRequestHead | null;
  readonly present: StoredVerdict | null;
  readonly changed: StoredVerdict | null;
};

const EXPIRED: StoredVerdict = { kind: "untold", why: "Its content has expired." };

function judgeEarly(stored: StoredHead, { present, changed }: Sides): Early {
  const head = toHead(stored, present.token);
  if (head === null) return { stored, head, present: EXPIRED, changed: EXPIRED };
  return { stored, head, present: judgeHead(present, head), changed: judgeHead(changed, head) };
}

async function judgeOne(
  { stored, head, present, changed }: Early,
  body: Buffer | undefined,
  sides: Sides,
): Promise<Compared> {
  if (head === null || body === undefined) return { stored, present: present ?? EXPIRED, changed: changed ?? EXPIRED };
  const now = present ?? (await judgeBody(sides.present, head, body));
  const same = sides.sameDeep && present === null ? now : null;
  return { stored, present: now, changed: changed ?? same ?? (await judgeBody(sides.changed, head, body)) };
}

function needsBody({ present, changed }: Early): boolean {
  return present === null || changed === null;
}

function* pagesOf(all: readonly Early[]): Generator<Early[]> {
  let page: Early[] = [];
  let bytes = 0;
  for (const one of all) {
    if (page.length === BODIES_PER_READ || (page.length > 0 && bytes + one.stored.keptBytes > BODY_BYTES_PER_READ)) {
      yield page;
      [page, bytes] = [[], 0];
    }
    page.push(one);
    bytes += one.stored.keptBytes;
  }
  if (page.length > 0) yield page;
}

function letOthersGo(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

import type { WorkspaceId } from "#lib/core/ids.ts";
import { MIB } from "#lib/core/units.ts";
import { findStoredBodies, type StoredHead } from "#lib/db/stored-requests.ts";
import { judgeBody, judgeHead, judgeProof } from "#lib/door/judge-request.ts";
import { giveBody, type Passing, uncertain } from "#lib/door/passing.ts";
import type { Receiver } from "#lib/door/receiver.ts";
import type { Refusal } from "#lib/door/refusals.ts";
import type { TokenBuckets } from "#lib/door/token-bucket.ts";
import type { Verdict } from "#lib/door/verdict.ts";
import { storedPorts } from "#lib/reception/door-ports.ts";
import { storedPassing } from "#lib/reception/stored-passing.ts";
import type { Compared } from "#lib/rehearsal/compare-verdicts.ts";

const BODIES_PER_READ = 25;
const BODY_BYTES_PER_READ = 8 * MIB;

/** One side of a comparison: an endpoint under some settings, with a rate bucket of its own. */
export type Side = {
  readonly receiver: Receiver;
  readonly token: string;
  readonly buckets: TokenBuckets;
  /** Whether a request whose credential was not kept counts as verified, because it was and nothing has changed. */
  readonly trusts: (stored: StoredHead) => boolean;
};

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
      const proven = sides.alone === null || body === undefined ? null : await isProven(sides.alone, one.stored, body);
      if (proven !== null) secret.signed += 1;
      if (proven === true) secret.verified += 1;
      await letOthersGo();
    }
  }
  return { compared: compared.toReversed(), secret: sides.alone === null ? null : secret };
}

/** A request on one side; `verdict` is null while it waits for its body. */
type Early = { readonly stored: StoredHead; readonly present: Judged; readonly changed: Judged };
type Judged = { readonly passing: Passing | null; readonly verdict: Verdict | null };

function judgeEarly(stored: StoredHead, sides: Sides): Early {
  return { stored, present: judgeOnSide(stored, sides.present), changed: judgeOnSide(stored, sides.changed) };
}

function judgeOnSide(stored: StoredHead, side: Side): Judged {
  const passing = passingOn(side, stored);
  return { passing, verdict: passing === null ? uncertain({ kind: "content-expired" }) : judgeHead(passing) };
}

function passingOn({ receiver, token, buckets, trusts }: Side, stored: StoredHead): Passing | null {
  const ports = storedPorts(buckets, stored.receivedAt);
  return storedPassing(receiver, stored, { token, ports, trusted: trusts(stored) });
}

async function judgeOne(
  { stored, present, changed }: Early,
  body: Buffer | undefined,
  sides: Sides,
): Promise<Compared> {
  const now = await verdictOn(present, body);
  const isSame = sides.sameDeep && present.verdict === null && changed.verdict === null;
  return { stored, present: now, changed: isSame ? now : await verdictOn(changed, body) };
}

async function verdictOn({ passing, verdict }: Judged, body: Buffer | undefined): Promise<Verdict> {
  if (verdict !== null) return verdict;
  if (passing === null || body === undefined) return uncertain({ kind: "content-expired" });
  giveBody(passing, body);
  return judgeBody(passing);
}

/** Whether a side's secrets verify a request; null when it carries nothing to verify, or nobody can say. */
async function isProven(side: Side, stored: StoredHead, body: Buffer): Promise<boolean | null> {
  const passing = passingOn(side, stored);
  if (passing === null) return null;
  giveBody(passing, body);
  const verdict = await judgeProof(passing);
  if (verdict === null) return true;
  return verdict.kind === "refused" && !UNSIGNED.includes(verdict.refusal.reason) ? false : null;
}

/** That a request carries no signature is no sign that a secret is wrong. */
const UNSIGNED: readonly Refusal["reason"][] = [
  "signature-missing",
  "credential-missing",
  "header-missing",
  "timestamp-missing",
];

function needsBody({ present, changed }: Early): boolean {
  return present.verdict === null || changed.verdict === null;
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

/** One stored request in a proof, enough to know it again and to open it. `at` is an ISO time. */
export type ProofRequest = {
  id: string;
  at: string;
  method: string;
  eventType: string | null;
  clientIp: string | null;
};

/** Requests that would have fared alike, with the newest few of them. */
export type ProofGroup = { reason: string; count: number; requests: ProofRequest[] };

/** All requests of one kind of change, grouped by reason, the most frequent first. */
export type ProofPart = { count: number; groups: ProofGroup[] };

/**
 * A path of the settings that leads nowhere in any of the `of` stored requests they take; "" is the body itself.
 * `before`: the present settings have it too.
 */
export type LostPath = { setting: "eventType" | "dedupe" | "split"; path: string; of: number; before: boolean };

/** Runs a listening flow would have got from the same requests. */
export type ProofFlow = { flowId: string; name: string; before: number; after: number };

/**
 * What changed settings would have done to an endpoint's stored requests, compared with what its present settings do to
 * the same requests. Nothing is counted that cannot be told for certain; `uncertain` says how many these are and why.
 */
export type SettingsProof = {
  /** Requests that are stored and looked at (1,000 at most), and how many of them there was time for, newest first. */
  stored: number;
  checked: number;
  /** Accepted by the present settings, refused by the changed ones. */
  refused: ProofPart;
  /** Refused by the present settings, accepted by the changed ones. */
  accepted: ProofPart;
  /** Counted as a repeat of another by the changed settings alone, and by the present ones alone. */
  merged: ProofPart;
  separated: ProofPart;
  renamed: ProofPart;
  /** They had an event type and would have none. */
  nameless: ProofPart;
  /** Split into items by the changed settings alone, and kept whole by them alone. */
  split: ProofPart;
  whole: ProofPart;
  /** Accepted with a failed check of the schema. */
  marked: ProofPart;
  uncertain: ProofPart;
  lostPaths: LostPath[];
  flows: ProofFlow[];
  /** For a secret that is about to be added: of the requests that carry a signature, how many it verifies. */
  secret: { signed: number; verified: number } | null;
};

/** Says whether saving would change what happens to requests like the stored ones. */
export function changesAnything(proof: SettingsProof): boolean {
  const { refused, accepted, merged, separated, renamed, nameless, split, whole, marked, flows } = proof;
  return (
    [refused, accepted, merged, separated, renamed, nameless, split, whole, marked].some(({ count }) => count > 0) ||
    flows.some(({ before, after }) => before !== after)
  );
}

/**
 * Says whether saving would refuse, merge, split or leave unheard what is taken, run and heard now, or look for
 * something where nothing ever stood.
 */
export function needsConsent(proof: SettingsProof): boolean {
  const { refused, merged, split, whole, nameless, flows } = proof;
  return (
    [refused, merged, split, whole, nameless].some(({ count }) => count > 0) ||
    proof.lostPaths.some(({ before }) => !before) ||
    flows.some(({ before, after }) => after < before)
  );
}

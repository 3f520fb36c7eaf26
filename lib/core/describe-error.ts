import {
  BusyError,
  ConflictError,
  EXPECTED_DIGEST,
  ExpectedError,
  type ExpectedKind,
  InvalidInputError,
} from "#lib/core/errors.ts";

/** An expected refusal as everybody shows it: pages, the API and server actions. */
export type DescribedError = {
  status: number;
  /** Stable, for programs. */
  code: string;
  /** For the person. */
  message: string;
  /** Fields that are wrong, by JSON path; empty where it is about none. */
  problems: ReadonlyArray<{ field: string; message: string }>;
};

/** Each kind's status, and its words where the error's own do not reach: a page that could not be made. */
const KINDS = {
  busy: { status: 429, words: "Too much of this is under way. Try again in a moment." },
  conflict: { status: 409, words: "Somebody changed this in the meantime. Reload the page." },
  forbidden: { status: 403, words: "Your role does not allow this. Ask an admin or owner of the workspace." },
  "foreign-page": { status: 403, words: "This request does not come from a page of Hookline. Nothing was done." },
  "invalid-input": { status: 422, words: "Something in this address does not fit. Go back and try again." },
  "not-found": { status: 404, words: "This does not exist in this workspace." },
  "not-json": { status: 400, words: "The request is not JSON." },
  sealed: { status: 500, words: "A stored secret cannot be decrypted with this server's secret key. Enter it again." },
  unavailable: { status: 503, words: "Expressions cannot be evaluated just now. Try again in a moment." },
} as const satisfies Record<ExpectedKind, { status: number; words: string }>;

/** What an expected refusal comes to for whoever asked; null for a fault of ours, whose words are nobody's business. */
export function describeError(error: unknown): DescribedError | null {
  if (!(error instanceof ExpectedError)) return null;
  const { status, words } = KINDS[error.kind];
  return {
    status,
    code: error instanceof ConflictError || error instanceof BusyError ? error.code : error.kind,
    // What an unavailable part says about itself is for the log.
    message: error.kind === "unavailable" ? words : error.message,
    problems: error instanceof InvalidInputError ? error.problems : [],
  };
}

/** The words for a page that an expected refusal kept from being made, by the error's digest; null for any other. */
export function wordsOfDigest(digest: string | undefined): string | null {
  const kind = digest?.startsWith(EXPECTED_DIGEST) === true ? digest.slice(EXPECTED_DIGEST.length) : null;
  return kind !== null && Object.hasOwn(KINDS, kind) ? KINDS[kind as ExpectedKind].words : null;
}

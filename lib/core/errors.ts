/**
 * An expected refusal: the caller's own mistake, or a state that forbids what they ask. `kind` says what of; the table
 * in describe-error.ts holds status and words for each. Everything else that is thrown is a fault of ours.
 */
export abstract class ExpectedError extends Error {
  readonly kind: ExpectedKind;
  /** Reaches the page boundary, where Next hides the message of what a page throws. */
  readonly digest: string;
  constructor(kind: ExpectedKind, message: string) {
    super(message);
    this.kind = kind;
    this.digest = `${EXPECTED_DIGEST}${kind}`;
  }
}

/** Begins the digest of an expected refusal. */
export const EXPECTED_DIGEST = "expected:";

/** What an expected refusal is about. */
export type ExpectedKind =
  | "busy"
  | "conflict"
  | "forbidden"
  | "foreign-page"
  | "invalid-input"
  | "not-found"
  | "not-json"
  | "sealed"
  | "unavailable";

/** The thing does not exist, or not for this workspace: both look the same from outside (404). */
export class NotFoundError extends ExpectedError {
  override name = "NotFoundError";
  readonly what: string;
  constructor(what: string) {
    super("not-found", `There is no such ${what}.`);
    this.what = what;
  }
}

/** The caller's own mistake in plain words (422). `field` is a JSON path such as "steps[2].input.url". */
export class InvalidInputError extends ExpectedError {
  override name = "InvalidInputError";
  readonly problems: ReadonlyArray<{ field: string; message: string }>;
  constructor(problems: ReadonlyArray<{ field: string; message: string }>) {
    super("invalid-input", problems.map((p) => (p.field ? `${p.field}: ${p.message}` : p.message)).join(" · "));
    this.problems = problems;
  }
}

/** Somebody else changed the thing in between, or its state forbids the act (409). `code` is stable, for programs. */
export class ConflictError extends ExpectedError {
  override name = "ConflictError";
  readonly code: string;
  constructor(code: string, message: string) {
    super("conflict", message);
    this.code = code;
  }
}

/** An act asked for by a page that is not ours, or by no page at all (403): another site may be using the cookie. */
export class ForeignPageError extends ExpectedError {
  override name = "ForeignPageError";
  constructor() {
    super("foreign-page", "This request does not come from a page of Hookline. Nothing was done.");
  }
}

/** A request whose body is not the JSON it should be (400). */
export class NotJsonError extends ExpectedError {
  override name = "NotJsonError";
  constructor() {
    super("not-json", "The request is not JSON.");
  }
}

/**
 * What was asked costs more than one person may use up at the moment (429); nothing was changed, and asking for less or
 * later works. `code` is stable, for programs.
 */
export class BusyError extends ExpectedError {
  override name = "BusyError";
  readonly code: string;
  constructor(code: string, message: string) {
    super("busy", message);
    this.code = code;
  }
}

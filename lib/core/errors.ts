/** The thing does not exist, or not for this workspace: both look the same from outside (404). */
export class NotFoundError extends Error {
  override name = "NotFoundError";
  readonly what: string;
  constructor(what: string) {
    super(`There is no such ${what}.`);
    this.what = what;
  }
}

/** The caller's own mistake in plain words (422). `field` is a JSON path such as "steps[2].input.url". */
export class InvalidInputError extends Error {
  override name = "InvalidInputError";
  readonly problems: ReadonlyArray<{ field: string; message: string }>;
  constructor(problems: ReadonlyArray<{ field: string; message: string }>) {
    super(problems.map((p) => (p.field ? `${p.field}: ${p.message}` : p.message)).join(" · "));
    this.problems = problems;
  }
}

/** Somebody else changed the thing in between, or its state forbids the act (409). `code` is stable, for programs. */
export class ConflictError extends Error {
  override name = "ConflictError";
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** An act asked for by a page that is not ours, or by no page at all (403): another site may be using the cookie. */
export class ForeignPageError extends Error {
  override name = "ForeignPageError";
  constructor() {
    super("This request does not come from a page of Hookline. Nothing was done.");
  }
}

/**
 * What was asked costs more than one person may use up at the moment (429); nothing was changed, and asking for less or
 * later works. `code` is stable, for programs.
 */
export class BusyError extends Error {
  override name = "BusyError";
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Something about a step's values that the call was made in spite of: an expression calculated with a number that has
 * more digits than it keeps, came to nothing in a text, or is a list or object and became JSON text.
 */
export type StepWarning = {
  kind: "lost-digits" | "blank" | "json-in-text";
  /** The field's label, or what else the expression decides. */
  field: string;
  /** The expression, shortened. It names values by their path and never holds one of the event. */
  source: string;
};

/** Most warnings that are kept of one step, so that its row stays small. */
const WARNINGS_MAX = 8;
const SOURCE_CHARS_MAX = 120;
const FIELD_CHARS_MAX = 80;

/** The warnings as they are kept with a step: each once and shortened; null when there are none. */
export function keepWarnings(found: readonly StepWarning[]): readonly StepWarning[] | null {
  if (found.length === 0) return null;
  const kept = new Map<string, StepWarning>();
  for (const { kind, field, source } of found) {
    const warning = {
      kind,
      field: shortened(field, FIELD_CHARS_MAX),
      source: shortened(source.replace(/\s+/g, " ").trim(), SOURCE_CHARS_MAX),
    };
    kept.set(JSON.stringify(warning), warning);
    if (kept.size === WARNINGS_MAX) break;
  }
  return [...kept.values()];
}

/** The warnings of a step as they were kept as JSON text by `keepWarnings`. */
export function readWarnings(json: string | null): readonly StepWarning[] | null {
  return json === null ? null : (JSON.parse(json) as StepWarning[]);
}

/** What a warning says to a person, with the expression between backticks. */
export function describeWarning({ kind, field, source }: StepWarning): string {
  const place = `${field}: \`${source}\``;
  switch (kind) {
    case "lost-digits":
      return `${place} calculated with a number of more digits than it could keep, so digits were lost.`;
    case "blank":
      return `${place} was blank.`;
    case "json-in-text":
      return `${place} is a list or object and became JSON text.`;
  }
}

function shortened(text: string, charsMax: number): string {
  const whole = text.toWellFormed().replaceAll("\0", "\ufffd");
  return whole.length > charsMax ? `${whole.slice(0, charsMax - 1).toWellFormed()}…` : whole;
}

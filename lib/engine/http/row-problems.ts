import { charsetOf } from "#lib/core/content-type.ts";
import { charsetEncoder } from "#lib/core/encode-charset.ts";
import type { ActionProblem } from "#lib/engine/action.ts";
import { headerProblem } from "#lib/engine/request-header.ts";

type Row = { name: string; value: string };
type Path = readonly (string | number)[];
/** A text as it will be sent whatever the event; null when it has expressions in it. */
type WrittenText = (text: string) => string | null;

/**
 * What is wrong with header rows whatever the event: a name or value that cannot be sent, one header twice, or one that
 * the connection (`taken`) gives. `problemOf` judges a name with its value.
 */
export function headerRowProblems(
  rows: readonly Row[],
  writtenText: WrittenText,
  problemOf: (name: string, value: string) => string | null,
  taken: string | null,
): ActionProblem[] {
  const seen = new Set<string>();
  return rows.flatMap((row, index) => {
    const name = writtenText(row.name);
    if (name === null || name === "") return [];
    const problem = (message: string, field: "name" | "value" = "name"): ActionProblem[] => [
      { path: ["headers", index, field], code: "header-not-allowed", message },
    ];
    const value = writtenText(row.value);
    // An address stands in for a value that only an event gives.
    const byName = problemOf(name, "https://value.example/");
    if (byName !== null) return problem(byName);
    const byValue = value === null || value === "" ? null : problemOf(name, value);
    if (byValue !== null) return problem(byValue, "value");
    const key = name.toLowerCase();
    if (seen.has(key)) return problem(`The header ${name} is given twice.`);
    seen.add(key);
    if (key === taken?.toLowerCase()) return problem(`The header ${name} comes from the connection: remove it here.`);
    return [];
  });
}

/** Rows with a value and no name: they are left out, which nobody wants who wrote the value. */
export function namelessRowProblems(rows: readonly Row[], path: Path): ActionProblem[] {
  return rows.flatMap(({ name, value }, index) =>
    name.trim() === "" && value.trim() !== ""
      ? [
          {
            path: [...path, index, "name"],
            code: "no-name",
            message: "A row has a value and no name: it is not sent.",
            severity: "warning" as const,
          },
        ]
      : [],
  );
}

/** What is wrong with a content type whatever the event. */
export function contentTypeProblem(contentType: string, path: Path, writtenText: WrittenText): ActionProblem[] {
  const written = writtenText(contentType);
  if (written === null) return [];
  const charset = charsetOf(written);
  const message =
    charset !== null && charsetEncoder(charset) === null
      ? `Hookline cannot write the character set ${charset.slice(0, 40)}: use utf-8.`
      : headerProblem("Content-Type", written);
  return message === null ? [] : [{ path, code: "header-not-allowed", message }];
}

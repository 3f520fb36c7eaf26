import type { Segment } from "./parse-template.ts";

/** What is wrong with how a URL with values in it begins, whatever the values; null = nothing. */
export function urlStartProblem(segments: readonly Segment[]): string | null {
  const [first] = segments;
  const start = first?.kind === "text" ? first.text.trimStart() : "";
  if (start === "" || /^https?:\/\//i.test(start)) return null;
  return "A URL begins with http:// or https://, or with a value that does.";
}

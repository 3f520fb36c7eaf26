import type { BodyProblem } from "#lib/sandbox/parse-body.ts";
import type { BodyProblemView } from "#lib/views/body-views.ts";

const SHOWN_NUMBER_CHARACTERS_MAX = 60;

/**
 * A problem of a body in one sentence, and for a number that lost digits the expression that gives it as it was
 * written.
 */
export function describeBodyProblem(problem: BodyProblem): BodyProblemView {
  switch (problem.kind) {
    case "parse-error":
      return plain(problem.message);
    case "lossy-number": {
      const place = problem.path === "" ? "The number" : problem.path;
      const text = shortened(problem.text);
      return {
        sentence: `${place} is ${text}, which loses digits as a number.`,
        exact: { path: problem.path, text, expression: exactPath(problem.path) },
      };
    }
    case "duplicate-key":
      return plain(`${problem.path} is there more than once; the last one counts.`);
    case "too-deep":
      return plain(`It is nested deeper than ${problem.depthMax} levels, so it is shown as text.`);
    case "too-many-keys":
      return plain(`It has more than ${problem.keysMax.toLocaleString("en")} keys, so it is shown as text.`);
    case "dropped":
      return plain(`Left out of the view: ${problem.what}.`);
    case "lossy-text":
      return plain(`Some bytes are not ${problem.charset} text and are shown as \ufffd.`);
    case "unsupported-charset":
      return plain(`The charset "${problem.charset}" is not known; the text was read as UTF-8.`);
    case "unfolds-too-far":
      return plain(
        `This ${problem.coding} body would unfold beyond ${problem.bytesMax.toLocaleString("en")} bytes, so it was not unfolded. Its bytes are kept as sent.`,
      );
    case "undecodable":
      return plain(`It says it is ${problem.coding}, but does not unfold: ${problem.message}.`);
  }
}

/** A path whose every key can be written in an expression; a key that holds a backtick cannot. */
const WRITABLE = /^(?:(?:^|\.)(?:[A-Za-z_]\w*|`[^`…]+`)|\[\d+\])*$/;

function exactPath(path: string): string | null {
  if (!WRITABLE.test(path)) return null;
  return path === "" || path.startsWith("[") ? `trigger.exact${path}` : `trigger.exact.${path}`;
}

function plain(sentence: string): BodyProblemView {
  return { sentence, exact: null };
}

function shortened(text: string): string {
  return text.length <= SHOWN_NUMBER_CHARACTERS_MAX ? text : `${text.slice(0, SHOWN_NUMBER_CHARACTERS_MAX)}…`;
}

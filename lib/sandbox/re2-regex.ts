import { LRUCache } from "lru-cache";
import { type Matcher, RE2JS, RE2JSSyntaxException } from "re2js";

const compiled = new LRUCache<string, RE2JS>({ max: 200 });

/** Why a regular expression cannot be used; the message is for the person who wrote it. */
export class UnsupportedRegex extends Error {
  readonly code = "regex-unsupported";
}

/**
 * The regular-expression engine handed to JSONata: same contract as `RegExp` with the g flag (lastIndex, exec),
 * but RE2, so every search takes time linear in the text. Lookaround and back-references do not exist in it.
 */
export class Re2Regex {
  lastIndex = 0;
  private readonly pattern: RE2JS;
  private matcher: Matcher | null = null;
  private matcherText: string | null = null;

  constructor(regex: RegExp) {
    this.pattern = compileRegex(regex);
  }

  exec(text: string): RegExpExecArray | null {
    const matcher = this.matcherFor(text);
    if (this.lastIndex > text.length || !matcher.find(this.lastIndex)) {
      this.lastIndex = 0;
      return null;
    }
    const groups: (string | undefined)[] = [];
    for (let group = 0; group <= matcher.groupCount(); group++) groups.push(matcher.group(group) ?? undefined);
    this.lastIndex = matcher.end();
    return Object.assign(groups, { index: matcher.start(), input: text }) as RegExpExecArray;
  }

  private matcherFor(text: string): Matcher {
    if (this.matcher !== null && this.matcherText === text) return this.matcher;
    this.matcherText = text;
    this.matcher = this.pattern.matcher(text);
    return this.matcher;
  }
}

/** Compiles a JavaScript regular expression to RE2, or throws `UnsupportedRegex` saying what RE2 lacks. */
export function compileRegex(regex: RegExp): RE2JS {
  const key = `${regex.flags}/${regex.source}`;
  const known = compiled.get(key);
  if (known !== undefined) return known;
  refuseWhatRe2Lacks(regex.source);
  let pattern: RE2JS;
  try {
    const widened = new RegExp(widenClasses(regex.source), regex.flags.replace(/[^im]/g, ""));
    pattern = RE2JS.compile(RE2JS.translateRegExp(widened));
  } catch (cause) {
    if (!(cause instanceof RE2JSSyntaxException) && !(cause instanceof SyntaxError)) throw cause;
    const reason = cause.message.replace(/^error parsing regexp: /, "").replace(/^Invalid regular expression: /, "");
    throw new UnsupportedRegex(`This regular expression cannot be used: ${reason.slice(0, 200)}`);
  }
  compiled.set(key, pattern);
  return pattern;
}

function refuseWhatRe2Lacks(source: string): void {
  const bare = source.replace(/\\\\/g, "");
  if (/\(\?<?[=!]/.test(bare)) {
    throw new UnsupportedRegex(
      "Lookahead and lookbehind, (?= (?! (?<= (?<!, are not available: they can take forever on some texts.",
    );
  }
  if (/\\[1-9]/.test(bare) || (/\\k</.test(bare) && /\(\?<[A-Za-z_]/.test(bare))) {
    throw new UnsupportedRegex(
      "Back-references, \\1 or \\k<name>, are not available: they can take forever on some texts.",
    );
  }
}

const spaceMembers = "\\t\\n\\v\\f\\r \\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff";

/**
 * Writes out `\s`, `\S`, `.` and `[\b]` as JavaScript means them; RE2's own are ASCII-only, include CR, or are missing.
 */
function widenClasses(source: string): string {
  let out = "";
  let inClass = false;
  for (let at = 0; at < source.length; at++) {
    const char = source.charAt(at);
    if (char === "\\") {
      const escaped = source.charAt(at + 1);
      at++;
      if (escaped === "s") out += inClass ? spaceMembers : `[${spaceMembers}]`;
      else if (escaped === "S" && !inClass) out += `[^${spaceMembers}]`;
      else if (escaped === "b" && inClass) out += "\\x08";
      else out += char + escaped;
    } else if (inClass) {
      if (char === "]") inClass = false;
      out += char;
    } else if (char === "[") {
      inClass = true;
      out += char;
    } else {
      out += char === "." ? "[^\\n\\r\\u2028\\u2029]" : char;
    }
  }
  return out;
}

import type { BodyNote } from "#lib/bodies/body-notes.ts";
import { losesDigits } from "#lib/core/loses-digits.ts";
import { quoteKey } from "#lib/core/quote-key.ts";

type Finding = Extract<BodyNote, { kind: "lossy-number" | "duplicate-key" }>;
type Limits = { depthMax: number; keysMax: number; findingsMax: number };

/** What one pass over JSON text found out. It does not validate: JSON.parse does. */
export type JsonScan =
  | { kind: "too-deep" }
  | { kind: "too-many-keys" }
  /** `overflows`: a number is beyond what a double can hold. */
  | { kind: "scanned"; findings: Finding[]; overflows: boolean };

type Level = { list: boolean; index: number; key: string; seen: Set<string> | null };

/** Keys of one object that are compared with later ones. */
const seenMax = 50_000;
const quote = 0x22;
const backslash = 0x5c;

/** Walks JSON text once, without recursion, counting depth and keys and looking at every number and key. */
export function scanJson(text: string, limits: Limits): JsonScan {
  const levels: Level[] = [];
  const findings: Finding[] = [];
  let keys = 0;
  let overflows = false;
  let at = 0;

  const pathHere = () =>
    levels
      .map((level) => (level.list ? `[${level.index}]` : dotted(level.key)))
      .join("")
      .replace(/^\./, "");
  const report = (finding: Finding) => {
    if (findings.length < limits.findingsMax) findings.push(finding);
  };

  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      const end = endOfString(text, at);
      const level = levels.at(-1);
      if (level !== undefined && !level.list && isKey(text, end)) {
        if (++keys > limits.keysMax) return { kind: "too-many-keys" };
        level.key = readKey(text, at, end);
        level.seen ??= new Set();
        if (level.seen.has(level.key)) report({ kind: "duplicate-key", path: pathHere() });
        else if (level.seen.size < seenMax) level.seen.add(level.key);
      }
      at = end;
    } else if (code === 0x7b || code === 0x5b) {
      if (levels.length >= limits.depthMax) return { kind: "too-deep" };
      levels.push({ list: code === 0x5b, index: 0, key: "", seen: null });
      at++;
    } else if (code === 0x7d || code === 0x5d) {
      levels.pop();
      at++;
    } else if (code === 0x2c) {
      const level = levels.at(-1);
      if (level?.list === true) level.index++;
      at++;
    } else if (code === 0x2d || (code >= 0x30 && code <= 0x39)) {
      const end = endOfNumber(text, at);
      // Up to fifteen digits and nothing else always survive: the common case costs nothing.
      if (end - at > 15 || !onlyDigits(text, at, end)) {
        const written = text.slice(at, end);
        if (!Number.isFinite(Number(written))) overflows = true;
        if (losesDigits(written)) report({ kind: "lossy-number", path: pathHere(), text: written.slice(0, 400) });
      }
      at = end;
    } else {
      at++;
    }
  }
  return { kind: "scanned", findings, overflows };
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === backslash) at++;
    else if (code === quote) return at + 1;
  }
  return text.length;
}

function isKey(text: string, end: number): boolean {
  let at = end;
  while (at < text.length && text.charCodeAt(at) <= 0x20) at++;
  return text.charCodeAt(at) === 0x3a;
}

function readKey(text: string, start: number, end: number): string {
  const raw = text.slice(start + 1, end - 1);
  if (!raw.includes("\\")) return raw;
  try {
    return String(JSON.parse(text.slice(start, end)));
  } catch {
    return raw;
  }
}

function endOfNumber(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    const numeric =
      (code >= 0x30 && code <= 0x39) ||
      code === 0x2e ||
      code === 0x65 ||
      code === 0x45 ||
      code === 0x2b ||
      code === 0x2d;
    if (!numeric) break;
    at++;
  }
  return at;
}

function onlyDigits(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x30 || code > 0x39) return false;
  }
  return true;
}

function dotted(key: string): string {
  return `.${key.length > 100 ? `\`${key.slice(0, 100)}…\`` : (quoteKey(key) ?? `\`${key}\``)}`;
}

/** Control characters, bidi and zero-width characters, and halves of surrogate pairs that stand alone. */
const HIDDEN = new RegExp(
  [
    "[\\u0000-\\u001f\\u007f]",
    "[\\u200b-\\u200f\\u202a-\\u202e\\u2066-\\u2069\\ufeff]",
    "[\\ud800-\\udbff](?![\\udc00-\\udfff])",
    "(?<![\\ud800-\\udbff])[\\udc00-\\udfff]",
  ].join("|"),
  "g",
);

/** Text with control and bidi characters drawn as signs (␀, U+202E), so that nothing in it can hide or reorder. */
export function visibleText(text: string): string {
  return text.replace(HIDDEN, (sign) => {
    const code = sign.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    if (code === 0x7f) return "␡";
    return `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
  });
}

/** A number or text that is a moment, in words ("14 Nov 2023, 22:13 UTC"); null for everything else. */
export function momentHint(value: unknown): string | null {
  let ms: number | null = null;
  if (typeof value === "number" && Number.isInteger(value)) {
    if (value >= 1_000_000_000 && value < 4_102_444_800) ms = value * 1_000;
    else if (value >= 1_000_000_000_000 && value < 4_102_444_800_000) ms = value;
  } else if (typeof value === "string" && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(value)) ms = Date.parse(value);
  if (ms === null || Number.isNaN(ms)) return null;
  const text = new Date(ms).toLocaleString("en-GB", {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZone: "UTC",
  });
  return `${text} UTC`;
}

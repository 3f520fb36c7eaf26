/** Whether a number as written differs from what a double keeps of it. */
export function losesDigits(written: string): boolean {
  const value = Number(written);
  if (!Number.isFinite(value) || Object.is(value, -0)) return true;
  return canonical(written) !== canonical(String(value));
}

/**
 * Sign, digits without leading or trailing zeros, and the power of ten they stand at: equal texts are equal numbers.
 */
function canonical(written: string): string {
  const match = /^(-?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(written);
  if (match === null) return written;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match;
  const digits = (whole + fraction).replace(/^0+/, "");
  if (digits === "") return "0";
  const significant = digits.replace(/0+$/, "");
  const power = BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - significant.length);
  return `${sign}${significant}e${power}`;
}

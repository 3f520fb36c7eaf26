/**
 * Whether two samples come from one distribution: the chance of a difference this large, and which sample has the
 * larger values.
 */
export type RankTest = { readonly p: number; readonly larger: "a" | "b" };

/**
 * The Mann–Whitney U test, two-sided, by the normal approximation with correction for ties: right for samples of more
 * than 20 values each, and untouched by outliers, because only ranks count.
 */
export function mannWhitney(a: Float64Array, b: Float64Array): RankTest {
  const all = [
    ...Array.from(a, (value) => ({ value, isA: true })),
    ...Array.from(b, (value) => ({ value, isA: false })),
  ];
  all.sort((x, y) => x.value - y.value);
  let rankSumA = 0;
  let ties = 0;
  for (let from = 0; from < all.length; ) {
    let to = from;
    while (to < all.length && all[to]?.value === all[from]?.value) to += 1;
    const rank = (from + 1 + to) / 2;
    for (let at = from; at < to; at += 1) if (all[at]?.isA) rankSumA += rank;
    const tied = to - from;
    ties += tied ** 3 - tied;
    from = to;
  }
  const [n, m] = [a.length, b.length];
  const u = rankSumA - (n * (n + 1)) / 2;
  const spread = Math.sqrt(((n * m) / 12) * (n + m + 1 - ties / ((n + m) * (n + m - 1))));
  const z = spread === 0 ? 0 : (u - (n * m) / 2) / spread;
  return { p: 2 * upperTail(Math.abs(z)), larger: z > 0 ? "a" : "b" };
}

/** The chance of a standard normal value above `z` (Abramowitz and Stegun 26.2.17; off by less than 7.5e-8). */
function upperTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return Math.max(0, (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series);
}

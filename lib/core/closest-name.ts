/**
 * The name among `known` that `name` is most likely a misspelling of, or null when none is near. Case does not count.
 */
export function closestName(name: string, known: readonly string[]): string | null {
  const wanted = name.toLowerCase();
  let best: { name: string; steps: number } | null = null;
  for (const one of known) {
    const steps = editSteps(wanted, one.toLowerCase());
    const allowed = Math.min(one.length, name.length) <= 4 ? 1 : 2;
    if (steps <= allowed && (best === null || steps < best.steps)) best = { name: one, steps };
  }
  return best?.name ?? null;
}

/**
 * How many letters to add, drop, change or swap with their neighbour to get from one text to the other; 3 = more than
 * 2.
 */
function editSteps(from: string, to: string): number {
  if (Math.abs(from.length - to.length) > 2 || from.length > 100) return 3;
  const rows: number[][] = [Array.from({ length: to.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number) => rows[row]?.[column] ?? 3;
  for (let row = 1; row <= from.length; row += 1) {
    const line = [row];
    rows.push(line);
    for (let column = 1; column <= to.length; column += 1) {
      const changed = from[row - 1] === to[column - 1] ? 0 : 1;
      let steps = Math.min(at(row - 1, column) + 1, (line[column - 1] ?? 3) + 1, at(row - 1, column - 1) + changed);
      if (row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1])
        steps = Math.min(steps, at(row - 2, column - 2) + 1);
      line.push(steps);
    }
  }
  return Math.min(at(from.length, to.length), 3);
}

import { pool } from "#lib/db/pool.ts";

/** One count of attempts and how many of them a minute may hold. */
export type AttemptCount = { key: string; max: number };

/**
 * Counts one attempt in each of these, in order, up to the first that is full; returns the milliseconds until that one
 * has room again, 0 when none is full. The last one is left out while `spared` names a row that has not ended. One
 * statement: attempts at the same moment, in whatever processes, each see the others' counts. Counts must be given in
 * the same order of kinds by everybody, or two statements could wait for each other.
 */
export async function countAttempt(counts: readonly AttemptCount[], spared: string | null = null): Promise<number> {
  const steps = counts.map((_, at) => {
    const isLast = at === counts.length - 1;
    const conditions = [
      at === 0 ? null : `EXISTS (SELECT FROM count_${at - 1} WHERE attempts <= ${maxOf(at - 1)})`,
      isLast && spared !== null
        ? `NOT EXISTS (SELECT FROM sign_in_count WHERE key = $${2 * counts.length + 1} AND ends_at > now())`
        : null,
    ].filter((condition) => condition !== null);
    return `count_${at} AS (
      INSERT INTO sign_in_count AS kept (key, attempts, ends_at)
      SELECT $${2 * at + 1}::text, 1, now() + interval '1 minute'
      ${conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`}
      ON CONFLICT (key) DO UPDATE SET
        attempts = CASE WHEN kept.ends_at > now() THEN kept.attempts + 1 ELSE 1 END,
        ends_at = CASE WHEN kept.ends_at > now() THEN kept.ends_at ELSE EXCLUDED.ends_at END
      RETURNING attempts, ends_at
    )`;
  });
  const full = counts
    .map((_, at) => `SELECT ends_at FROM count_${at} WHERE attempts > ${maxOf(at)}`)
    .join(" UNION ALL ");
  const { rows } = await pool().query<{ ms: number | null }>(
    `WITH ${steps.join(", ")}
     SELECT greatest(1, ceil(extract(epoch FROM max(ends_at) - now()) * 1000))::int AS ms
     FROM (${full}) AS full_ones HAVING count(*) > 0`,
    [...counts.flatMap(({ key, max }) => [key, max]), ...(spared === null ? [] : [spared])],
  );
  return rows[0]?.ms ?? 0;
}

const maxOf = (at: number): string => `$${2 * at + 2}::int`;

/** Ends one count and marks another row as standing for so many days. */
export async function replaceCount(ended: string, standing: string, days: number): Promise<void> {
  await pool().query(
    `WITH gone AS (DELETE FROM sign_in_count WHERE key = $1)
     INSERT INTO sign_in_count (key, attempts, ends_at) VALUES ($2, 0, now() + make_interval(days => $3))
     ON CONFLICT (key) DO UPDATE SET ends_at = EXCLUDED.ends_at`,
    [ended, standing, days],
  );
}

/** Deletes what has ended; returns how many rows that were. */
export async function deleteEndedCounts(): Promise<number> {
  return (await pool().query("DELETE FROM sign_in_count WHERE ends_at <= now()")).rowCount ?? 0;
}

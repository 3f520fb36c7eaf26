/** What a reading brought: a value, that there is no such thing (any more), or no answer to go by. */
export type Reading<Value> = { kind: "found"; value: Value } | { kind: "gone" } | { kind: "unanswered" };

const ANSWER_MS_MAX = 20_000;

/** Reads JSON of this server, for at most 20 s or until `signal` gives it up; never throws. */
export async function readJson<Value>(url: string, signal?: AbortSignal): Promise<Reading<Value>> {
  const deadline = AbortSignal.timeout(ANSWER_MS_MAX);
  try {
    const answer = await fetch(url, {
      cache: "no-store",
      signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
    });
    if (answer.status === 404) return { kind: "gone" };
    return answer.ok ? { kind: "found", value: (await answer.json()) as Value } : { kind: "unanswered" };
  } catch {
    return { kind: "unanswered" };
  }
}

import type { ListQuestion } from "#bench/support/list-questions.ts";

/** What one question took, in ms. */
export type ListTimes = { name: string; p50Ms: number; p95Ms: number };

/** Asks each question in turn so often, after once to warm up; gives the times in the order of the questions. */
export async function measureLists(questions: readonly ListQuestion[], rounds: number): Promise<ListTimes[]> {
  const times: ListTimes[] = [];
  for (const { name, ask } of questions) {
    await ask();
    const tooks: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const began = performance.now();
      await ask();
      tooks.push(performance.now() - began);
    }
    tooks.sort((a, b) => a - b);
    const at = (share: number) => tooks[Math.ceil(share * tooks.length) - 1] ?? Number.NaN;
    times.push({ name, p50Ms: at(0.5), p95Ms: at(0.95) });
  }
  return times;
}

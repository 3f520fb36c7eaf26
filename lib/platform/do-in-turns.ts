import { setTimeout as pause } from "node:timers/promises";

/** Between two steps of one thing: other workspaces and the people come in between, and it can be stopped. */
const BETWEEN_STEPS_MS = 100;

/**
 * Takes long work of many to its end, one step of each in turn. `list` says what is under way and is asked again for
 * every turn; `step` does the next part of one and says whether this process can go on with it. One that fails is left
 * to a later call and keeps no other back; the first failure is thrown at the end.
 */
export async function doInTurns(list: () => Promise<string[]>, step: (id: string) => Promise<boolean>): Promise<void> {
  const failures = new Map<string, unknown>();
  for (let goesOn = true; goesOn; ) {
    const ids = (await list()).filter((id) => !failures.has(id));
    const outcomes = await Promise.allSettled(ids.map((id) => step(id)));
    outcomes.forEach((outcome, at) => {
      if (outcome.status === "rejected") failures.set(ids[at] ?? "", outcome.reason);
    });
    goesOn = outcomes.some((outcome) => outcome.status === "fulfilled" && outcome.value);
    if (goesOn) await pause(BETWEEN_STEPS_MS);
  }
  for (const failure of failures.values()) throw failure;
}

/** SHA-256 of a text as lower-case hex; comes in as a port because this layer is pure. */
export type Hash = (text: string) => string;

/**
 * The key sent with every try of one step at one place: the same on each retry and resume, another for each loop item
 * and each replay (unless the replay keeps the first run's keys: then `originRunId` is the first run's id).
 */
export function idempotencyKey(hash: Hash, originRunId: string, stepPath: string): string {
  return hash(`${originRunId}\n${stepPath}`);
}

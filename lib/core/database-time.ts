/**
 * What is known of the database's clock: its Unix milliseconds when this process's monotonic clock stood at 0, what
 * that said of the machine's own clock then, and when (monotonic) it was measured.
 */
type Measured = { originMs: number; machineOriginMs: number; atMs: number };

/**
 * A machine's clock that moves this far against the monotonic one was set, or the machine slept: neither is to be
 * trusted.
 */
const JUMP_MS_MAX = 1_000;

/** Every part of a process reads one value: Next loads a module up to four times. */
const KEY = Symbol.for("hookline.database-time");
const store = globalThis as { [key: symbol]: Measured | undefined };

/**
 * Now by the database's clock, on which ids, partitions, windows and due times depend. It goes on with the process's
 * monotonic clock from the last measurement, whatever the machine's clock is set to; before the first, it is that
 * clock.
 */
export function databaseNow(): Date {
  const measured = store[KEY];
  return measured === undefined ? new Date() : new Date(Math.floor(measured.originMs + performance.now()));
}

/**
 * Notes that the database's clock said `databaseMs` at some moment between two of `performance.now()`: asked and
 * answered. What is known already moves only as far as that proves it wrong: a busy machine answers late, and time that
 * goes back a little would put later ids before earlier ones.
 */
export function setDatabaseTime(databaseMs: number, askedMs: number, answeredMs: number): void {
  const [earliest, latest] = [databaseMs - answeredMs, databaseMs - askedMs];
  const known = isDatabaseTimeKnown() ? store[KEY]?.originMs : undefined;
  const originMs = Math.min(Math.max(known ?? (earliest + latest) / 2, earliest), latest);
  store[KEY] = { originMs, machineOriginMs: machineOriginMs(), atMs: answeredMs };
}

/** Has the time measured again soon: a new connection may lead to another server. */
export function doubtDatabaseTime(): void {
  const measured = store[KEY];
  if (measured !== undefined) store[KEY] = { ...measured, atMs: Number.NEGATIVE_INFINITY };
}

/** Whether the time was measured, and the machine neither slept nor had its clock set since. */
export function isDatabaseTimeKnown(): boolean {
  const measured = store[KEY];
  return measured !== undefined && Math.abs(machineOriginMs() - measured.machineOriginMs) <= JUMP_MS_MAX;
}

/** Whether it was measured in the last `ageMsMax`, and nothing gave reason to doubt it since. */
export function isDatabaseTimeFresh(ageMsMax: number): boolean {
  const measured = store[KEY];
  return measured !== undefined && performance.now() - measured.atMs <= ageMsMax && isDatabaseTimeKnown();
}

function machineOriginMs(): number {
  return Date.now() - performance.now();
}

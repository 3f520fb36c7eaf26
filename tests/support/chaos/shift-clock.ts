/**
 * Loaded before a process's own code: its machine's clock is wrong by CLOCK_SHIFT_DAYS days from the start, and by as
 * many in the other direction after SIGUSR2, as after a sleep.
 */
const DAY_MS = 86_400_000;
let shiftMs = Number(process.env["CLOCK_SHIFT_DAYS"]) * DAY_MS;
process.on("SIGUSR2", () => (shiftMs = -shiftMs));

const TrueDate = Date;
globalThis.Date = new Proxy(TrueDate, {
  construct: (target, given: [], made) =>
    Reflect.construct(target, given.length === 0 ? [TrueDate.now() + shiftMs] : given, made) as Date,
  apply: () => new TrueDate(TrueDate.now() + shiftMs).toString(),
  get: (target, name) => (name === "now" ? () => TrueDate.now() + shiftMs : (Reflect.get(target, name) as unknown)),
});

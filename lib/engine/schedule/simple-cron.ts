/** A schedule as people choose it; `day` "L" is the last day of the month, `time` is HH:MM. */
export type SimpleCron =
  | { kind: "minutes"; every: number }
  | { kind: "daily"; time: string }
  | { kind: "weekdays"; time: string }
  | { kind: "monthly"; day: string; time: string }
  | { kind: "cron" };

/** Numbers of minutes that an hour is a multiple of: others would begin anew each hour. */
export const MINUTES = [1, 2, 3, 5, 10, 15, 20, 30] as const;

/** The simple choice that a cron expression is, or "cron" for any other. */
export function readSimple(cron: string): SimpleCron {
  const [minute = "", hour = "", day = "", month = "", weekday = "", ...more] = cron.trim().split(/\s+/);
  const rest = `${day} ${month} ${weekday}`;
  const every = minute === "*" ? 1 : Number(/^\*\/(\d{1,2})$/.exec(minute)?.[1]);
  if (more.length > 0) return { kind: "cron" };
  if (hour === "*" && rest === "* * *" && (MINUTES as readonly number[]).includes(every))
    return { kind: "minutes", every };
  if (!/^\d{1,2}$/.test(minute) || !/^\d{1,2}$/.test(hour) || month !== "*") return { kind: "cron" };
  const time = `${hour.padStart(2, "0")}:${minute.padStart(2, "0")}`;
  if (rest === "* * *") return { kind: "daily", time };
  if (rest === "* * 1-5") return { kind: "weekdays", time };
  return weekday === "*" && /^(?:\d{1,2}|L)$/.test(day) ? { kind: "monthly", day, time } : { kind: "cron" };
}

/** The cron expression of a simple choice; `cron` is what stands where it is none. */
export function writeSimple(simple: SimpleCron, cron: string): string {
  if (simple.kind === "cron") return cron;
  if (simple.kind === "minutes") return simple.every === 1 ? "* * * * *" : `*/${simple.every} * * * *`;
  const [hour, minute] = simple.time.split(":").map(Number);
  const at = `${minute ?? 0} ${hour ?? 0}`;
  if (simple.kind === "monthly") return `${at} ${simple.day} * *`;
  return simple.kind === "daily" ? `${at} * * *` : `${at} * * 1-5`;
}

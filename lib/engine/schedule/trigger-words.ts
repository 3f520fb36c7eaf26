import type { FlowDefinition } from "#lib/engine/flow-definition.ts";

const DAYS = ["Sundays", "Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays"];

/** How a flow without an endpoint starts, in a few words. */
export function triggerWords({ schedule }: Pick<FlowDefinition["trigger"], "schedule">): string {
  if (schedule === undefined) return "only by hand";
  return `${cronWords(schedule.cron)} (${schedule.zone})`;
}

function cronWords(cron: string): string {
  const fields = cron.trim().split(/\s+/);
  const [minute = "", hour = "", day = "", month = "", weekday = ""] = fields;
  const time =
    /^\d{1,2}$/.test(minute) && /^\d{1,2}$/.test(hour) ? `${hour.padStart(2, "0")}:${minute.padStart(2, "0")}` : null;
  const rest = [day, month, weekday].join(" ");
  const every = /^\*\/(\d+)$/.exec(minute)?.[1];
  if (fields.length !== 5) return cron;
  if (every !== undefined && hour === "*" && rest === "* * *") return `every ${every} minutes`;
  if (time === null || month !== "*") return cron;
  if (rest === "* * *") return `daily at ${time}`;
  if (rest === "* * 1-5") return `weekdays at ${time}`;
  if (day === "*" && /^[0-6]$/.test(weekday)) return `${DAYS[Number(weekday)]} at ${time}`;
  if (weekday === "*" && /^\d{1,2}$/.test(day)) return `monthly on day ${day} at ${time}`;
  return cron;
}

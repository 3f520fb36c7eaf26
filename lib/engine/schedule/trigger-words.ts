import type { FlowDefinition } from "#lib/engine/flow-definition.ts";
import { readSimple } from "#lib/engine/schedule/simple-cron.ts";

/** How a flow without an endpoint starts, in a few words. */
export function triggerWords({ schedule }: Pick<FlowDefinition["trigger"], "schedule">): string {
  return schedule === undefined ? "only by hand" : `${cronWords(schedule.cron)} (${schedule.zone})`;
}

function cronWords(cron: string): string {
  const simple = readSimple(cron);
  switch (simple.kind) {
    case "minutes":
      return simple.every === 1 ? "every minute" : `every ${simple.every} minutes`;
    case "daily":
      return `daily at ${simple.time}`;
    case "weekdays":
      return `weekdays at ${simple.time}`;
    case "monthly":
      return `monthly on ${simple.day === "L" ? "the last day" : `day ${simple.day}`} at ${simple.time}`;
    case "cron":
      return cron;
  }
}

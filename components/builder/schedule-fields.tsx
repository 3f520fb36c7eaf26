"use client";
import { useEffect, useState } from "react";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { RadioList } from "#components/ui/radio-list.tsx";
import { Select } from "#components/ui/select.tsx";
import type { FlowDefinition } from "#lib/engine/flow-definition.ts";
import { problemSentence } from "#lib/engine/problem-sentences.ts";
import { nextTimes, timingProblem } from "#lib/engine/schedule/next-time.ts";
import { MINUTES, readSimple, type SimpleCron, writeSimple } from "#lib/engine/schedule/simple-cron.ts";

type Schedule = NonNullable<FlowDefinition["trigger"]["schedule"]>;
type ScheduleFieldsProps = { schedule: Schedule; disabled: boolean; onChange: (schedule: Schedule) => void };

const KINDS: { value: SimpleCron["kind"]; label: string }[] = [
  { value: "minutes", label: "Every few minutes" },
  { value: "daily", label: "Daily" },
  { value: "weekdays", label: "Monday to Friday" },
  { value: "monthly", label: "Monthly" },
  { value: "cron", label: "Cron expression" },
];
const MONTH_DAYS = ["L", ...Array.from({ length: 28 }, (_, day) => String(day + 1))];

/** When the flow starts by itself: a simple choice or cron, the time zone, what was missed, and the next five times. */
export function ScheduleFields({ schedule, disabled, onChange }: ScheduleFieldsProps) {
  const read = readSimple(schedule.cron);
  const [asCron, setAsCron] = useState(read.kind === "cron");
  const simple: SimpleCron = asCron ? { kind: "cron" } : read;
  const write = (next: SimpleCron) => onChange({ ...schedule, cron: writeSimple(next, schedule.cron) });
  const chooseKind = (kind: SimpleCron["kind"]) => {
    setAsCron(kind === "cron");
    const time = "time" in read ? read.time : "09:00";
    if (kind === "minutes") write({ kind, every: 15 });
    else if (kind === "monthly") write({ kind, day: "1", time });
    else if (kind !== "cron") write({ kind, time });
  };
  return (
    <>
      <Field label="How often">
        <Select options={KINDS} value={simple.kind} disabled={disabled} onValueChange={chooseKind} />
      </Field>
      {simple.kind === "minutes" ? (
        <Field label="Minutes between">
          <Select
            options={MINUTES.map((every) => ({ value: String(every), label: String(every) }))}
            value={String(simple.every)}
            disabled={disabled}
            onValueChange={(every) => write({ kind: "minutes", every: Number(every) })}
          />
        </Field>
      ) : null}
      {simple.kind === "monthly" ? (
        <Field label="Day of the month">
          <Select
            options={MONTH_DAYS.map((day) => ({ value: day, label: day === "L" ? "the last day" : day }))}
            value={simple.day}
            disabled={disabled}
            onValueChange={(day) => write({ ...simple, day })}
          />
        </Field>
      ) : null}
      {"time" in simple ? (
        <Field label="Time">
          <Input
            type="time"
            value={simple.time}
            disabled={disabled}
            onValueChange={(time) => (time === "" ? undefined : write({ ...simple, time }))}
          />
        </Field>
      ) : null}
      {simple.kind === "cron" ? (
        <Field label="Cron expression" help="Minute, hour, day of the month, month, day of the week: 0 9 * * 1-5.">
          <Input
            mono
            value={schedule.cron}
            maxLength={200}
            disabled={disabled}
            onValueChange={(cron) => onChange({ ...schedule, cron })}
          />
        </Field>
      ) : null}
      <Field label="Time zone" help="A place such as Europe/Berlin, or UTC.">
        <Input
          value={schedule.zone}
          maxLength={64}
          disabled={disabled}
          onValueChange={(zone) => onChange({ ...schedule, zone: zone.trim() })}
        />
      </Field>
      <NextTimes schedule={schedule} />
      <RadioList<Schedule["missed"]>
        legend="Times while Hookline was down"
        choices={[
          { value: "none", label: "Leave them out", disabled },
          { value: "last", label: "Run once for the last of them", disabled },
        ]}
        value={schedule.missed}
        onValueChange={(missed) => onChange({ ...schedule, missed })}
      />
    </>
  );
}

function NextTimes({ schedule }: { schedule: Schedule }) {
  const [now, setNow] = useState<Date | null>(null);
  // After the first picture, which the server's clock has no part in.
  useEffect(() => setNow(new Date()), []);
  if (now === null) return null;
  const problem = timingProblem(schedule, now);
  if (problem !== null)
    return (
      <p role="status" className="text-13 text-bad-text">
        {problemSentence(problem, schedule)}
      </p>
    );
  return (
    <section aria-label="Next times" className="flex flex-col gap-1">
      <h3 className="text-13 font-medium">Next times</h3>
      <ol className="text-13 text-ink-2 tabular-nums">
        {nextTimes(schedule, now, 5).map((at) => (
          <li key={at.toISOString()}>
            <time dateTime={at.toISOString()}>{inZone(at, schedule.zone)}</time>
          </li>
        ))}
      </ol>
    </section>
  );
}

function inZone(at: Date, zone: string): string {
  const timeZone = /^(?:z|gmt)$/i.test(zone) ? "UTC" : zone;
  try {
    return at.toLocaleString("en-GB", { timeZone, dateStyle: "full", timeStyle: "short" });
  } catch {
    return at.toISOString();
  }
}

"use client";
import { useEffect, useState } from "react";
import { DAY, HOUR, MINUTE, SECOND } from "#lib/core/units.ts";

/** How long it is until a moment: "in 20 h", "soon" once it has come; UTC on hover. */
export function TimeLeft({ until, className }: { until: string; className?: string }) {
  const [now, setNow] = useState<number | null>(null);
  useEffect(() => {
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 30 * SECOND);
    return () => clearInterval(timer);
  }, []);
  const utc = until.replace("T", " ").replace("Z", " UTC");
  return (
    <time dateTime={until} title={utc} className={className} suppressHydrationWarning>
      {now === null ? `at ${utc.slice(0, 16)} UTC` : leftText(new Date(until).getTime() - now)}
    </time>
  );
}

function leftText(ms: number): string {
  if (ms <= 0) return "soon";
  if (ms < HOUR) return `in ${Math.ceil(ms / MINUTE)} min`;
  return ms < 2 * DAY ? `in ${Math.ceil(ms / HOUR)} h` : `in ${Math.floor(ms / DAY)} d`;
}

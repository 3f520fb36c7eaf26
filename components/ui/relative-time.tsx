"use client";
import { useEffect, useState } from "react";
import { DAY, HOUR, MINUTE, SECOND } from "#lib/core/units.ts";

/**
 * A moment as people read it: 14:02:11 today, "Nov 22, 14:02" else, in the viewer's zone; UTC on hover. `ago` says "3
 * min ago".
 */
export function RelativeTime({
  at,
  ago = false,
  className,
}: {
  at: string | Date | number;
  ago?: boolean;
  className?: string;
}) {
  const moment = new Date(at);
  const [now, setNow] = useState<number | null>(null);
  useEffect(() => {
    setNow(Date.now());
    if (!ago) return;
    const timer = setInterval(() => setNow(Date.now()), 10 * SECOND);
    return () => clearInterval(timer);
  }, [ago]);
  const iso = moment.toISOString();
  const words =
    now === null
      ? `${iso.slice(0, 16).replace("T", " ")}`
      : ago
        ? agoText(now - moment.getTime())
        : clockText(moment, new Date(now));
  return (
    <time
      dateTime={iso}
      title={`${iso.replace("T", " ").replace("Z", "")} UTC`}
      className={className}
      suppressHydrationWarning
    >
      {words}
    </time>
  );
}

function agoText(ms: number): string {
  if (ms < 5 * SECOND) return "just now";
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s ago`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min ago`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h ago`;
  return `${Math.floor(ms / DAY)} d ago`;
}

function clockText(moment: Date, now: Date): string {
  const time = moment.toLocaleTimeString("en-GB", { hour12: false });
  if (moment.toDateString() === now.toDateString()) return time;
  const day = moment.toLocaleDateString("en-US", {
    month: "short",
    day: "numeric",
    ...(moment.getFullYear() === now.getFullYear() ? {} : { year: "numeric" }),
  });
  return `${day}, ${time.slice(0, 5)}`;
}

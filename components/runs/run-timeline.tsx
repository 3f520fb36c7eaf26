import NextLink from "next/link";
import { type BarPiece, barOf, spanOf, type TimedStep } from "#components/runs/timeline-geometry.ts";
import { Badge } from "#components/ui/badge.tsx";
import { cx } from "#components/ui/cx.ts";
import { durationText } from "#components/ui/duration-text.ts";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import type { StateTone, StepState } from "#lib/core/states.ts";
import { STEP_STATES } from "#lib/core/states.ts";
import { ERROR_PATH } from "#lib/engine/step-settings.ts";

/** A step as the timeline draws it. */
export type TimelineRow = {
  path: string;
  name: string;
  status: StepState;
  startedAt: Date | null;
  finishedAt: Date | null;
  attempts: readonly { outcome: "started" | "done" | "failed" | "unknown"; startedAt: Date; finishedAt: Date | null }[];
  loop: { items: number; ok: number; failed: number; shown: number } | null;
  /** The branch or error path it stands in. */
  way: string | null;
  /** It failed, and the run went on as its settings say. */
  handled: boolean;
};

type RunTimelineProps = {
  steps: readonly TimelineRow[];
  run: { startedAt: Date | null; createdAt: Date; finishedAt: Date | null };
  openPath: string | null;
  notReached: readonly string[];
  hrefOf: (change: { step?: string; loop?: string }) => string;
  now: Date;
};

const SOLID: Record<StateTone, string> = {
  ok: "bg-ok-solid",
  warn: "bg-warn-solid",
  bad: "bg-bad-solid",
  info: "bg-info-solid",
  hold: "bg-hold-solid",
  neutral: "bg-neutral-solid",
};
const TRY_TONE = { done: "ok", failed: "bad", unknown: "hold", started: "info" } as const satisfies Record<
  string,
  StateTone
>;

/** The steps of a run with bars from their real times; waits are hatched, big loops folded to their failures. */
export function RunTimeline({ steps, run, openPath, notReached, hrefOf, now }: RunTimelineProps) {
  const timed = steps.map(toTimed);
  const span = spanOf(
    timed,
    { startMs: (run.startedAt ?? run.createdAt).getTime(), endMs: run.finishedAt?.getTime() ?? null },
    now.getTime(),
  );
  return (
    <ol aria-label="Steps" className="flex flex-col">
      {steps.map((step, index) => {
        const open = step.path === openPath;
        return (
          <li
            key={step.path}
            className={cx(
              "relative border-b border-line px-3 py-2 last:border-b-0 hover:bg-hover",
              open && "bg-selected hover:bg-selected",
            )}
          >
            <div className="flex min-w-0 items-center gap-2" style={{ paddingLeft: `${16 * depthOf(step.path)}px` }}>
              <StateBadge of="step" state={step.status} quiet />
              <NextLink
                href={hrefOf({ step: step.path })}
                scroll={false}
                aria-current={open ? "step" : undefined}
                className="min-w-0 flex-1 truncate text-13 font-semibold after:absolute after:inset-0"
              >
                {step.name}
                {whereOf(step) === null ? null : <span className="font-normal text-ink-3"> {whereOf(step)}</span>}
              </NextLink>
              {step.handled ? <Badge tone="warn">handled</Badge> : null}
              <span className="tabular shrink-0 text-12 text-ink-2">{tookOf(step)}</span>
            </div>
            <Bar pieces={barOf(timed[index] ?? toTimed(step), span)} />
            {step.loop === null || step.loop.items === 0 ? null : (
              <p
                className="relative z-10 mt-1 text-12 text-ink-2"
                style={{ paddingLeft: `${16 * depthOf(step.path)}px` }}
              >
                {step.loop.items.toLocaleString("en")} items · {step.loop.ok.toLocaleString("en")} ok
                {step.loop.failed > 0 ? (
                  <span className="text-bad-text"> · {step.loop.failed.toLocaleString("en")} failed</span>
                ) : null}
                {step.loop.shown < step.loop.items ? (
                  <>
                    {" · "}
                    <TextLink href={hrefOf({ loop: step.path })} scroll={false}>
                      {step.loop.shown > 20
                        ? `first ${step.loop.shown} shown`
                        : `show ${Math.min(step.loop.items, 200)}`}
                    </TextLink>
                  </>
                ) : null}
              </p>
            )}
          </li>
        );
      })}
      {notReached.map((name) => (
        <li
          key={name}
          className="flex items-center gap-2 border-b border-line px-3 py-2 text-13 text-ink-3 last:border-b-0"
        >
          <span className="min-w-0 flex-1 truncate">{name}</span>
          <span className="text-12">not reached</span>
        </li>
      ))}
    </ol>
  );
}

function Bar({ pieces }: { pieces: readonly BarPiece[] }) {
  return (
    <div aria-hidden className="relative mt-1.5 h-1.5 overflow-hidden rounded-chip bg-sunken">
      {pieces.map((piece) => (
        <span
          key={`${piece.kind}-${piece.leftPct}`}
          className={cx("absolute inset-y-0 min-w-0.5", piece.kind === "work" ? SOLID[piece.tone] : "bar-gap")}
          style={{
            left: `${Math.min(piece.leftPct, 99.5)}%`,
            width: `${piece.widthPct}%`,
            ...(piece.kind === "gap"
              ? { backgroundImage: "repeating-linear-gradient(135deg, var(--warn-solid) 0 2px, transparent 2px 6px)" }
              : {}),
          }}
        />
      ))}
    </div>
  );
}

function toTimed(step: TimelineRow): TimedStep {
  return {
    startMs: step.startedAt?.getTime() ?? null,
    endMs: step.finishedAt?.getTime() ?? null,
    tone: STEP_STATES[step.status].tone,
    tries: step.attempts.map((one) => ({
      startMs: one.startedAt.getTime(),
      endMs: one.finishedAt?.getTime() ?? null,
      tone: TRY_TONE[one.outcome],
    })),
  };
}

function depthOf(path: string): number {
  return path.split("/").filter((part) => !part.startsWith("[") && part !== ERROR_PATH).length - 1;
}

/** Where a step stands besides its own place in the order: "If it fails · item 4"; null where that says it all. */
function whereOf({ path, way }: TimelineRow): string | null {
  const parts = [way, itemOf(path)].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(" · ");
}

/** "item 4" for a step inside a loop's fourth item; null outside of loops. */
function itemOf(path: string): string | null {
  const items = [...path.matchAll(/\[(\d+)\]/g)].map((match) => Number(match[1]) + 1);
  return items.length === 0 ? null : `item ${items.join(".")}`;
}

function tookOf(step: TimelineRow): string {
  if (step.startedAt === null || step.finishedAt === null) return "";
  return durationText(step.finishedAt.getTime() - step.startedAt.getTime());
}

import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { BodyProblems } from "#components/endpoints/body-reading.tsx";
import { LiveRefresh } from "#components/live/live-refresh.tsx";
import { AwaitedAnswer } from "#components/runs/awaited-answer.tsx";
import { CancelRun } from "#components/runs/cancel-run.tsx";
import { ReplayDialog } from "#components/runs/replay-dialog.tsx";
import { ResumeAlike } from "#components/runs/resume-alike.tsx";
import { RunNotice } from "#components/runs/run-notice.tsx";
import { RunTimeline } from "#components/runs/run-timeline.tsx";
import { StepDetail } from "#components/runs/step-detail.tsx";
import { cx } from "#components/ui/cx.ts";
import { Page } from "#components/ui/page.tsx";
import { requireActor } from "#lib/auth/require-actor.ts";
import { readRunDeviations } from "#lib/commands/runs/read-run-deviations.ts";
import { databaseNow } from "#lib/core/database-time.ts";
import { TERMINAL_RUN_STATES } from "#lib/core/states.ts";
import { loadAlikeRuns } from "#lib/loaders/alike-runs.ts";
import { loadRun, type OpenedStep } from "#lib/loaders/run.ts";
import { allowConnectionHostAction } from "../../connections/actions.ts";
import {
  allowAddressAction,
  answerStepAction,
  cancelRunAction,
  decideStepAction,
  previewResumeAction,
  replayRunAction,
  resumeRunAction,
} from "../actions.ts";
import { BULK_ACTS } from "../many/bulk-acts.ts";
import { RunHead } from "./run-head.tsx";

export const metadata: Metadata = { title: "Run" };

type Search = { step?: string | string[]; loop?: string | string[] };

/** One run: what happened at every step, and what can be done about it. */
export default async function RunPage({
  params,
  searchParams,
}: {
  params: Promise<{ runId: string }>;
  searchParams: Promise<Search>;
}) {
  const [{ runId }, search] = await Promise.all([params, searchParams]);
  const wanted = {
    step: typeof search.step === "string" ? search.step : null,
    loop: typeof search.loop === "string" ? search.loop : null,
  };
  const page = await loadRun(runId, wanted);
  if (page === null) notFound();
  const { run, opened, may } = page;
  const deviations = (await readRunDeviations(await requireActor(), run)) ?? [];
  const ended = (TERMINAL_RUN_STATES as readonly string[]).includes(run.status);
  const hrefOf = (change: { step?: string; loop?: string }) => {
    const next = {
      ...(wanted.step === null ? {} : { step: wanted.step }),
      ...(wanted.loop === null ? {} : { loop: wanted.loop }),
      ...change,
    };
    return `/runs/${run.id}?${new URLSearchParams(next)}`;
  };
  const alike = await loadAlikeRuns(run);
  const cause = causeOf(run.failedStep, opened);
  return (
    <Page>
      <LiveRefresh topics={[`run:${run.id}`]} />
      <RunHead
        page={page}
        deviates={deviations.length > 0 || run.bodyDeviates}
        actions={
          <>
            {may.replay ? (
              <ReplayDialog run={run} liveVersion={page.liveVersion} body={page.body} replay={replayRunAction} />
            ) : null}
            {may.cancel && !ended ? <CancelRun runId={run.id} cancel={cancelRunAction} /> : null}
          </>
        }
      />
      <div className="flex flex-col gap-4">
        <RunNotice
          run={run}
          step={
            cause === null
              ? null
              : { ...cause.step, attempts: cause.step.attempts.length, attemptsMax: cause.attemptsMax }
          }
          alike={alike === null ? null : <ResumeAlike {...alike} acts={BULK_ACTS} />}
          handledCount={page.handledCount}
          liveVersion={page.liveVersion}
          refusal={cause?.refusal ?? null}
          may={may}
          actions={{
            resume: resumeRunAction,
            previewResume: previewResumeAction,
            cancel: cancelRunAction,
            decide: decideStepAction,
            allow: allowAddressAction,
            allowHost: allowConnectionHostAction,
          }}
        />
        <BodyProblems problems={deviations} title="The event's body is not what its headers say" />
        {page.steps.length === 0 ? (
          <p className="rounded-card border border-line bg-surface p-4 text-14 text-ink-2">
            {absentSteps(run, page.stepsGone)}
          </p>
        ) : (
          <div
            className={cx(
              "grid min-w-0 overflow-hidden rounded-card border border-line bg-surface",
              "lg:grid-cols-[420px_minmax(0,1fr)]",
            )}
          >
            <div className="min-w-0 border-b border-line lg:border-r lg:border-b-0">
              <RunTimeline
                steps={page.steps}
                run={run}
                openPath={opened?.step.path ?? null}
                notReached={ended && run.status !== "succeeded" ? page.notReached : []}
                hrefOf={hrefOf}
                now={databaseNow()}
              />
            </div>
            <div className="min-w-0">
              {opened === null || opened.awaited === null ? null : (
                <AwaitedAnswer
                  key={opened.step.path}
                  runId={run.id}
                  path={opened.step.path}
                  view={opened.awaited}
                  mayAnswer={may.resume}
                  answer={answerStepAction}
                />
              )}
              {opened === null ? null : <StepDetail {...opened} />}
            </div>
          </div>
        )}
      </div>
    </Page>
  );
}

/** Why no step is shown. */
function absentSteps(run: { status: string; errorMessage: string | null }, gone: boolean): string {
  if (run.status === "filtered") return run.errorMessage ?? "The flow's filter did not want this event.";
  return gone ? "Past retention: the steps of this run are no longer kept." : "No step has begun yet.";
}

/** The opened step where it is what holds the run up. */
function causeOf(failedStep: string | null, opened: OpenedStep | null): OpenedStep | null {
  if (opened === null) return null;
  const { status, path } = opened.step;
  const holdsUp = status === "retrying" || status === "waiting" || status === "needs a decision";
  return path === failedStep || holdsUp ? opened : null;
}

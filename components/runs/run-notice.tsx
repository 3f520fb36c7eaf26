"use client";
import { useRouter } from "next/navigation";
import type { ReactNode } from "react";
import { AllowRefused } from "#components/egress/allow-refused.tsx";
import { Play, RotateCw } from "#components/icons.ts";
import { ActButton } from "#components/runs/act-button.tsx";
import { ResumeOnLive } from "#components/runs/resume-on-live.tsx";
import type { RunActions } from "#components/runs/run-actions.ts";
import { UndecidedNotice } from "#components/runs/undecided-notice.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { showToast } from "#components/ui/show-toast.ts";
import type { RunState, StepState } from "#lib/core/states.ts";

/** What the guard or a connection's list did not let out, for those who may read payloads and allow it. */
export type ShownRefusal = {
  address: string | null;
  port: number | null;
  allowable: boolean;
  otherHost: { connectionId: string; host: string } | null;
};

/** What the head of a run says about the step that holds it up. */
export type RunNoticeProps = {
  run: {
    id: string;
    flowId: string;
    eventId: string;
    status: RunState;
    versionNumber: number | null;
    errorCode: string | null;
    errorMessage: string | null;
  };
  step: {
    path: string;
    stepId: string;
    name: string;
    kind: string;
    status: StepState;
    errorCode: string | null;
    errorMessage: string | null;
    attempts: number;
    attemptsMax: number;
    nextAttemptAt: Date | null;
  } | null;
  /** Failed steps that the run went on after. */
  handledCount: number;
  refusal: ShownRefusal | null;
  may: { resume: boolean; cancel: boolean; allow: boolean; allowHost: boolean; edit: boolean };
  /** The version that is live now. */
  liveVersion: number | null;
  /** Resumes the other runs that failed so as well; null where there are none. */
  alike: ReactNode;
  actions: Pick<RunActions, "resume" | "previewResume" | "cancel" | "decide" | "allow" | "allowHost">;
};

/**
 * Why the run stands where it stands, and the buttons that get it on. Nothing for runs that need nobody. Where several
 * branches wait for different things, it is about the step that is open.
 */
export function RunNotice(props: RunNoticeProps) {
  const { run, step } = props;
  const waits = run.status === "retrying" || run.status === "waiting";
  switch (waits && step !== null ? step.status : run.status) {
    case "failed":
      return <Failed {...props} />;
    case "retrying":
      return <Retrying {...props} />;
    case "waiting":
      return <Waiting {...props} />;
    case "needs a decision":
      return <UndecidedNotice {...props} />;
    case "succeeded":
      return <Handled count={props.handledCount} />;
    case "filtered":
    case "canceled":
    case "queued":
    case "running":
    case "skipped":
    case "off":
      return null;
  }
}

/** Said where a run went well although a step of it did not. */
function Handled({ count }: { count: number }) {
  if (count === 0) return null;
  const title = count === 1 ? "1 step failed and was handled" : `${count} steps failed and were handled`;
  return (
    <Notice tone="warn" title={title}>
      The run went on as the settings of the step say.
    </Notice>
  );
}

function Failed({ run, step, liveVersion, refusal, alike, may, actions }: RunNoticeProps) {
  const router = useRouter();
  const newer = liveVersion !== null && liveVersion !== run.versionNumber ? liveVersion : null;
  const allow = async (address: string, port: number) => {
    const result = await actions.allow({ address, port, note: step === null ? "" : `for the step "${step.name}"` });
    if (result.kind === "refused") return result.message;
    showToast("Allowed", { description: "Resume the run to try again." });
    router.refresh();
    return undefined;
  };
  return (
    <Notice
      tone="bad"
      title={
        step === null
          ? "This run failed"
          : `"${step.name}" failed${step.attempts > 1 ? ` after ${step.attempts} tries` : ""}`
      }
      actions={
        <>
          {refusal !== null && may.allow ? <AllowRefused refusal={refusal} onAllow={allow} /> : null}
          {may.edit && step !== null ? (
            <ButtonLink
              size="compact"
              href={`/flows/${run.flowId}?step=${encodeURIComponent(step.stepId)}&event=${run.eventId}`}
            >
              Fix in builder
            </ButtonLink>
          ) : null}
          {may.resume ? (
            <ActButton
              compact
              primary={newer === null}
              icon={<Play aria-hidden />}
              act={() => actions.resume(run.id, "original")}
              done="Resumed from the failed step"
            >
              {newer === null || run.versionNumber === null ? "Resume run" : `Resume on v${run.versionNumber}`}
            </ActButton>
          ) : null}
          {alike}
          {may.resume && newer !== null ? <ResumeOnLive runId={run.id} version={newer} actions={actions} /> : null}
        </>
      }
    >
      {run.errorMessage ?? step?.errorMessage}
      {run.errorCode ? <span className="mt-1 block font-mono text-12 text-ink-3">{run.errorCode}</span> : null}
    </Notice>
  );
}

function Retrying({ run, step, may, actions }: RunNoticeProps) {
  return (
    <Notice
      tone="warn"
      title={step?.errorMessage ?? "A step failed and will be tried again"}
      actions={
        <>
          {may.resume ? (
            <ActButton
              compact
              icon={<RotateCw aria-hidden />}
              act={() => actions.resume(run.id, "original")}
              done="Trying now"
            >
              Try now
            </ActButton>
          ) : null}
          {may.cancel ? (
            <ActButton compact act={() => actions.cancel(run.id)} done="Stopped">
              Stop trying
            </ActButton>
          ) : null}
        </>
      }
    >
      {step === null ? null : (
        <>
          "{step.name}" was tried {step.attempts} of {step.attemptsMax} times
          {step.nextAttemptAt === null ? null : (
            <>
              ; next at <RelativeTime at={step.nextAttemptAt} />
            </>
          )}{" "}
          with the same bytes and key.
        </>
      )}
    </Notice>
  );
}

function Waiting({ run, step, may, actions }: RunNoticeProps) {
  if (step?.kind === "waitForCallback")
    return (
      <Notice tone="hold" title={`"${step.name}" waits for an answer`}>
        Whoever has one of its links can give it{may.resume ? ", and so can you, below" : ""}. No worker is held until
        then.
      </Notice>
    );
  return (
    <Notice
      tone="hold"
      title={step === null ? "This run waits" : `"${step.name}" waits`}
      actions={
        may.resume ? (
          <ActButton
            compact
            icon={<Play aria-hidden />}
            act={() => actions.resume(run.id, "original")}
            done="Going on now"
          >
            Go on now
          </ActButton>
        ) : null
      }
    >
      {step?.nextAttemptAt == null ? null : (
        <>
          It goes on at <RelativeTime at={step.nextAttemptAt} />. No worker is held until then.
        </>
      )}
    </Notice>
  );
}

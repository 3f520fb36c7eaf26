"use client";
import { useRouter } from "next/navigation";
import { AllowRefused } from "#components/egress/allow-refused.tsx";
import { ActButton } from "#components/runs/act-button.tsx";
import { AllowHost } from "#components/runs/allow-host.tsx";
import type { StepDecision } from "#components/runs/run-actions.ts";
import type { RunNoticeProps } from "#components/runs/run-notice.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { showToast } from "#components/ui/show-toast.ts";
import { isHeldCode } from "#lib/engine/held-codes.ts";

/** What a person can decide about a run that waits for them: an outcome nobody knows, or a setting that held a step. */
export function UndecidedNotice(props: RunNoticeProps) {
  if (props.step === null)
    return (
      <Notice tone="hold" title="A person decides about this run">
        One of its steps waits. Open it in the timeline.
      </Notice>
    );
  return isHeldCode(props.step.errorCode) ? (
    <Held {...props} step={props.step} />
  ) : (
    <Unknown {...props} step={props.step} />
  );
}

type WithStep = RunNoticeProps & { step: NonNullable<RunNoticeProps["step"]> };

function Held({ run, step, refusal, may, actions }: WithStep) {
  const router = useRouter();
  const decide = (decision: StepDecision) => () => actions.decide(run.id, step.path, decision);
  const told = (result: Awaited<ReturnType<typeof actions.allow>> | Awaited<ReturnType<typeof actions.allowHost>>) => {
    if (result.kind === "refused") return result.message;
    const { released } = result.value;
    showToast("Allowed", { description: released === 1 ? "The run goes on." : `${released} runs go on.` });
    router.refresh();
    return undefined;
  };
  const other = refusal?.otherHost ?? null;
  return (
    <Notice
      tone="hold"
      title={`"${step.name}" waits: a setting holds it back`}
      actions={
        may.resume ? (
          <>
            {refusal !== null && may.allow ? (
              <AllowRefused
                refusal={refusal}
                onAllow={async (address, port) =>
                  told(await actions.allow({ address, port, note: `for the step "${step.name}"`.slice(0, 200) }))
                }
              />
            ) : null}
            {other !== null && may.allowHost ? (
              <AllowHost
                host={other.host}
                onAllow={async () => told(await actions.allowHost(other.connectionId, other.host))}
              />
            ) : null}
            <ActButton compact act={decide("send again")} done="Trying again">
              Try again
            </ActButton>
            <ActButton compact act={decide("skip")} done="Skipped">
              Skip
            </ActButton>
            <ActButton compact act={decide("give up")} done="Given up">
              Give up
            </ActButton>
          </>
        ) : null
      }
    >
      {step.errorMessage} Once it is allowed, the same bytes go out with the same key.
    </Notice>
  );
}

function Unknown({ run, step, may, actions }: WithStep) {
  const decide = (decision: StepDecision) => () => actions.decide(run.id, step.path, decision);
  return (
    <Notice
      tone="hold"
      title={`We cannot tell whether "${step.name}" went out`}
      actions={
        may.resume ? (
          <>
            <ActButton compact act={decide("send again")} done="Sending again">
              Send again
            </ActButton>
            <ActButton compact act={decide("treat as sent")} done="Going on as if it was sent">
              Treat as sent
            </ActButton>
            <ActButton compact act={decide("skip")} done="Skipped">
              Skip
            </ActButton>
          </>
        ) : null
      }
    >
      {step.errorMessage ?? "The connection broke after it was handed over."} Sending again may deliver it twice.
    </Notice>
  );
}

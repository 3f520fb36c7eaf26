import { EffectView } from "#components/effects/effect-view.tsx";
import { AttemptList, type ShownAttempt } from "#components/runs/attempt-list.tsx";
import { StepWarnings } from "#components/runs/step-warnings.tsx";
import { absenceText, type ShownValue, ValueView } from "#components/runs/value-view.tsx";
import { cx } from "#components/ui/cx.ts";
import { durationText } from "#components/ui/duration-text.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import type { StepState } from "#lib/core/states.ts";
import type { EffectView as Effect } from "#lib/engine/effect-view.ts";
import type { StepWarning } from "#lib/engine/step-warnings.ts";
import type { BodyProblemView } from "#lib/views/body-views.ts";

/** The opened step with everything that is kept of it. */
export type StepDetailProps = {
  step: {
    path: string;
    name: string;
    action: string | null;
    kind: string;
    status: StepState;
    idempotencyKey: string | null;
    attempts: readonly ShownAttempt[];
    errorCode: string | null;
    errorMessage: string | null;
    warnings: readonly StepWarning[];
    nextAttemptAt: Date | null;
    startedAt: Date | null;
    finishedAt: Date | null;
  };
  input: ShownValue;
  effect: { kind: "kept"; effect: Effect } | { kind: "gone" | "hidden" | "none" };
  output: ShownValue;
  answers: readonly ShownValue[];
  answerNotes: readonly (readonly BodyProblemView[])[];
  attemptsMax: number;
};

/** What one step was given, planned, got back and gave on. Opens on the tries when it failed. */
export function StepDetail({ step, input, effect, output, answers, answerNotes, attemptsMax }: StepDetailProps) {
  const acts = effect.kind === "kept" ? effect.effect.kind !== "value" : step.attempts.length > 0;
  const passedBy = step.status === "skipped" || step.status === "off";
  const trouble = step.status === "failed" || step.status === "retrying" || step.status === "needs a decision";
  return (
    <article className="flex min-w-0 flex-col gap-4 p-4">
      <header>
        <div className="flex flex-wrap items-center gap-2">
          <h2 className="min-w-0 text-16 font-semibold [overflow-wrap:anywhere]">{step.name}</h2>
          <StateBadge
            of="step"
            state={step.status}
            extra={step.status === "retrying" ? `${step.attempts.length}/${attemptsMax}` : undefined}
          />
        </div>
        <p className="mt-1 flex flex-wrap gap-x-3 text-12 text-ink-3">
          <span className="font-mono">{step.path}</span>
          <span>{step.action ?? step.kind}</span>
          {step.startedAt === null ? null : <RelativeTime at={step.startedAt} />}
          {step.startedAt === null || step.finishedAt === null ? null : (
            <span className="tabular">{durationText(step.finishedAt.getTime() - step.startedAt.getTime())}</span>
          )}
        </p>
        {step.errorMessage === null || step.status === "succeeded" ? null : (
          <p className={cx("mt-2 text-14 [overflow-wrap:anywhere]", step.status === "failed" && "text-bad-text")}>
            {step.errorMessage} {passedBy ? null : <span className="font-mono text-12">{step.errorCode}</span>}
          </p>
        )}
        {step.nextAttemptAt === null ? null : (
          <p className="mt-1 text-13 text-ink-2">
            {nextWords(step)} <RelativeTime at={step.nextAttemptAt} />.
          </p>
        )}
      </header>
      <StepWarnings warnings={step.warnings} />
      <Tabs
        key={step.path}
        label="What is kept of this step"
        defaultValue={acts ? (trouble && step.attempts.length > 0 ? "answer" : "effect") : "output"}
        items={[
          {
            value: "input",
            label: "Input",
            content: <ValueView value={input} label="input" none="This step has no input of its own." />,
          },
          ...(acts
            ? [
                { value: "effect", label: "Planned effect", content: <PlannedEffect effect={effect} /> },
                {
                  value: "answer",
                  label: "Answer",
                  count: step.attempts.length,
                  content: <AttemptList attempts={step.attempts} answers={answers} notes={answerNotes} />,
                },
              ]
            : []),
          {
            value: "output",
            label: "Output",
            content: <ValueView value={output} label="output" none="This step has no output." />,
          },
        ]}
      />
      {step.idempotencyKey === null ? null : (
        <p className="text-12 text-ink-3">
          Idempotency key <code className="font-mono [overflow-wrap:anywhere]">{step.idempotencyKey}</code>
        </p>
      )}
    </article>
  );
}

function nextWords({ status, kind }: Pick<StepDetailProps["step"], "status" | "kind">): string {
  if (status !== "waiting") return "Next attempt at";
  return kind === "waitForCallback" ? "Waits at most until" : "Goes on at";
}

function PlannedEffect({ effect }: Pick<StepDetailProps, "effect">) {
  if (effect.kind === "kept") return <EffectView effect={effect.effect} />;
  const none = "Nothing was planned: the run did not get this far, or the step has no effect outside Hookline.";
  return <p className="text-13 text-ink-2">{absenceText(effect.kind, none)}</p>;
}

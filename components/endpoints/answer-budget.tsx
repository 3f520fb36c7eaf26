import { CircleCheck, Clock, OctagonX, TriangleAlert } from "#components/icons.ts";
import { cx } from "#components/ui/cx.ts";
import type { EndpointView } from "#lib/core/endpoint-views.ts";
import { judgeAnswerTimes } from "#lib/core/judge-answer-times.ts";

const ICONS = { ok: CircleCheck, warn: TriangleAlert, bad: OctagonX, neutral: Clock };
const TEXT = { ok: "text-ok-text", warn: "text-warn-text", bad: "text-bad-text", neutral: "text-ink-2" };
const BAR = { ok: "bg-ok-solid", warn: "bg-warn-solid", bad: "bg-bad-solid", neutral: "bg-neutral-solid" };

/** How fast senders get their answer, beside how long this sender waits and what it does when nothing comes. */
export function AnswerBudget({ endpoint }: { endpoint: EndpointView }) {
  const { provider, settings, answerTimes } = endpoint;
  const sender = { name: provider.id === "none" ? "the sender" : provider.name, deadlineSeconds: provider.ackDeadlineSeconds };
  const verdict = judgeAnswerTimes(answerTimes, sender, settings.answer.kind === "flow" ? settings.answer.deadlineMs : null);
  const Icon = ICONS[verdict.tone];
  return (
    <div className="flex flex-col gap-1" data-testid="answer-budget">
      <p className={cx("flex items-start gap-2 text-12 font-medium", TEXT[verdict.tone])}>
        <Icon aria-hidden className="mt-px size-3.5" />
        {upperFirst(verdict.title)}.
      </p>
      {verdict.share === null ? null : (
        <div
          role="meter"
          aria-label="Part of the sender's deadline that 99 in 100 answers need"
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round(verdict.share * 100)}
          className="ml-5.5 h-1 max-w-64 rounded-full bg-neutral-soft"
        >
          <div className={cx("h-1 min-w-1 rounded-full", BAR[verdict.tone])} style={{ width: `${Math.max(1, verdict.share * 100)}%` }} />
        </div>
      )}
      {verdict.sentence === null ? null : <p className="ml-5.5 max-w-prose text-12 text-ink-3">{verdict.sentence}</p>}
      {provider.id === "none" ? null : (
        <p className="ml-5.5 max-w-prose text-12 text-ink-3">
          What {provider.name} says it does without an answer: {provider.retries}
        </p>
      )}
    </div>
  );
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

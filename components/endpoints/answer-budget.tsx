import { CircleCheck, Clock, OctagonX, TriangleAlert } from "#components/icons.ts";
import { cx } from "#components/ui/cx.ts";
import { judgeAnswerTimes } from "#lib/core/judge-answer-times.ts";
import type { EndpointView } from "#lib/views/endpoint-views.ts";

const ICONS = { ok: CircleCheck, warn: TriangleAlert, bad: OctagonX, neutral: Clock };
const TEXT = { ok: "text-ok-text", warn: "text-warn-text", bad: "text-bad-text", neutral: "text-ink-3" };
const BAR = { ok: "bg-ok-solid", warn: "bg-warn-solid", bad: "bg-bad-solid", neutral: "bg-neutral-solid" };

/** How fast senders get their answer, beside how long this sender waits and what it does when nothing comes. */
export function AnswerBudget({ endpoint }: { endpoint: EndpointView }) {
  const { provider, settings, answerTimes } = endpoint;
  const isKnown = provider.id !== "none";
  const sender = { name: isKnown ? provider.name : "the sender", deadlineSeconds: provider.ackDeadlineSeconds };
  const verdict = judgeAnswerTimes(
    answerTimes,
    sender,
    settings.answer.kind === "flow" ? settings.answer.deadlineMs : null,
  );
  const Icon = ICONS[verdict.tone];
  return (
    <div className="flex items-start gap-2 text-12 text-ink-3" data-testid="answer-budget">
      <Icon aria-hidden className={cx("mt-px size-3.5", TEXT[verdict.tone])} />
      <div className="flex min-w-0 flex-col gap-1">
        <p>
          <span className="font-medium text-ink-2">{upperFirst(verdict.title)}.</span> {verdict.sentence}
        </p>
        {verdict.share === null ? null : (
          <div
            role="meter"
            aria-label="Part of the sender's deadline that 99 in 100 answers need"
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={Math.round(verdict.share * 100)}
            className="h-1 w-full max-w-64 rounded-full bg-neutral-soft"
          >
            <div
              className={cx("h-1 min-w-1 rounded-full", BAR[verdict.tone])}
              style={{ width: `${verdict.share * 100}%` }}
            />
          </div>
        )}
        {isKnown ? (
          <p>
            Without an answer, as {provider.name} says: {provider.retries}
          </p>
        ) : null}
      </div>
    </div>
  );
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

import { BodyProblems } from "#components/endpoints/body-reading.tsx";
import { absenceText, type ShownValue, ValueView } from "#components/runs/value-view.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { durationText } from "#components/ui/duration-text.ts";
import { HeadersTable } from "#components/ui/headers-table.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { isJsonObject, type Json } from "#lib/core/json.ts";
import { prettyJson } from "#lib/core/pretty-json.ts";
import { isHeldCode } from "#lib/engine/held-codes.ts";
import type { BodyProblemView } from "#lib/views/body-views.ts";

/** One try at a step's effect. */
export type ShownAttempt = {
  number: number;
  outcome: "started" | "done" | "failed" | "unknown";
  errorCode: string | null;
  errorMessage: string | null;
  retryAt: Date | null;
  startedAt: Date;
  finishedAt: Date | null;
};

const HELD = { tone: "hold", label: "Held, nothing sent" } as const;
const OUTCOMES = {
  started: { tone: "info", label: "Under way" },
  done: { tone: "ok", label: "Done" },
  failed: { tone: "bad", label: "Failed" },
  unknown: { tone: "hold", label: "Unknown" },
} as const;

/** Every try, the newest first: the answer as it came, how long it took, and when it is tried again. */
export function AttemptList({
  attempts,
  answers,
  notes,
}: {
  attempts: readonly ShownAttempt[];
  answers: readonly ShownValue[];
  /** What reading the body of each answer brought to light. */
  notes: readonly (readonly BodyProblemView[])[];
}) {
  if (attempts.length === 0) return <p className="text-13 text-ink-2">Nothing was tried yet.</p>;
  return (
    <ol aria-label="Attempts" className="flex flex-col gap-3">
      {attempts
        .map((attempt, index) => ({
          attempt,
          answer: answers[index] ?? ({ kind: "none" } as const),
          known: notes[index] ?? [],
        }))
        .reverse()
        .map(({ attempt, answer, known }, index) => (
          <li key={attempt.number} className="rounded-control border border-line">
            <details open={index === 0}>
              <summary className="flex min-h-9 flex-wrap items-center gap-2 px-3 py-1 text-13">
                <span className="font-semibold">Attempt {attempt.number}</span>
                <OutcomeBadge attempt={attempt} />
                <RelativeTime at={attempt.startedAt} className="text-12 text-ink-2" />
                <span className="tabular text-12 text-ink-2">
                  {attempt.finishedAt === null
                    ? ""
                    : durationText(attempt.finishedAt.getTime() - attempt.startedAt.getTime())}
                </span>
                <span className="min-w-0 flex-1 truncate text-12 text-ink-2">{statusOf(answer)}</span>
              </summary>
              <div className="flex flex-col gap-3 border-t border-line p-3">
                {attempt.errorMessage === null ? null : (
                  <p className="text-13 [overflow-wrap:anywhere]">
                    {attempt.errorMessage} <span className="font-mono text-12 text-ink-3">{attempt.errorCode}</span>
                  </p>
                )}
                {attempt.retryAt === null ? null : (
                  <p className="text-13 text-ink-2">
                    Tried again at <RelativeTime at={attempt.retryAt} />, with the same bytes and key.
                  </p>
                )}
                <BodyProblems problems={known} />
                <AnswerView answer={answer} />
              </div>
            </details>
          </li>
        ))}
    </ol>
  );
}

function OutcomeBadge({ attempt }: { attempt: ShownAttempt }) {
  const { tone, label } = isHeldCode(attempt.errorCode) ? HELD : OUTCOMES[attempt.outcome];
  return <Badge tone={tone}>{label}</Badge>;
}

function AnswerView({ answer }: { answer: ShownValue }) {
  if (answer.kind !== "kept")
    return <p className="text-13 text-ink-3">{absenceText(answer.kind, "No answer came.")}</p>;
  const { value } = answer;
  const http = isJsonObject(value) ? readHttpAnswer(value) : null;
  if (http === null)
    return value === null ? (
      <p className="text-13 text-ink-3">No answer came.</p>
    ) : (
      <ValueView value={answer} label="answer" none="" />
    );
  return (
    <div className="flex flex-col gap-3">
      <p className="font-mono text-13">
        {http.status}
        {http.ms === null ? null : <span className="text-ink-3"> · {durationText(http.ms)}</span>}
        {http.notes.map((note) => (
          <span key={note} className="text-ink-3">
            {" "}
            · {note}
          </span>
        ))}
      </p>
      <HeadersTable headers={http.headers} label="Answer headers" />
      {http.body === "" ? (
        <p className="text-13 text-ink-3">No body.</p>
      ) : (
        <CodeBlock label="answer body" code={http.body} wrap />
      )}
    </div>
  );
}

type HttpAnswer = { status: number; ms: number | null; headers: [string, string][]; body: string; notes: string[] };

function readHttpAnswer(answer: { [key: string]: Json }): HttpAnswer | null {
  const { status, headers, body, ms, truncated, problem, redirects } = answer;
  if (typeof status !== "number" || !Array.isArray(headers)) return null;
  const text = isJsonObject(body)
    ? typeof body.text === "string"
      ? body.text
      : typeof body.base64 === "string"
        ? `base64: ${body.base64}`
        : ""
    : "";
  return {
    status,
    ms: typeof ms === "number" ? ms : null,
    headers: headers.flatMap((pair) =>
      Array.isArray(pair) ? [[String(pair[0]), String(pair[1])] as [string, string]] : [],
    ),
    body: prettyJson(text) ?? text,
    notes: [
      ...(truncated === true ? ["cut at the cap"] : []),
      ...(typeof problem === "string"
        ? [problem === "coding" ? "in an encoding nobody asked for" : problem === "cut-off" ? "broke off" : "damaged"]
        : []),
      ...(Array.isArray(redirects) && redirects.length > 0 ? [`after ${redirects.length} redirects`] : []),
    ],
  };
}

function statusOf(answer: ShownValue): string {
  if (answer.kind !== "kept" || !isJsonObject(answer.value)) return "";
  const { status, response, note } = answer.value;
  if (typeof status === "number") return `answered ${status}`;
  return typeof response === "string" ? response : typeof note === "string" ? note : "";
}

"use client";
import { useId, useState } from "react";
import { ActButton } from "#components/runs/act-button.tsx";
import type { RunActions } from "#components/runs/run-actions.ts";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { Field } from "#components/ui/field.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import type { AwaitedAnswerView } from "#lib/views/awaited-answer.ts";

type AwaitedAnswerProps = {
  runId: string;
  path: string;
  view: AwaitedAnswerView;
  mayAnswer: boolean;
  answer: RunActions["answer"];
};

/** What a step asks people or programs outside, what they said, and the answer a member can give in their place. */
export function AwaitedAnswer({ runId, path, view, mayAnswer, answer }: AwaitedAnswerProps) {
  const headingId = useId();
  return (
    <section aria-labelledby={headingId} className="flex flex-col gap-3 border-b border-line p-4">
      <h3 id={headingId} className="text-14 font-semibold [overflow-wrap:anywhere]">
        {view.question ?? "Its question is hidden for your role"}
      </h3>
      <Standing state={view.state} />
      {view.state.kind === "open" && mayAnswer ? (
        <AnswerForm runId={runId} path={path} choices={view.choices} answer={answer} />
      ) : null}
      {view.links.length === 0 ? null : <Links links={view.links} />}
    </section>
  );
}

function Standing({ state }: { state: AwaitedAnswerView["state"] }) {
  switch (state.kind) {
    case "open":
      return (
        <p className="text-13 text-ink-2">
          Nobody has answered yet.{" "}
          {state.dueAt === null ? null : (
            <>
              It waits until <RelativeTime at={state.dueAt} />.
            </>
          )}
        </p>
      );
    case "answered":
      return (
        <p className="text-14">
          <strong className="font-semibold">{state.choice}</strong>
          {state.by === "" ? null : `, by ${state.by}`}, <RelativeTime at={state.at} />
          {state.from === null ? null : (
            <>
              {" "}
              from <span className="font-mono text-13">{state.from}</span>
            </>
          )}
        </p>
      );
    case "timed out":
      return <p className="text-13 text-ink-2">Nobody answered in time.</p>;
    case "ended":
      return <p className="text-13 text-ink-2">The run ended without an answer.</p>;
  }
}

function AnswerForm({
  runId,
  path,
  choices,
  answer,
}: Pick<AwaitedAnswerProps, "runId" | "path" | "answer"> & { choices: AwaitedAnswerView["choices"] }) {
  const [note, setNote] = useState("");
  return (
    <div className="flex flex-col gap-2">
      <Field label="Note" mark="optional" help="You answer under your own name, in place of whoever was asked.">
        <Textarea rows={2} maxLength={10_000} value={note} onChange={(event) => setNote(event.target.value)} />
      </Field>
      <div className="flex flex-wrap gap-2">
        {choices.map(({ id, name }) => (
          <ActButton key={id} compact act={() => answer({ runId, path, choice: id, note })} done={`Answered: ${name}`}>
            {name}
          </ActButton>
        ))}
      </div>
    </div>
  );
}

function Links({ links }: { links: AwaitedAnswerView["links"] }) {
  return (
    <details className="text-13">
      <summary className="cursor-pointer font-medium">Links to answer with</summary>
      <p className="mt-2 text-ink-2">Whoever has a link can answer with it, without signing in.</p>
      <ul className="mt-2 flex flex-col gap-1">
        {links.map(({ label, url }) => (
          <li key={url} className="flex min-w-0 items-center gap-2">
            <span className="w-44 shrink-0 [overflow-wrap:anywhere]">{label}</span>
            <code className="min-w-0 flex-1 truncate font-mono text-12 text-ink-2">{url}</code>
            <CopyButton text={url} label={`Copy the link for: ${label}`} />
          </li>
        ))}
      </ul>
    </details>
  );
}

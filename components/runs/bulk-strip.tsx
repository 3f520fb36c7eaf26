"use client";
import { useEffect, useRef, useState } from "react";
import { useLive } from "#components/live/use-live.ts";
import { type BulkActs, runsWords } from "#components/runs/bulk-acts.ts";
import { Button } from "#components/ui/button.tsx";
import { Disclosure } from "#components/ui/disclosure.tsx";
import { Progress } from "#components/ui/progress.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { useAction } from "#components/ui/use-action.ts";
import { shortId } from "#lib/engine/run-words.ts";
import type { BulkActView } from "#lib/views/bulk-views.ts";

const AT_MOST_EVERY_MS = 400;

/** How far acts on many runs are, live, with buttons to hold and end them and the refused runs by reason. */
export function BulkStrip({ shown, acts, maySteer }: { shown: BulkActView[]; acts: BulkActs; maySteer: boolean }) {
  const [list, setList] = useState(shown);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  useEffect(() => setList(shown), [shown]);
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current);
    },
    [],
  );
  const read = async () => {
    const answer = await acts.read().catch(() => null);
    if (answer?.kind === "ok") setList(answer.value);
  };
  useLive(list.length === 0 ? [] : ["runs"], () => {
    timer.current ??= setTimeout(() => {
      timer.current = null;
      void read();
    }, AT_MOST_EVERY_MS);
  });
  if (list.length === 0) return null;
  return (
    <section aria-label="Acts on many runs" className="mb-3 flex flex-col gap-2">
      {list.map((act) => (
        <ActOnMany key={act.id} act={act} steer={maySteer ? acts.steer : null} onChanged={read} />
      ))}
    </section>
  );
}

function ActOnMany({
  act,
  steer,
  onChanged,
}: {
  act: BulkActView;
  steer: BulkActs["steer"] | null;
  onChanged: () => Promise<void>;
}) {
  const { pending, run } = useAction("toast");
  const acted = act.done + act.refused;
  const open = act.state === "running" || act.state === "paused";
  const ask = async (way: "pause" | "resume" | "cancel") => {
    if (steer !== null) await run(() => steer(act.id, way));
    await onChanged();
  };
  return (
    <div className="flex flex-col gap-2 rounded-card border border-line bg-surface px-4 py-3 text-13">
      <div className="flex flex-wrap items-center gap-3">
        <div className="min-w-0 flex-1 basis-52">
          <p className="tabular">
            <span className="font-semibold">{titleOf(act)}</span> {wordsOf(act)}
          </p>
          <Progress label={`${titleOf(act)} ${wordsOf(act)}`} done={acted} total={act.total} className="mt-1" />
        </div>
        {steer === null || !open ? null : (
          <div className="flex gap-2">
            <Button
              size="compact"
              pending={pending}
              onClick={() => void ask(act.state === "paused" ? "resume" : "pause")}
            >
              {act.state === "paused" ? "Resume act" : "Pause act"}
            </Button>
            <Button size="compact" pending={pending} onClick={() => void ask("cancel")}>
              Stop act
            </Button>
          </div>
        )}
      </div>
      {act.stopReason === null ? null : <p className="text-bad-text">{act.stopReason}</p>}
      {act.reasons.length === 0 ? null : (
        <Disclosure label={`${runsWords(act.refused)} could not be`}>
          <ul className="flex flex-col gap-1.5">
            {act.reasons.map((reason) => (
              <li key={`${reason.reason} ${reason.words}`}>
                <TextLink href={`/runs?refusedBy=${act.id}&reason=${encodeURIComponent(reason.reason)}`}>
                  {runsWords(reason.count)}
                </TextLink>
                : {reason.words}{" "}
                <span className="text-ink-3">
                  {reason.runIds.map((id) => (
                    <span key={id}>
                      <TextLink href={`/runs/${id}`}>{shortId(id)}</TextLink>{" "}
                    </span>
                  ))}
                </span>
              </li>
            ))}
          </ul>
        </Disclosure>
      )}
    </div>
  );
}

const TITLES = { resume: "Resuming", replay: "Replaying", cancel: "Canceling" } as const;
const ENDED = { resume: "Resumed", replay: "Replayed", cancel: "Canceled" } as const;

function titleOf({ kind, state, total }: BulkActView): string {
  if (state === "done" || state === "canceled") return ENDED[kind];
  return `${TITLES[kind]} ${runsWords(total)}:`;
}

function wordsOf({ state, done, refused, total, perSecond }: BulkActView): string {
  const [of, left] = [total.toLocaleString("en"), (total - done - refused).toLocaleString("en")];
  const count = `${done.toLocaleString("en")} of ${of}`;
  const not = refused === 0 ? "" : `, ${refused.toLocaleString("en")} could not be`;
  if (state === "canceled") return `${count} runs${not}, then stopped; ${left} were left as they are`;
  if (state === "done") return `${count} runs${not}`;
  return state === "paused" ? `${count} done${not}, paused` : `${count} done${not}, at most ${perSecond} a second`;
}

"use client";
import { useEffect, useRef, useState } from "react";
import { ArrowUp, Pause, Play } from "#components/icons.ts";
import { LiveRefresh } from "#components/live/live-refresh.tsx";
import { type BulkActs, runsWords } from "#components/runs/bulk-acts.ts";
import { BulkBar } from "#components/runs/bulk-bar.tsx";
import { type RunListItem, RunRow } from "#components/runs/run-row.tsx";
import { useHeldRows } from "#components/runs/use-held-rows.ts";
import { isTyping } from "#components/shell/shortcuts.ts";
import { Button } from "#components/ui/button.tsx";
import { HeadCell, Table, TableHead } from "#components/ui/table.tsx";
import type { BulkFilterView } from "#lib/views/bulk-views.ts";

/** What can be done with many runs of the list, and what the list is narrowed to; `more`: it has other pages. */
export type BulkOfList = { acts: BulkActs; filter: BulkFilterView; more: boolean };

/** The live list of runs: new ones wait while the reader is somewhere in it, j and k move, Enter opens, x selects. */
export function RunTable({
  runs,
  live,
  bulk,
}: {
  runs: readonly RunListItem[];
  live: boolean;
  bulk: BulkOfList | null;
}) {
  const [paused, setPaused] = useState(false);
  const [reading, setReading] = useState(false);
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set());
  const [all, setAll] = useState(false);
  const canMark = bulk !== null;
  const frame = useRef<HTMLDivElement>(null);
  const { shown, waiting, release } = useHeldRows(runs, reading || marked.size > 0 || all);

  useEffect(() => {
    const look = () => setReading(window.scrollY > 80);
    window.addEventListener("scroll", look, { passive: true });
    return () => window.removeEventListener("scroll", look);
  }, []);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === ".") release();
      else if (event.key === "j" || event.key === "k") step(frame.current, event.key === "j" ? 1 : -1);
      else if (event.key === "x" && canMark) {
        const id = document.activeElement?.closest("[data-run]")?.getAttribute("data-run");
        if (id) setMarked((before) => toggled(before, id));
      } else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [release, canMark]);

  const chosen = shown.filter((run) => marked.has(run.id));
  const allWords = bulk?.more === true ? `more than ${runs.length}` : String(runs.length);
  const clear = () => {
    setAll(false);
    setMarked(new Set());
  };
  return (
    <div ref={frame} className="flex flex-col gap-2">
      {live ? <LiveRefresh topics={["runs"]} paused={paused} /> : null}
      <div className="flex min-h-7 flex-wrap items-center gap-2" aria-live="polite">
        {live ? (
          <Button
            size="compact"
            variant="quiet"
            icon={paused ? <Play aria-hidden /> : <Pause aria-hidden />}
            onClick={() => setPaused(!paused)}
          >
            {paused ? "Go on" : "Pause"}
          </Button>
        ) : null}
        {waiting > 0 ? (
          <Button size="compact" icon={<ArrowUp aria-hidden />} onClick={release}>
            {waiting} new
          </Button>
        ) : null}
        {bulk === null ? null : all || chosen.length > 0 ? (
          <BulkBar
            key={all ? "all" : "chosen"}
            what={all ? `All that match (${allWords}) selected` : `${runsWords(chosen.length)} selected`}
            filter={all ? bulk.filter : { runIds: chosen.map(({ id }) => id), ...kindOf(bulk.filter) }}
            acts={bulk.acts}
            onStarted={clear}
            onClear={clear}
          />
        ) : null}
        {bulk === null || all ? null : (
          <Button size="compact" variant="quiet" onClick={() => setAll(true)}>
            Select all that match ({allWords})
          </Button>
        )}
      </div>
      <Table label="Runs">
        <TableHead>
          {bulk === null ? null : (
            <HeadCell>
              <span className="sr-only">Select</span>
            </HeadCell>
          )}
          <HeadCell>Run</HeadCell>
          <HeadCell>State</HeadCell>
          <HeadCell>Flow</HeadCell>
          <HeadCell>What happened</HeadCell>
          <HeadCell end>Duration</HeadCell>
          <HeadCell end>Received</HeadCell>
        </TableHead>
        <tbody>
          {shown.map((run) => (
            <RunRow
              key={run.id}
              run={run}
              marked={all || marked.has(run.id)}
              onMark={
                bulk === null
                  ? null
                  : () => {
                      setAll(false);
                      setMarked((before) => (all ? without(shown, run.id) : toggled(before, run.id)));
                    }
              }
            />
          ))}
        </tbody>
      </Table>
    </div>
  );
}

/** Moves the focus to the next or previous row's link, to the first when none has it. */
function step(frame: HTMLElement | null, by: 1 | -1): void {
  const links = [...(frame?.querySelectorAll<HTMLElement>("[data-run-link]") ?? [])];
  const row = document.activeElement?.closest("[data-run]");
  const at = links.findIndex((link) => row?.contains(link));
  const next = links[at < 0 ? 0 : Math.min(Math.max(at + by, 0), links.length - 1)];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

/** Runs are of one kind by default; chosen tests are named as such. */
function kindOf({ kind }: BulkFilterView): BulkFilterView {
  return kind === undefined ? {} : { kind };
}

function without(runs: readonly RunListItem[], id: string): Set<string> {
  return new Set(runs.flatMap((run) => (run.id === id ? [] : [run.id])));
}

function toggled(set: ReadonlySet<string>, id: string): Set<string> {
  const next = new Set(set);
  if (!next.delete(id)) next.add(id);
  return next;
}

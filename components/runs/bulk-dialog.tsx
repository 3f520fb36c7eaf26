"use client";
import { type ReactElement, useState } from "react";
import { BULK_VERBS, type BulkActs, runsWords } from "#components/runs/bulk-acts.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { NumberInput } from "#components/ui/number-input.tsx";
import { RadioList } from "#components/ui/radio-list.tsx";
import { showToast } from "#components/ui/show-toast.ts";
import { useAction } from "#components/ui/use-action.ts";
import { RUN_STATES, type RunState } from "#lib/core/states.ts";
import type { BulkActView, BulkFilterView, CountedView } from "#lib/views/bulk-views.ts";

type BulkDialogProps = {
  kind: BulkActView["kind"];
  filter: BulkFilterView;
  acts: Pick<BulkActs, "count" | "start">;
  trigger: ReactElement;
  onStarted?: () => void;
};

const PER_SECOND = 50;

/** Counts the runs, says what will be done with exactly these, and begins it when that is confirmed. */
export function BulkDialog({ kind, filter, acts, trigger, onStarted }: BulkDialogProps) {
  const [open, setOpen] = useState(false);
  const [counted, setCounted] = useState<CountedView | null>(null);
  const [version, setVersion] = useState<"original" | "live">("original");
  const [perSecond, setPerSecond] = useState<number | null>(PER_SECOND);
  const counting = useAction();
  const starting = useAction();
  const change = (next: boolean) => {
    setOpen(next);
    counting.clear();
    starting.clear();
    if (!next) return;
    setCounted(null);
    void counting
      .run(() => acts.count({ kind, filter }))
      .then((answer) => {
        if (answer.kind === "ok") setCounted(answer.value);
      });
  };
  const start = async () => {
    if (counted === null) return;
    const choice = { ...(kind === "cancel" ? {} : { version }), perSecond: perSecond ?? PER_SECOND };
    const answer = await starting.run(() => acts.start(counted.id, choice));
    if (answer.kind === "refused") return;
    setOpen(false);
    showToast(`Begun with ${runsWords(counted.total)}`, {
      description: "How far it is stands above the list of runs.",
    });
    onStarted?.();
  };
  const problem = counting.problem ?? starting.problem;
  const verb = BULK_VERBS[kind];
  return (
    <Dialog
      title={counted === null ? `${verb} runs` : `${verb} ${runsWords(counted.total)}?`}
      open={open}
      onOpenChange={change}
      trigger={trigger}
      footer={
        <>
          <Button onClick={() => change(false)}>Keep them as they are</Button>
          <Button
            variant={kind === "cancel" ? "danger" : "primary"}
            pending={starting.pending}
            disabled={counted === null || counted.total === 0}
            onClick={() => void start()}
          >
            {counted === null ? verb : `${verb} ${runsWords(counted.total)}`}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4 text-14">
        <div aria-live="polite">
          {counted === null ? (
            problem === null ? (
              <p className="text-ink-2">Counting the runs that match…</p>
            ) : null
          ) : (
            <Counted kind={kind} counted={counted} />
          )}
        </div>
        <p>{WHAT[kind]}</p>
        {kind === "cancel" ? null : (
          <RadioList
            legend="Version"
            value={version}
            onValueChange={setVersion}
            choices={[
              { value: "original", label: "The version each run ran with" },
              { value: "live", label: "The version that is live when a run's turn comes" },
            ]}
          />
        )}
        <Field label="Runs a second" help="1 to 500. More at once is more for your targets, too.">
          <NumberInput value={perSecond} onNumberChange={setPerSecond} />
        </Field>
        {problem === null ? null : (
          <Notice tone="bad" title="That did not work">
            {problem}
          </Notice>
        )}
      </div>
    </Dialog>
  );
}

function Counted({ kind, counted }: { kind: BulkActView["kind"]; counted: CountedView }) {
  const states = Object.entries(counted.states) as [RunState, number][];
  const words = states.map(
    ([state, count]) => `${count.toLocaleString("en")} ${RUN_STATES[state].label.toLowerCase()}`,
  );
  const cannot = states.reduce((sum, [state, count]) => sum + (CANNOT[kind].has(state) ? count : 0), 0);
  return (
    <>
      <p className="tabular font-semibold">
        {counted.total === 0 ? "No run matches." : `${runsWords(counted.total)}: ${words.join(", ")}.`}
      </p>
      {counted.total === 0 ? null : (
        <p className="text-ink-2">
          Exactly these, oldest first, whatever fails or ends meanwhile.
          {cannot === 0 ? "" : ` ${runsWords(cannot)} cannot be as they are now; each is told with its reason.`}
        </p>
      )}
    </>
  );
}

const WHAT: Record<BulkActView["kind"], string> = {
  resume:
    "Each goes on from the step that failed: finished steps keep their answers, and every key stays the same. " +
    "One that waits goes on at once.",
  replay:
    "Each becomes a new run for the same event, with new keys: targets see new requests. The old runs stay as they " +
    "are.",
  cancel: "Each ends for good and begins no further effect; one already under way may still arrive.",
};

/** States in which runs are refused. */
const CANNOT: Record<BulkActView["kind"], ReadonlySet<RunState>> = {
  resume: new Set(["queued", "running", "succeeded", "filtered", "canceled", "needs a decision"]),
  replay: new Set(),
  cancel: new Set(["succeeded", "failed", "filtered", "canceled"]),
};

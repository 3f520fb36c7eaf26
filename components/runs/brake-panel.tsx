"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { BrakeActions, BrakeRelease } from "#components/runs/brake-actions.ts";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { NumberInput } from "#components/ui/number-input.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { showToast } from "#components/ui/show-toast.ts";
import { TextLink } from "#components/ui/text-link.tsx";
import { useAction } from "#components/ui/use-action.ts";

type BrakePanelProps = {
  brake: {
    since: Date;
    reason: string;
    perMinute: number | null;
    flows: readonly { id: string; name: string; waiting: number; released: boolean }[];
  };
  /** Null where this person may not release it. */
  release: BrakeActions["release"] | null;
};

/** Says that the brake is on, what waits at it, and lets it go: all, flow by flow, or so many runs a minute. */
export function BrakePanel({ brake, release }: BrakePanelProps) {
  const router = useRouter();
  const waiting = brake.flows.reduce((sum, flow) => sum + flow.waiting, 0);
  const [rate, setRate] = useState<number | null>(brake.perMinute ?? 10);
  const { pending, problem, run } = useAction();
  const ask = async (wanted: BrakeRelease, done: string) => {
    if (release === null) return;
    const result = await run(() => release(wanted));
    if (result.kind === "ok") showToast(done);
    router.refresh();
  };
  const runs = `${waiting.toLocaleString("en")} ${waiting === 1 ? "run" : "runs"}`;
  return (
    <Notice
      className="mb-4"
      tone="warn"
      title={`The brake is on: ${waiting === 0 ? "no run waits yet" : `${runs} ${waiting === 1 ? "waits" : "wait"}`}`}
      actions={
        release === null ? null : (
          <ConfirmDialog
            title="Release the brake?"
            confirmLabel="Release all"
            cancelLabel="Leave it on"
            trigger={<Button variant="primary">Release all…</Button>}
            onConfirm={async () => {
              const result = await release({ what: "all" });
              if (result.kind === "refused") return result.message;
              showToast("The brake is off");
              router.refresh();
              return undefined;
            }}
          >
            <p>{waiting === 0 ? "Flows run again." : `${runs} go on at once, oldest first in each flow.`}</p>
          </ConfirmDialog>
        )
      }
    >
      <p>
        Since <RelativeTime at={brake.since} />. Events are received, nothing is sent.
        {brake.reason === "" ? null : ` “${brake.reason}”`}
      </p>
      {brake.perMinute === null ? null : (
        <p>{brake.perMinute.toLocaleString("en")} a minute are let through, the oldest first.</p>
      )}
      {brake.flows.length === 0 ? null : (
        <ul aria-label="Flows at the brake" className="mt-2 flex flex-col gap-1">
          {brake.flows.map((flow) => (
            <li key={flow.id} className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <TextLink href={`/runs?flow=${flow.id}`}>{flow.name}</TextLink>
              <span className="tabular text-13">{flow.waiting.toLocaleString("en")} waiting</span>
              {flow.released ? (
                <span className="text-13">goes on</span>
              ) : release === null ? null : (
                <Button
                  size="compact"
                  pending={pending}
                  onClick={() => void ask({ what: "flow", flowId: flow.id }, `${flow.name} goes on`)}
                >
                  Let it go on
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      {release === null ? null : (
        <div className="mt-3 flex flex-wrap items-end gap-2">
          <Field label="Runs a minute">
            <NumberInput value={rate} onNumberChange={setRate} className="w-24" />
          </Field>
          <Button
            pending={pending}
            onClick={() => void ask({ what: "rate", perMinute: rate }, "So many a minute are let through")}
          >
            Let through
          </Button>
          {brake.perMinute === null ? null : (
            <Button
              pending={pending}
              onClick={() => void ask({ what: "rate", perMinute: null }, "No further run is let through")}
            >
              Hold all again
            </Button>
          )}
        </div>
      )}
      {problem ? <p role="alert">{problem}</p> : null}
    </Notice>
  );
}

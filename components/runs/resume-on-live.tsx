"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Play } from "#components/icons.ts";
import type { ResumePreview, RunActions } from "#components/runs/run-actions.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { showToast } from "#components/ui/show-toast.ts";
import { useAction } from "#components/ui/use-action.ts";
import { describeMove } from "#lib/engine/move-words.ts";

type ResumeOnLiveProps = {
  runId: string;
  /** The live version's number. */
  version: number;
  actions: Pick<RunActions, "resume" | "previewResume">;
};

/** Goes on with a failed run as the live version says, after saying what becomes of each of its steps. */
export function ResumeOnLive({ runId, version, actions }: ResumeOnLiveProps) {
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const [preview, setPreview] = useState<ResumePreview | null>(null);
  const { pending, problem, run, clear } = useAction();
  const show = async (next: boolean) => {
    setOpen(next);
    clear();
    setPreview(null);
    if (!next) return;
    const result = await run(() => actions.previewResume(runId));
    if (result.kind === "ok") setPreview(result.value);
  };
  const resume = async () => {
    const result = await run(() => actions.resume(runId, "live"));
    if (result.kind === "refused") return;
    setOpen(false);
    showToast(`Resumed on v${version}`);
    router.refresh();
  };
  const number = preview?.version.number ?? version;
  return (
    <Dialog
      title={`Resume this run on v${number}?`}
      description="It goes on from the step that failed, with the same event. This is what becomes of its steps."
      open={open}
      onOpenChange={(next) => void show(next)}
      trigger={
        <Button variant="primary" size="compact" icon={<Play aria-hidden />}>
          Resume on v{version}…
        </Button>
      }
      footer={
        <>
          <Button onClick={() => setOpen(false)}>Keep it failed</Button>
          <Button variant="primary" pending={pending} disabled={preview === null} onClick={() => void resume()}>
            Resume on v{number}
          </Button>
        </>
      }
    >
      {problem ? (
        <Notice tone="bad" title="That did not work">
          {problem}
        </Notice>
      ) : null}
      {preview === null ? (
        problem ? null : (
          <p className="text-13 text-ink-2">Comparing the versions…</p>
        )
      ) : (
        <ul aria-label="What becomes of each step" className="flex flex-col divide-y divide-line">
          {preview.moves.map((move) => (
            <li key={move.stepId} className="flex flex-col gap-0.5 py-2">
              <span className="truncate text-13 font-semibold">{move.name}</span>
              <span className={move.fate === "anew" ? "text-13 text-warn-text" : "text-13 text-ink-2"}>
                {describeMove(move, number)}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}

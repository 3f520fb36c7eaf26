"use client";
import { useRouter } from "next/navigation";
import { RotateCw } from "#components/icons.ts";
import type { RunListItem } from "#components/runs/run-row.tsx";
import type { ReplayMany } from "#components/runs/run-table.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { showToast } from "#components/ui/show-toast.ts";
import { effectWords } from "#lib/engine/run-words.ts";

/** Replays the selected runs after saying how many and what they sent before. */
export function BulkReplay({
  runs,
  replayMany,
  onDone,
}: {
  runs: readonly RunListItem[];
  replayMany: ReplayMany;
  onDone: () => void;
}) {
  const router = useRouter();
  const count = runs.length === 1 ? "1 run" : `${runs.length} runs`;
  const sent: Record<string, number> = {};
  for (const run of runs)
    for (const [kind, number] of Object.entries(run.effectCounts)) sent[kind] = (sent[kind] ?? 0) + number;
  const act = async () => {
    const result = await replayMany(runs.map(({ id }) => id));
    if (result.kind === "refused") return result.message;
    const { started, refused } = result.value;
    showToast(
      `Replaying ${started === 1 ? "1 run" : `${started} runs`}`,
      refused.length === 0
        ? {}
        : { description: `${refused.length} could not: ${refused[0]?.message ?? ""}`, tone: "bad" },
    );
    onDone();
    router.refresh();
    return undefined;
  };
  return (
    <ConfirmDialog
      title={`Replay ${count}?`}
      confirmLabel={`Replay ${count}`}
      cancelLabel="Keep them as they are"
      trigger={
        <Button size="compact" icon={<RotateCw aria-hidden />}>
          Replay {count}…
        </Button>
      }
      onConfirm={act}
    >
      <p>
        Each becomes a new run of the version that ran then, with new keys: targets see new requests. The old runs stay
        as they are.
      </p>
      <p>
        {effectWords(sent) === ""
          ? "They sent nothing before."
          : `Together they sent ${effectWords(sent)}; as many may go out again.`}
      </p>
    </ConfirmDialog>
  );
}

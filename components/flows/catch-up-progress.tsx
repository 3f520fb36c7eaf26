"use client";
import type { SwitchActs } from "#components/flows/missed-acts.ts";
import { Button } from "#components/ui/button.tsx";
import { cx } from "#components/ui/cx.ts";
import { Progress } from "#components/ui/progress.tsx";
import { showToast } from "#components/ui/show-toast.ts";
import { useAction } from "#components/ui/use-action.ts";
import type { CatchUpView } from "#lib/engine/missed-view.ts";

/** How far the runs for missed events have been started while that goes on, and a button to stop it. */
export function CatchUpProgress({
  flowId,
  catchUp,
  cancel,
  onChanged,
  className,
}: {
  flowId: string;
  catchUp: CatchUpView | null;
  cancel: SwitchActs["cancelCatchUp"] | null;
  onChanged: () => void;
  className?: string;
}) {
  const { pending, run } = useAction("toast");
  if (catchUp?.state !== "running") return null;
  const [started, total] = [catchUp.started, catchUp.total].map((count) => count.toLocaleString("en"));
  const words = `${started} of ${total} missed events started`;
  const stop = async () => {
    const answer = await run(() => cancel?.(flowId) ?? Promise.resolve({ kind: "ok", value: { catchUp: null } }));
    if (answer.kind === "refused") return;
    const stopped = answer.value.catchUp;
    showToast("Stopped", {
      description:
        stopped === null
          ? "Every run had been started by then."
          : `${stopped.started.toLocaleString("en")} runs had been started; they go on. The other events are kept.`,
    });
    onChanged();
  };
  return (
    <div className={cx("flex flex-wrap items-center gap-x-3 gap-y-1 text-13", className)}>
      <div className="min-w-32 flex-1">
        <p className="tabular text-ink-2">{words}</p>
        <Progress label={words} done={catchUp.started} total={catchUp.total} className="mt-1" />
      </div>
      {cancel === null ? null : (
        <Button size="compact" pending={pending} onClick={() => void stop()}>
          Stop
        </Button>
      )}
    </div>
  );
}

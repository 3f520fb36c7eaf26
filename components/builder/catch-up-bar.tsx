"use client";
import { useBuilder } from "#components/builder/builder-context.tsx";
import { CatchUpProgress } from "#components/flows/catch-up-progress.tsx";
import { LiveRefresh } from "#components/live/live-refresh.tsx";

/** Shown while runs for events the flow missed are being started. */
export function CatchUpBar({ onChanged }: { onChanged: () => void }) {
  const { data, acts } = useBuilder();
  if (data.flow.catchUp?.state !== "running") return null;
  return (
    <div className="border-b border-line bg-surface px-4 py-2">
      <LiveRefresh topics={[`flow:${data.flow.id}`]} />
      <CatchUpProgress
        flowId={data.flow.id}
        catchUp={data.flow.catchUp}
        cancel={data.may.runMissed ? acts.switching.cancelCatchUp : null}
        onChanged={onChanged}
      />
    </div>
  );
}

"use client";
import { useRouter } from "next/navigation";
import {
  cancelCatchUpAction,
  deleteFlowAction,
  listSamplesAction,
  listVersionsAction,
  publishFlowAction,
  readMissedAction,
  readVersionAction,
  renameFlowAction,
  restoreFlowAction,
  runFlowNowAction,
  runMissedAction,
  saveDraftAction,
  turnFlowOffAction,
  turnFlowOnAction,
} from "#app/(app)/flows/actions.ts";
import { Builder } from "#components/builder/builder.tsx";
import type { BuilderActs } from "#components/builder/builder-acts.ts";
import { showToast } from "#components/ui/show-toast.ts";
import { useAction } from "#components/ui/use-action.ts";
import type { BuilderData } from "#lib/engine/edit/builder-data.ts";

const ACTS: BuilderActs = {
  save: saveDraftAction,
  publish: publishFlowAction,
  switching: {
    turnOn: turnFlowOnAction,
    turnOff: turnFlowOffAction,
    missed: readMissedAction,
    runMissed: runMissedAction,
    cancelCatchUp: cancelCatchUpAction,
  },
  rename: renameFlowAction,
  versions: listVersionsAction,
  version: readVersionAction,
  samples: listSamplesAction,
  runNow: runFlowNowAction,
  remove: deleteFlowAction,
};

/** The builder with this app's server actions and router. */
export function BuilderFrame({ data, sampleEventId }: { data: BuilderData; sampleEventId: string | null }) {
  const router = useRouter();
  const { run } = useAction("toast");
  const restore = async () => {
    if ((await run(() => restoreFlowAction(data.flow.id))).kind === "ok") router.refresh();
  };
  return (
    <Builder
      data={data}
      acts={ACTS}
      sampleEventId={sampleEventId}
      onChanged={() => router.refresh()}
      onDeleted={() => {
        router.push("/flows");
        showToast(`Deleted "${data.flow.name}"`, {
          action: { label: "Undo", onSelect: () => void restore() },
        });
      }}
    />
  );
}

"use client";
import { Ban, Play, RotateCw } from "#components/icons.ts";
import { BULK_VERBS, type BulkActs } from "#components/runs/bulk-acts.ts";
import { BulkDialog } from "#components/runs/bulk-dialog.tsx";
import { Button } from "#components/ui/button.tsx";
import type { BulkFilterView } from "#lib/views/bulk-views.ts";

const ICONS = { resume: Play, replay: RotateCw, cancel: Ban };

/** What can be done with the selected runs; `what` says which these are. */
export function BulkBar({
  what,
  filter,
  acts,
  onStarted,
  onClear,
}: {
  what: string;
  filter: BulkFilterView;
  acts: BulkActs;
  onStarted: () => void;
  onClear: () => void;
}) {
  return (
    <>
      <span className="text-13 font-semibold">{what}</span>
      {(["resume", "replay", "cancel"] as const).map((kind) => {
        const Icon = ICONS[kind];
        return (
          <BulkDialog
            key={kind}
            kind={kind}
            filter={filter}
            acts={acts}
            onStarted={onStarted}
            trigger={
              <Button size="compact" icon={<Icon aria-hidden />}>
                {BULK_VERBS[kind]}…
              </Button>
            }
          />
        );
      })}
      <Button size="compact" variant="quiet" onClick={onClear}>
        Clear selection
      </Button>
    </>
  );
}

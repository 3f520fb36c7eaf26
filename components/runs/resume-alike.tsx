"use client";
import { useRouter } from "next/navigation";
import { Play } from "#components/icons.ts";
import type { BulkActs } from "#components/runs/bulk-acts.ts";
import { BulkDialog } from "#components/runs/bulk-dialog.tsx";
import { Button } from "#components/ui/button.tsx";
import type { BulkFilterView } from "#lib/views/bulk-views.ts";

/** Resumes every run that failed as this one did, after saying how many these are. */
export function ResumeAlike({ filter, count, acts }: { filter: BulkFilterView; count: string | null; acts: BulkActs }) {
  const router = useRouter();
  return (
    <BulkDialog
      kind="resume"
      filter={filter}
      acts={acts}
      onStarted={() => router.push(`/runs?flow=${filter.flowId ?? ""}`)}
      trigger={
        <Button size="compact" icon={<Play aria-hidden />}>
          Resume all that failed so{count === null ? "" : ` (${count})`}…
        </Button>
      }
    />
  );
}

"use client";
import { useBuilderState } from "#components/builder/builder-context.tsx";
import { LoaderCircle, TriangleAlert } from "#components/icons.ts";
import { Button } from "#components/ui/button.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Tooltip } from "#components/ui/tooltip.tsx";

/** Where the draft stands: saved at, saving, or not saved with the reason and the draft to take away. */
export function SaveStatus({ onSaveNow }: { onSaveNow: () => Promise<void> }) {
  const save = useBuilderState((state) => state.save);
  const definition = useBuilderState((state) => state.definition);
  const download = () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify(definition, null, 2)], { type: "application/json" }));
    link.download = "flow-draft.json";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1_000);
  };
  return (
    <span role="status" className="hidden min-w-0 items-center gap-1 truncate text-12 text-ink-3 lg:flex">
      {save.kind === "saved" ? (
        <>
          Saved <RelativeTime at={save.at} />
        </>
      ) : save.kind === "changed" || save.kind === "saving" ? (
        <>{save.kind === "saving" ? <LoaderCircle aria-hidden className="size-3 animate-spin" /> : null} Saving…</>
      ) : save.kind === "failed" ? (
        <>
          <Tooltip text={save.reason}>
            <Button
              size="compact"
              variant="quiet"
              className="text-warn-text"
              icon={<TriangleAlert aria-hidden />}
              onClick={() => void onSaveNow()}
            >
              Not saved, trying again
            </Button>
          </Tooltip>
          <Button size="compact" variant="quiet" onClick={download}>
            Download draft
          </Button>
        </>
      ) : (
        "Not saved: edited elsewhere"
      )}
    </span>
  );
}

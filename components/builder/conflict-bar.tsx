"use client";
import { useState } from "react";
import { useBuilder, useBuilderState } from "#components/builder/builder-context.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { diffFlows } from "#lib/engine/edit/diff-flows.ts";

/**
 * Shown when somebody else saved the draft meanwhile: every keystroke is kept, nothing is saved until the person
 * chooses.
 */
export function ConflictBar() {
  const { store } = useBuilder();
  const save = useBuilderState((state) => state.save);
  const definition = useBuilderState((state) => state.definition);
  const [looking, setLooking] = useState(false);
  if (save.kind !== "conflict") return null;
  const keepMine = () => store.getState().set({ revision: save.revision, save: { kind: "changed" } });
  const takeTheirs = () => {
    store.getState().edit("Take their version", () => save.theirs, { select: { kind: "none" } });
    store.getState().set({ revision: save.revision, save: { kind: "saved", at: save.at } });
  };
  const changes = diffFlows(save.theirs, definition);
  return (
    <div className="border-b border-line bg-surface p-3">
      <Notice
        tone="warn"
        title={`${save.by ?? "Somebody"} changed this flow elsewhere`}
        actions={
          <>
            <Button size="compact" onClick={() => setLooking(true)}>
              See the differences
            </Button>
            <Button size="compact" onClick={keepMine}>
              Keep mine
            </Button>
            <Button size="compact" onClick={takeTheirs}>
              Take theirs
            </Button>
          </>
        }
      >
        At <RelativeTime at={save.at} />. Your changes since then are kept here and are not saved.
      </Notice>
      <Dialog
        title="Differences"
        description="From theirs to yours."
        open={looking}
        onOpenChange={setLooking}
        size="wide"
      >
        {changes.length === 0 ? (
          <p className="text-14">There are none.</p>
        ) : (
          <ul className="flex list-disc flex-col gap-1 pl-5 text-14">
            {changes.map((change) => (
              <li key={change.sentence}>{change.sentence}</li>
            ))}
          </ul>
        )}
      </Dialog>
    </div>
  );
}

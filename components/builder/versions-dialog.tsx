"use client";
import { useEffect, useState } from "react";
import type { PublishedVersion } from "#components/builder/builder-acts.ts";
import { useBuilder, useBuilderState } from "#components/builder/builder-context.tsx";
import { askServer } from "#components/ui/ask-server.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { showToast } from "#components/ui/show-toast.ts";
import { TableSkeleton } from "#components/ui/skeleton.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { ActionResult } from "#lib/core/action-result.ts";
import { diffFlows, type FlowChange } from "#lib/engine/edit/diff-flows.ts";

/** Every published version: compare it with the draft, or make it the draft again. Restoring publishes nothing. */
export function VersionsDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const { store, data, acts } = useBuilder();
  const definition = useBuilderState((state) => state.definition);
  const [versions, setVersions] = useState<ActionResult<PublishedVersion[]> | null>(null);
  const [compared, setCompared] = useState<{ number: number; changes: FlowChange[] } | null>(null);
  const { pending, run } = useAction("toast");
  useEffect(() => {
    if (!open) return;
    let wanted = true;
    setCompared(null);
    void askServer(() => acts.versions(data.flow.id)).then((loaded) => wanted && setVersions(loaded));
    return () => {
      wanted = false;
    };
  }, [open, acts, data.flow.id]);
  const load = async (number: number) => {
    const found = await run(() => acts.version(data.flow.id, number));
    if (found.kind === "refused") return null;
    if (found.value === null) showToast("This version could not be read", { tone: "bad" });
    return found.value;
  };
  const compare = async (number: number) => {
    const found = await load(number);
    if (found) setCompared({ number, changes: diffFlows(found, definition) });
  };
  const restore = async (number: number) => {
    const found = await load(number);
    if (!found) return;
    store.getState().edit(`Restore v${number}`, () => found, { select: { kind: "none" } });
    onOpenChange(false);
    showToast(`v${number} is the draft again. Publish it to make it live.`, {
      action: { label: "Undo", onSelect: () => store.getState().undo() },
    });
  };
  return (
    <Dialog
      title="Versions"
      description="Restoring makes a version the draft; what is live stays live."
      open={open}
      onOpenChange={onOpenChange}
      size="wide"
    >
      {versions === null ? (
        <TableSkeleton rows={3} />
      ) : versions.kind === "refused" ? (
        <Notice tone="bad" title="The versions could not be read">
          {versions.message}
        </Notice>
      ) : versions.value.length === 0 ? (
        <p className="text-14 text-ink-2">This flow has not been published yet.</p>
      ) : (
        <ul className="flex flex-col">
          {versions.value.map((version) => (
            <li key={version.number} className="border-b border-line py-2.5 last:border-b-0">
              <div className="flex items-center gap-3">
                <span className="tabular w-10 text-14 font-semibold">v{version.number}</span>
                {version.number === data.flow.liveVersion ? <Badge tone="ok">live</Badge> : null}
                <span className="min-w-0 flex-1 text-13 text-ink-2 [overflow-wrap:anywhere]">{version.note}</span>
                <RelativeTime at={version.at} className="text-12 text-ink-3" />
                <Button size="compact" disabled={pending} onClick={() => void compare(version.number)}>
                  Compare
                </Button>
                {data.may.edit ? (
                  <Button size="compact" disabled={pending} onClick={() => void restore(version.number)}>
                    Restore
                  </Button>
                ) : null}
              </div>
              {compared?.number === version.number ? (
                <ul className="mt-2 ml-13 list-disc pl-4 text-13 text-ink-2">
                  {compared.changes.length === 0 ? (
                    <li>The draft is the same.</li>
                  ) : (
                    compared.changes.map((change) => <li key={change.sentence}>{change.sentence}</li>)
                  )}
                </ul>
              ) : null}
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}

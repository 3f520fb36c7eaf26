"use client";
import { useState } from "react";
import { useBuilder, useBuilderState } from "#components/builder/builder-context.tsx";
import { PublishDialog } from "#components/builder/publish-dialog.tsx";
import { SaveStatus } from "#components/builder/save-status.tsx";
import { VersionsDialog } from "#components/builder/versions-dialog.tsx";
import { walkProblems } from "#components/builder/walk-problems.ts";
import { FlowSwitch } from "#components/flows/flow-switch.tsx";
import { MissedDialog } from "#components/flows/missed-dialog.tsx";
import { tellBegun } from "#components/flows/tell-begun.ts";
import { useMissed } from "#components/flows/use-missed.ts";
import {
  EllipsisVertical,
  History,
  Inbox,
  ListTree,
  OctagonX,
  Redo2,
  Trash2,
  Undo2,
  Workflow,
} from "#components/icons.ts";
import { HeadSlot } from "#components/shell/head-slot.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { cx } from "#components/ui/cx.ts";
import { IconButton } from "#components/ui/icon-button.tsx";
import { InlineInput } from "#components/ui/inline-input.tsx";
import { Menu } from "#components/ui/menu.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { useAction } from "#components/ui/use-action.ts";

type BuilderHeadProps = {
  view: "canvas" | "outline";
  onView: (view: "canvas" | "outline") => void;
  onSaveNow: () => Promise<void>;
  onChanged: () => void;
  onDeleted: () => void;
};

/** The builder's head, inside the shell's: name, state, saving, undo, things to fix, publish. */
export function BuilderHead({ view, onView, onSaveNow, onChanged, onDeleted }: BuilderHeadProps) {
  const { store, data, acts } = useBuilder();
  const past = useBuilderState((state) => state.past);
  const future = useBuilderState((state) => state.future);
  const problems = useBuilderState((state) => state.problems.length);
  const definition = useBuilderState((state) => state.definition);
  const [publishing, setPublishing] = useState(false);
  const [versions, setVersions] = useState(false);
  const [deleting, setDeleting] = useState(false);
  const state = useMissed(data.flow.id, "live", acts.switching);
  const [asksMissed, setAsksMissed] = useState(false);
  const renaming = useAction("toast");
  const edited = data.live !== null && JSON.stringify(definition) !== JSON.stringify(data.live);
  const shown = data.flow.state === "live" && edited ? "live with unpublished edits" : data.flow.state;
  const openPublish = async () => {
    await onSaveNow();
    store.getState().set({ allTouched: true });
    setPublishing(true);
  };
  const openMissed = async () => {
    if ((await state.load()) !== null) setAsksMissed(true);
  };
  return (
    <HeadSlot>
      <InlineInput
        label="Name of the flow"
        className="w-56 max-w-[30vw] shrink text-14 font-semibold"
        value={data.flow.name}
        readOnly={!data.may.edit}
        onCommit={async (name) => {
          if ((await renaming.run(() => acts.rename(data.flow.id, name))).kind === "ok") onChanged();
        }}
      />
      <span className="hidden shrink-0 md:inline-flex">
        <StateBadge
          of="flow"
          state={shown}
          extra={data.flow.liveVersion !== null && data.flow.on ? `v${data.flow.liveVersion}` : undefined}
        />
        {data.flow.offSince === null ? null : (
          <span className="ml-2 self-center text-12 text-ink-3 max-lg:sr-only">
            since <RelativeTime at={data.flow.offSince} />
          </span>
        )}
      </span>
      {data.flow.liveVersion === null ? null : (
        <span className="flex shrink-0 items-center">
          <FlowSwitch
            flow={data.flow}
            may={data.may}
            acts={acts.switching}
            onChanged={onChanged}
            wordClass="max-md:sr-only"
          />
        </span>
      )}
      <SaveStatus onSaveNow={onSaveNow} />
      <span className="ml-auto flex shrink-0 items-center gap-1">
        {problems > 0 ? (
          <Button
            size="compact"
            variant="quiet"
            className="text-bad-text hover:text-bad-text"
            icon={<OctagonX aria-hidden />}
            onClick={() => walkProblems(store, 1)}
            aria-keyshortcuts="F8"
          >
            <span>
              {problems}
              <span className="max-md:sr-only"> to fix</span>
            </span>
          </Button>
        ) : null}
        <span className="hidden md:contents">
          <IconButton
            size="compact"
            label={
              past.length === 0 ? "Nothing to undo since this page was loaded" : `Undo: ${past.at(-1)?.label ?? ""}`
            }
            keys="Ctrl Z"
            icon={<Undo2 aria-hidden />}
            disabled={past.length === 0}
            onClick={() => store.getState().undo()}
          />
          <IconButton
            size="compact"
            label={future.length === 0 ? "Nothing to redo" : `Redo: ${future.at(-1)?.label ?? ""}`}
            keys="Ctrl Shift Z"
            icon={<Redo2 aria-hidden />}
            disabled={future.length === 0}
            onClick={() => store.getState().redo()}
          />
          <IconButton
            size="compact"
            label={view === "canvas" ? "Show as outline" : "Show as canvas"}
            icon={view === "canvas" ? <ListTree aria-hidden /> : <Workflow aria-hidden />}
            onClick={() => onView(view === "canvas" ? "outline" : "canvas")}
          />
        </span>
        <Menu
          label="More about this flow"
          trigger={
            <Button variant="quiet" size="compact" className="w-[var(--h-compact)] px-0">
              <EllipsisVertical aria-hidden />
            </Button>
          }
          items={[
            { label: "Versions", icon: <History aria-hidden />, onSelect: () => setVersions(true) },
            {
              kind: "link",
              label: "Runs of this flow",
              icon: <Workflow aria-hidden />,
              href: `/runs?flow=${data.flow.id}`,
            },
            ...(data.flow.on && data.may.runMissed
              ? [{ label: "Missed events…", icon: <Inbox aria-hidden />, onSelect: () => void openMissed() }]
              : []),
            { kind: "line" as const },
            {
              label: "Delete flow",
              icon: <Trash2 aria-hidden />,
              disabled: !data.may.edit,
              onSelect: () => setDeleting(true),
            },
          ]}
        />
        <Button
          size="compact"
          variant="primary"
          disabled={!data.may.publish}
          onClick={() => void openPublish()}
          className={cx(!data.may.publish && "hidden")}
        >
          Publish{data.flow.latestVersion > 0 ? ` v${data.flow.latestVersion + 1}` : ""}
        </Button>
      </span>
      <PublishDialog open={publishing} onOpenChange={setPublishing} onPublished={onChanged} />
      <MissedDialog
        open={asksMissed}
        onOpenChange={setAsksMissed}
        title="Events this flow missed"
        confirmLabel={null}
        cancelLabel="Leave them"
        state={state}
        act={(wish) => acts.switching.runMissed(data.flow.id, wish)}
        onDone={(catchUp) => {
          tellBegun(catchUp === null ? "Nothing was left to run" : "Missed events run now", catchUp);
          onChanged();
        }}
      />
      <VersionsDialog open={versions} onOpenChange={setVersions} />
      <ConfirmDialog
        title={`Delete "${data.flow.name}"?`}
        open={deleting}
        onOpenChange={setDeleting}
        confirmLabel="Delete flow"
        cancelLabel="Keep it"
        danger
        onConfirm={async () => {
          const answer = await acts.remove(data.flow.id);
          if (answer.kind === "refused") return answer.message;
          onDeleted();
        }}
      >
        No event starts it any more. Its runs stay, and you can bring it back for 30 days.
      </ConfirmDialog>
    </HeadSlot>
  );
}

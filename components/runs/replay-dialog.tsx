"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { RotateCw } from "#components/icons.ts";
import type { RunActions } from "#components/runs/run-actions.ts";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Select } from "#components/ui/select.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { useAction } from "#components/ui/use-action.ts";
import { effectWords } from "#lib/engine/run-words.ts";

type ReplayDialogProps = {
  run: { id: string; versionNumber: number | null; effectCounts: Readonly<Record<string, number>> };
  liveVersion: number | null;
  /** The body to start from when it is edited; null when it cannot be. */
  body: string | null;
  replay: RunActions["replay"];
};

/** Starts a new run for the same event, after saying what it will do: which version, whose keys, and with what body. */
export function ReplayDialog({ run, liveVersion, body, replay }: ReplayDialogProps) {
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const [version, setVersion] = useState<"original" | "live">("original");
  const [sameKeys, setSameKeys] = useState(false);
  const [editing, setEditing] = useState(false);
  const [text, setText] = useState(body ?? "");
  const { pending, problem, run: ask, clear } = useAction();
  const sent = effectWords(run.effectCounts);
  const start = async () => {
    const result = await ask(() => replay(run.id, { version, sameKeys, body: editing ? text : null }));
    if (result.kind === "refused") return;
    setOpen(false);
    router.push(`/runs/${result.value.runId}`);
  };
  const versions = [
    {
      value: "original" as const,
      label: run.versionNumber === null ? "The version that ran then" : `v${run.versionNumber}, which ran then`,
    },
    ...(liveVersion !== null && liveVersion !== run.versionNumber
      ? [{ value: "live" as const, label: `v${liveVersion}, which is live now` }]
      : []),
  ];
  return (
    <Dialog
      title="Replay this run?"
      description="A new run for the same event. This one stays as it is."
      size={editing ? "wide" : "default"}
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        clear();
      }}
      trigger={<Button icon={<RotateCw aria-hidden />}>Replay…</Button>}
      footer={
        <>
          <Button onClick={() => setOpen(false)}>Keep it as it is</Button>
          <Button variant="primary" pending={pending} onClick={start}>
            {editing ? "Replay with this body" : "Replay run"}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <Notice
          tone={sent === "" ? "neutral" : "warn"}
          title={sent === "" ? "Every step runs again" : `Every step runs again: it sent ${sent} before`}
        >
          {sameKeys
            ? "With the same keys, targets that keep them do nothing twice; " +
              "mail goes out again with its old Message-ID."
            : "With new keys, targets see new requests."}
        </Notice>
        <Field label="Version">
          <Select options={versions} value={version} onValueChange={setVersion} />
        </Field>
        <Checkbox label="Use the first run's idempotency keys" checked={sameKeys} onCheckedChange={setSameKeys} />
        {body === null ? null : (
          <>
            <Checkbox label="Edit the body first" checked={editing} onCheckedChange={setEditing} />
            {editing ? (
              <Field label="Body" help="Only this run sees it; the event keeps its own.">
                <Textarea
                  mono
                  rows={12}
                  value={text}
                  onChange={(event) => setText(event.target.value)}
                  spellCheck={false}
                />
              </Field>
            ) : null}
          </>
        )}
        {problem ? (
          <Notice tone="bad" title="That did not work">
            {problem}
          </Notice>
        ) : null}
      </div>
    </Dialog>
  );
}
